using Reconciler.LiveTests.Support;

namespace Reconciler.LiveTests.Deploys;

/// <summary>Somebody works in the database when a migration is due (E24).</summary>
[Collection<OnOtherStaging>]
public sealed class ActivityTests(Staging staging)
{
    private static readonly TimeSpan Soon = TimeSpan.FromMinutes(1);

    [Fact, Trait("Category", "long")]
    public async Task A_transaction_that_somebody_left_open_is_named_and_the_site_goes_on_as_before()
    {
        await staging.AtAsync(1);
        await staging.Desired.DeployAsync(staging.Commits[2]);
        await using var session = RunningProgram.Start(TestHosts.Script, "exec", staging.Host.Lab, staging.Host.Name, "--", "sh", "-c", """
            { printf '%s\n' "BEGIN;" "SELECT 'canary-word' FROM auth_user LIMIT 1;" '\echo open'; sleep 600; } | PGAPPNAME=report runuser -u postgres -- psql -At coralnet
            """);
        await session.WaitForAsync("open", Soon);
        await using var poller = new Poller(staging.Server);

        var refused = await staging.Controller.ConvergeAsync();

        refused.ExitCode.ShouldBe(1, refused.All);
        refused.All.ShouldContain("somebody else works in database coralnet, and a migration would wait for that behind the page");
        refused.All.ShouldMatch(@"pid \d+ of postgres by report, idle in transaction for \d+ s \(SELECT\); it has written nothing");
        refused.All.ShouldNotContain("canary-word");
        (await poller.StopAsync()).ShouldBeOnly("page 1", "cover");
        (await staging.Server.GetAsync("/")).Body.ShouldContain("content=\"1\"");

        await staging.Host.ShellAsync("runuser -u postgres -- psql -qAt -c \"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'report'\"");
        var converged = await staging.Controller.ConvergeAsync();
        converged.ExitCode.ShouldBe(0, converged.All);
        (await staging.Server.GetAsync("/")).Body.ShouldContain("content=\"2\"");
    }
}
