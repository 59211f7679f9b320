namespace Reconciler.LiveTests.Deploys;

/// <summary>What happens to one application is nothing to the other on the same server. The two tests never run in one go: each starts on fresh servers.</summary>
public sealed class TwoApplicationsTests(SharedServer site) : IClassFixture<SharedServer>
{
    private static readonly TimeSpan Soon = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task A_deploy_or_a_flag_of_one_leaves_the_other_alone()
    {
        await BothAsync();
        await LeavesSeagrassAloneAsync("1", 0, ["page 1", "cover", "page 2"], () => site.Desired.DeployAsync(site.Commits[2]));
        await LeavesSeagrassAloneAsync("1", 0, ["page 2", "cover"], () => FlagAsync(true));
        await LeavesSeagrassAloneAsync("1", 0, ["cover", "page 2"], () => FlagAsync(false));
    }

    [Fact, Trait("Category", "long")]
    public async Task A_failure_of_one_leaves_the_other_alone()
    {
        await BothAsync();
        await LeavesSeagrassAloneAsync("1", 3, ["page 1", "cover"], () => site.Desired.DeployAsync(site.Commits[5]));
        (await site.Controller.StatusAsync("coralnet")).Reason.ShouldBe("Held");
        (await site.Controller.StatusAsync("seagrass")).ShouldSatisfyAllConditions(
            stands => stands.Sync.ShouldBe("Synced"),
            stands => stands.Health.ShouldBe("Healthy"));

        await A_deploy_goes_through_while_the_other_one_is_held();
    }

    private async Task BothAsync()
    {
        (await site.Controller.ConvergeAsync()).ExitCode.ShouldBe(0);
        await site.Coralnet.WaitForPageAsync("1", Soon);
        await site.Seagrass.WaitForPageAsync("1", Soon);
    }

    private async Task A_deploy_goes_through_while_the_other_one_is_held()
    {
        await using var poller = new Poller(site.Seagrass);
        await site.Desired.DeployAsync(site.Commits[2], "seagrass");
        await using var watch = site.Controller.Watch();
        await site.Seagrass.WaitForPageAsync("2", Soon);
        await watch.WaitForAsync("shared/seagrass: Synced", Soon);
        await site.Controller.StopAsync(watch);
        (await poller.StopAsync()).ShouldBeOnly("page 1", "cover", "page 2");
        (await site.Coralnet.GetAsync("/")).Status.ShouldBe(503);
        (await site.Controller.ConvergeAsync("seagrass")).ExitCode.ShouldBe(0);
        (await site.Coralnet.GetAsync("/")).Status.ShouldBe(503);
        (await site.Controller.StatusAsync("coralnet")).Reason.ShouldBe("Held");
    }

    private async Task LeavesSeagrassAloneAsync(string page, int exitCode, string[] seen, Func<Task> change)
    {
        var before = await site.Seagrass.PidsAsync();
        await using var other = new Poller(site.Seagrass);
        await change();
        var done = await site.DeployAsync();
        done.Command.ExitCode.ShouldBe(exitCode, done.Command.All);
        done.Seen.ShouldBeOnly(seen);
        (await other.StopAsync()).ShouldBeOnly($"page {page}");
        (await site.Seagrass.PidsAsync()).ShouldBe(before, done.Command.All);
    }

    private Task FlagAsync(bool on) => site.Desired.AddAsync("shared/coralnet/maintenance.yaml", $$"""
        apiVersion: reconciler/v1
        kind: Maintenance
        metadata: {name: coralnet}
        spec: {enabled: {{(on ? "true" : "false")}}}
        """);
}
