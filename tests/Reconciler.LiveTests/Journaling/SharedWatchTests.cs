using Reconciler.LiveTests.Deploys;
using Reconciler.LiveTests.Support;

namespace Reconciler.LiveTests.Journaling;

/// <summary>Two watches of the built program with one ledger in PostgreSQL, and two environments whose servers nobody answers for.</summary>
[Collection<OnLedgerServer>]
public sealed class SharedWatchTests(LedgerServer server) : IAsyncLifetime
{
    private static readonly TimeSpan Soon = TimeSpan.FromMinutes(2);
    private readonly string _folder = Directory.CreateTempSubdirectory("reconciler-shared-").FullName;

    private Controller One => Named("one");

    private Controller Two => Named("two");

    private string Address => Path.Combine(_folder, "ledger.address");

    public async ValueTask InitializeAsync()
    {
        await WriteAsync("ledger.address", LedgerServer.TextOf(server.Host, server.NewDatabase().Database));
        File.SetUnixFileMode(Address, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await WriteAsync("controller.yaml", $$"""
            apiVersion: reconciler/v1
            kind: Controller
            metadata: {name: controller}
            spec:
              ledger: {postgresqlFile: "{{Address}}"}
            """);
        foreach (var name in new[] { "blue", "green" })
        {
            await WriteAsync($"desired/{name}/environment.yaml", $$"""
                apiVersion: reconciler/v1
                kind: Environment
                metadata: {name: {{name}}}
                spec: {profile: staging}
                """);
            await WriteAsync($"desired/{name}/servers.yaml", $$"""
                apiVersion: reconciler/v1
                kind: Servers
                metadata: {name: {{name}}}
                spec:
                  {{name}}1: {address: 127.0.0.{{name.Length}}, roles: [web], hostKey: "{{server.Host.HostKey}}"}
                """);
        }
        var desired = Path.Combine(_folder, "desired");
        await Command.OkAsync("git", "-C", desired, "init", "--quiet", "--initial-branch=main");
        await Command.OkAsync("git", "-C", desired, "add", "--all");
        await Command.OkAsync("git", "-C", desired, "-c", "user.name=Alex", "-c", "user.email=alex@coralnet.example", "commit", "--quiet", "-m", "Two");
        await Command.OkAsync("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", Path.Combine(_folder, "key"));
    }

    [Fact]
    public async Task Two_share_the_environments_and_the_one_that_is_told_to_end_hands_its_own_over_at_once()
    {
        await using var one = One.Watch();
        await one.WaitForAsync("green/lease: works on it from now on", Soon);
        await using var two = Two.Watch();
        await two.WaitForAsync("green/lease: works on it from now on", Soon);
        await two.WaitForAsync("blue/lease: left to `watch`, process", Soon);
        var status = await Two.RunAsync("status");
        status.Output.ShouldContain("blue: at work: watch ");
        status.Output.ShouldContain("green: at work: watch ");
        var refused = await Two.RunAsync("converge", "blue");
        refused.ExitCode.ShouldBe(75, refused.All);
        refused.Sentences.ShouldContain("reconciler retry blue");
        await Named("one").StopAsync(one);
        await two.WaitForAsync("blue/lease: works on it from now on", TimeSpan.FromSeconds(20));
        (await Two.RunAsync("doctor")).Output.ShouldContain("PostgreSQL 15");
        await Two.StopAsync(two);
    }

    [Fact]
    public async Task One_that_is_stopped_past_its_lease_and_goes_on_finds_its_work_taken_sends_nothing_and_ends()
    {
        await using var one = One.Watch();
        await one.WaitForAsync("green/lease: works on it from now on", Soon);
        await one.SignalAsync("STOP");
        await using var two = Two.Watch();
        await two.WaitForAsync("green/lease: works on it from now on", Soon);
        await one.SignalAsync("CONT");
        await one.EndedAsync(TimeSpan.FromSeconds(30));
        one.ExitCode.ShouldBe(1, one.Output);
        one.Output.ShouldContain("were not renewed for", Case.Sensitive, one.Output);
        await Two.StopAsync(two);
    }

    [Fact]
    public async Task Postgres_may_be_away_for_a_time()
    {
        await using var one = One.Watch();
        await one.WaitForAsync("green/lease: works on it from now on", Soon);
        await server.Host.ShellAsync("systemctl stop postgresql@15-main");
        await one.WaitForAsync("does not answer", Soon);
        await server.Host.ShellAsync("systemctl start postgresql@15-main");
        await one.WaitForAsync("the ledger answers again", Soon);
        (await One.RunAsync("suspend", "blue", "--reason", "INC-1")).ExitCode.ShouldBe(0);
        await One.StopAsync(one);
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return default;
    }

    private Controller Named(string name) =>
        new Controller("blue", _folder, Path.Combine(_folder, name), Path.Combine(_folder, "outputs")).WithConfig(Path.Combine(_folder, "controller.yaml"));

    private async Task WriteAsync(string file, string text)
    {
        var path = Path.Combine(_folder, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await File.WriteAllTextAsync(path, text);
    }
}
