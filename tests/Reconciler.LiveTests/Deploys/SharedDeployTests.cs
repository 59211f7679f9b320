using Reconciler.LiveTests.Journaling;

namespace Reconciler.LiveTests.Deploys;

/// <summary>Two watches with one ledger in PostgreSQL, and a real site: what one begins the other finishes.</summary>
[Collection<OnOtherStaging>]
public sealed class SharedDeployTests(Staging staging, LedgerServer ledger) : IClassFixture<LedgerServer>
{
    private static readonly TimeSpan Soon = TimeSpan.FromMinutes(4);

    [Fact]
    public async Task What_a_killed_controller_left_in_the_middle_the_other_finishes()
    {
        var (one, two) = await MovedToPostgresAsync();
        await using var first = one.Watch();
        await first.WaitForAsync("staging/lease: works on it from now on", Soon);
        await using var second = two.Watch();
        await second.WaitForAsync("staging/lease: left to", Soon);
        await using var poller = new Poller(staging.Server);
        await staging.Desired.DeployAsync(staging.Commits[2]);
        await first.WaitForAsync("staging: Backup", Soon);
        await first.KillAsync();
        await second.WaitForAsync("broke off in", Soon);
        await second.WaitForAsync("staging/coralnet: Synced", Soon);
        (await poller.StopAsync()).ShouldBeOnly("page 1", "cover", "page 2");
        await ShouldBeDeployedOnceAsync();
        await two.StopAsync(second);
    }

    [Fact, Trait("Category", "long")]
    public async Task A_controller_stopped_in_the_middle_past_its_lease_sends_nothing_more_when_it_goes_on()
    {
        var (one, two) = await MovedToPostgresAsync();
        await using var first = one.Watch();
        await first.WaitForAsync("staging/lease: works on it from now on", Soon);
        await staging.Desired.DeployAsync(staging.Commits[2]);
        await first.WaitForAsync("staging: Backup", Soon);
        await first.SignalAsync("STOP");
        await using var second = two.Watch();
        await second.WaitForAsync("staging/coralnet: Synced", Soon);
        await ShouldBeDeployedOnceAsync();
        var before = await RunnerFilesAsync();
        await first.SignalAsync("CONT");
        await first.EndedAsync(TimeSpan.FromSeconds(60));
        first.ExitCode.ShouldBe(1, first.Output);
        first.Output.ShouldContain("were not renewed for");
        (await RunnerFilesAsync()).ShouldBe(before);
        await two.StopAsync(second);
    }

    [Fact, Trait("Category", "long")]
    public async Task While_the_ledger_is_away_nothing_more_is_begun_and_when_it_is_back_the_run_is_finished()
    {
        var (one, _) = await MovedToPostgresAsync();
        await using var poller = new Poller(staging.Server);
        await using var watch = one.Watch();
        await watch.WaitForAsync("staging/lease: works on it from now on", Soon);
        await staging.Desired.DeployAsync(staging.Commits[2]);
        await watch.WaitForAsync("staging: Backup", Soon);
        await ledger.Host.ShellAsync("systemctl stop postgresql@15-main");
        await watch.WaitForAsync("this turn broke off: The ledger", Soon);
        // What was under way when it went is let to its end; then nothing is to happen for longer than a lease lasts.
        await staging.WaitForAsync("! ls /var/lib/reconciler/server/receipts/*.begun >/dev/null 2>&1");
        var before = await RunnerFilesAsync();
        await Task.Delay(TimeSpan.FromSeconds(40), TestContext.Current.CancellationToken);
        (await RunnerFilesAsync()).ShouldBe(before, "a step was begun that no ledger knows of");
        (await staging.Server.GetAsync("/")).Status.ShouldBe(503);

        await ledger.Host.ShellAsync("systemctl start postgresql@15-main");
        await watch.WaitForAsync("the ledger answers again", Soon);
        await staging.Server.WaitForPageAsync("2", Soon);
        await one.StopAsync(watch);
        (await poller.StopAsync()).ShouldBeOnly("page 1", "cover", "page 2");
        await ShouldBeDeployedOnceAsync();
    }

    /// <summary>The site that another ledger has deployed, taken over by one that two controllers share.</summary>
    private async Task<(Controller One, Controller Two)> MovedToPostgresAsync()
    {
        await staging.AtAsync(1);
        var (file, config) = (Path.Combine(staging.World, "ledger.address"), Path.Combine(staging.World, "controller.yaml"));
        await File.WriteAllTextAsync(file, LedgerServer.TextOf(ledger.Host, ledger.NewDatabase().Database));
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await File.WriteAllTextAsync(config, $$"""
            apiVersion: reconciler/v1
            kind: Controller
            metadata: {name: controller}
            spec:
              ledger: {postgresqlFile: "{{file}}"}
            """);
        var (one, two) = (staging.Controller.WithConfig(config), staging.SecondController().WithConfig(config));
        var from = (await staging.Host.ShellAsync("cut -d ' ' -f 1 /var/lib/reconciler/server/fence")).Trim();
        var taken = await one.RunAsync("takeover", "staging", "--from", from);
        taken.ExitCode.ShouldBe(0, taken.All);
        var converged = await one.ConvergeAsync();
        converged.ExitCode.ShouldBe(0, converged.All);
        return (one, two);
    }

    private async Task ShouldBeDeployedOnceAsync()
    {
        (await staging.Server.GetAsync("/")).Body.ShouldContain("""<meta name="version" content="2">""");
        (await staging.Host.ShellAsync("cd /tmp; su postgres -c \"psql -At coralnet -c \\\"select count(*) from django_migrations where name = '0002_photograph_year'\\\"\""))
            .ShouldBe("1\n");
    }

    private Task<string> RunnerFilesAsync() => staging.Host.ShellAsync("find /var/lib/reconciler/server -type f -printf '%p %T@\\n' | sort");
}
