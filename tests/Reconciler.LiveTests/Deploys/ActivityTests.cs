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

    [Fact, Trait("Category", "long")]
    public async Task By_policy_whoever_only_read_is_ended_and_whoever_has_written_is_not()
    {
        await staging.AtAsync(1);
        await staging.Desired.EditAsync("base/host/databases.yaml", "    allow: [web, worker]", "    allow: [web, worker]\n    blockers: end");
        await staging.Desired.DeployAsync(staging.Commits[2]);
        await using var writer = Open("writing", "CREATE TABLE held (x int);");
        await using var reader = Open("reading", "SELECT count(*) FROM auth_user;");
        await using var asking = Open("asking", "SELECT pg_sleep(600);", waits: false);
        await Task.WhenAll(writer.WaitForAsync("open", Soon), reader.WaitForAsync("open", Soon));

        var refused = await staging.Controller.ConvergeAsync();

        refused.ExitCode.ShouldBe(1, refused.All);
        refused.Sentences.ShouldMatch(@"pid \d+ of postgres by writing, idle in transaction for \d+ s \(CREATE\); it has written");
        refused.Sentences.ShouldNotContain("by reading");
        (await SessionsAsync()).ShouldBe("writing");

        await staging.Host.ShellAsync("runuser -u postgres -- psql -qAt -c \"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'writing'\"");
        var converged = await staging.Controller.ConvergeAsync();
        converged.ExitCode.ShouldBe(0, converged.All);
        (await staging.Server.GetAsync("/")).Body.ShouldContain("content=\"2\"");
    }

    private RunningProgram Open(string name, string query, bool waits = true) =>
        RunningProgram.Start(TestHosts.Script, "exec", staging.Host.Lab, staging.Host.Name, "--", "sh", "-c", $$"""
            { printf '%s\n' "BEGIN;" "{{query}}" '\echo open'; {{(waits ? "sleep 600" : ":")}}; } | PGAPPNAME={{name}} runuser -u postgres -- psql -At coralnet
            """);

    private async Task<string> SessionsAsync() => (await staging.Host.ShellAsync(
        "cd /tmp; runuser -u postgres -- psql -At coralnet -c \"SELECT application_name FROM pg_stat_activity WHERE application_name IN ('reading', 'writing', 'asking') AND state <> 'idle'\"")).Trim();
}
