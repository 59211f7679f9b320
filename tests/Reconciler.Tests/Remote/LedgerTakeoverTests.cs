using Reconciler.Remote;
using Reconciler.Tests.Converging;

namespace Reconciler.Tests.Remote;

public sealed class LedgerTakeoverTests
{
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;
    private readonly ScriptedServers _servers = new();

    private void Obeys(string server, string ledger) =>
        _servers[server, "hello"] = new($"answer hello\nversion {new string('0', 64)}\nledger {ledger}\nfence 7\nboot b\n");

    private static ServerAddress[] Servers(params string[] names) => [.. names.Select(ScriptedServers.Address)];

    [Fact]
    public async Task Only_what_obeys_the_named_ledger_is_taken_over()
    {
        Obeys("web1", "lost");
        Obeys("web2", "third");
        Obeys("web3", "-");
        Obeys("web4", "ours");
        _servers["web1", "takeover"] = new("answer fenced\n");
        var takeover = new LedgerTakeover(_servers, "ours", 3);

        (await takeover.LookAsync(Servers("web1", "web2", "web3", "web4"), Cancellation)).Select(server => (server.Server, server.Ledger))
            .ShouldBe([("web1", "lost"), ("web2", "third"), ("web3", null), ("web4", "ours")]);
        _servers.Begun.ShouldNotContain(line => line.EndsWith("takeover", StringComparison.Ordinal));

        var after = await takeover.TakeAsync(Servers("web1", "web2", "web3", "web4"), "lost", Cancellation);

        after.Select(server => (server.Server, server.Ledger, server.Trouble))
            .ShouldBe([("web1", "ours", null), ("web2", "third", null), ("web3", null, null), ("web4", "ours", null)]);
        _servers.Begun.Where(line => line.EndsWith("takeover", StringComparison.Ordinal)).ShouldBe(["web1 takeover"]);
    }

    [Fact]
    public async Task A_server_that_refuses_or_does_not_answer_stays_as_it_is_and_is_named()
    {
        Obeys("web1", "lost");
        _servers["web1", "takeover"] = new("runner: 75: fencing number 3 is lower than 9", 75);
        _servers["web2", "hello"] = ScriptedServers.Answer.Done with { Fault = new SessionException(SessionFailure.Unreachable, "web2 did not answer") };

        var after = await new LedgerTakeover(_servers, "ours", 3).TakeAsync(Servers("web1", "web2"), "lost", Cancellation);

        after[0].ShouldBe(new("web1", "lost", 7, "fencing number 3 is lower than 9"));
        after[1].Trouble!.ShouldContain("web2 did not answer");
    }
}
