using Reconciler.Model;
using Reconciler.Remote;

namespace Reconciler.Tests.Remote;

public sealed class ServerProbesTests
{
    [Fact]
    public async Task Each_probe_gets_its_own_answer() =>
        (await AskAsync("echo one", "printf two", ":", "echo $LC_ALL $GIT_OPTIONAL_LOCKS"))
            .ShouldBe([Output("one\n"), Output("two"), Output(""), Output("C 0\n")]);

    [Fact]
    public async Task A_mistake_in_one_leaves_the_others_alone() =>
        (await AskAsync("echo 'open", "echo )", "exit 5", "cat", "x=1; cd /; echo $x", "echo \"<$x>\""))
            .Skip(2).ShouldBe([Output(""), Output(""), Output("1\n"), Output("<>\n")]);

    [Fact]
    public async Task Stderr_is_dropped_and_bad_bytes_become_replacement_characters() =>
        (await AskAsync("echo bad >&2; printf '\\377\\000x'")).ShouldBe([Output("\uFFFD\0x")]);

    [Fact]
    public void A_forged_end_is_output_and_a_cut_off_answer_is_not_given()
    {
        var script = new ProbeScript([new("a"), new("b")]);
        var marker = script.Text.Split("printf '\\n")[1][..32];
        var output = $"x\n{new string('0', 32)} 0 \n\n{marker} 1 \n\n{marker} 0 \nrest\n{marker} 1 ";
        script.Read(System.Text.Encoding.UTF8.GetBytes(output)).ShouldBe([Output($"x\n{new string('0', 32)} 0 \n\n{marker} 1 \n")]);
    }

    [Fact]
    public async Task A_flood_in_one_loses_only_that_one()
    {
        await using var session = LocalShell.Open(cap: 100_000);
        var answers = await ServerProbes.AskAsync(session, [new("echo a"), new("head -c 5000000 /dev/zero"), new("echo c")], TestContext.Current.CancellationToken);
        answers[0].ShouldBe(Output("a\n"));
        answers[1].ShouldBeOfType<ProbeAnswer.Missing>();
        answers[2].ShouldBe(Output("c\n"));
    }

    [Fact]
    public async Task A_hanging_one_loses_only_itself()
    {
        var session = new SilentSession(LocalShell.Open());
        var answers = await ServerProbes.AskAsync(session, [new("echo a"), new("sleep 30"), new("echo c")], TestContext.Current.CancellationToken);
        answers[0].ShouldBe(Output("a\n"));
        answers[1].ShouldBeOfType<ProbeAnswer.Missing>();
        answers[2].ShouldBe(Output("c\n"));
    }

    private static ProbeAnswer Output(string text) => new ProbeAnswer.Output(text);

    private static async Task<IReadOnlyList<ProbeAnswer>> AskAsync(params string[] fragments)
    {
        await using var session = LocalShell.Open();
        return await ServerProbes.AskAsync(session, [.. fragments.Select(fragment => new Probe(fragment))], TestContext.Current.CancellationToken);
    }

    /// <summary>Loses patience in half a second instead of twenty.</summary>
    private sealed class SilentSession(IServerSession inner) : IServerSession
    {
        public ServerAddress Server => inner.Server;

        public Task<ShellReply> RunAsync(ShellRequest request, CancellationToken cancellation) =>
            inner.RunAsync(request with { Silence = TimeSpan.FromSeconds(0.5) }, cancellation);

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
