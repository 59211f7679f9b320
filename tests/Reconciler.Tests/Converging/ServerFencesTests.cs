using Reconciler.Converging;
using Reconciler.Journaling;
using Reconciler.Remote;
using Reconciler.Tests.Git;
using static Reconciler.Tests.Converging.ScriptedServers;

namespace Reconciler.Tests.Converging;

public sealed class ServerFencesTests : IDisposable
{
    private static readonly Dictionary<string, ServerAddress> Both = new() { ["web1"] = Address("web1"), ["web2"] = Address("web2") };
    private readonly ScratchFolder _folder = new();
    private readonly ScriptedServers _servers = new();
    private readonly ILedger _ledger;

    public ServerFencesTests() => _ledger = SqliteLedger.OpenForWriting(_folder.In("controller"), TimeProvider.System);

    public void Dispose()
    {
        _ledger.Dispose();
        _folder.Dispose();
    }

    private static Task TellAsync(ServerFences fences) => fences.TellAsync("production", Both.Values, TestContext.Current.CancellationToken);

    [Fact]
    public async Task A_server_is_told_once_who_works_on_it_and_one_that_did_not_hear_it_again()
    {
        _ledger.Admit("production", "a person");
        var fences = new ServerFences(_servers, _ledger);
        _servers["web2", "fence"] = Answer.Thrown(SessionFailure.Unreachable, sent: false);
        await TellAsync(fences);
        _servers["web2", "fence"] = new("answer fenced\n");
        await TellAsync(fences);
        await TellAsync(fences);

        _servers.Begun.Order().ShouldBe(["web1 fence", "web2 fence", "web2 fence"]);
    }

    [Fact]
    public async Task At_first_contact_nothing_is_told_to_a_server()
    {
        await TellAsync(new(_servers, _ledger));

        _servers.Begun.ShouldBeEmpty();
    }
}
