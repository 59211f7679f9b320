namespace Reconciler.LiveTests.Deploys;

/// <summary>Two web servers behind a balancer, one of which a run may go without; the first has all else.</summary>
public sealed class Spare() : Site("spare", new Dictionary<string, int> { ["web1"] = 3, ["web2"] = 1, ["lb1"] = 0 })
{
    internal SiteServer Second => Servers["web2"];

    internal SiteServer Balancer => Servers["lb1"];

    /// <summary>What the balancer's site says of the second web server.</summary>
    internal async Task<string> LineAsync() =>
        (await Balancer.Host.ShellAsync("grep '# web2$' /etc/nginx/sites-available/coralnet-coralnet-balancer")).Trim().Replace(Second.Host.Address, "ADDRESS");
}

/// <summary>
/// <c>maxUnavailable: 1</c> (safety.md, "one server fails or is lost", and fault 14): a user at the balancer sees the old page, the maintenance page and
/// the new one, and never again the old one, whatever the server that was lost comes back with.
/// </summary>
public sealed class SpareTests(Spare spare) : IClassFixture<Spare>
{
    private static readonly TimeSpan Soon = TimeSpan.FromMinutes(3);

    [Fact]
    public async Task One_that_does_not_answer_is_missed_and_gets_no_request_before_it_is_as_the_others()
    {
        await StandsAtAsync(2);
        await spare.Desired.DeployAsync(spare.Commits[4]);
        await spare.Second.CutAsync();
        await using (var poller = new Poller(spare.Balancer))
        {
            var deployed = await spare.Controller.ConvergeAsync();
            deployed.ExitCode.ShouldBe(1, deployed.All);
            (await poller.StopAsync()).ShouldBeOnly("page 2", "cover", "page 4");
        }
        await IsLeftOutAsync();
        await ComesBackAsync(old: "2", now: "4");
    }

    [Fact, Trait("Category", "long")]
    public async Task One_that_is_lost_after_Cover_is_missed_and_the_others_finish()
    {
        await StandsAtAsync(4);
        await spare.Desired.DeployAsync(spare.Commits[2]);
        await using (var poller = new Poller(spare.Balancer))
        {
            await using var converge = spare.Controller.Start("converge", "spare");
            await converge.WaitForAsync("spare: Stop", Soon);
            await spare.Second.CutAsync();
            await converge.EndedAsync(Soon);
            converge.ExitCode.ShouldBe(1, converge.Output);
            converge.Output.ShouldContain("without", customMessage: converge.Output);
            (await poller.StopAsync()).ShouldBeOnly("page 4", "cover", "page 2");
        }
        await IsLeftOutAsync();
        await ComesBackAsync(old: null, now: "2");
    }

    /// <summary>
    /// <c>strategy: rolling</c> (operations.md, C6): a commit whose pages fail gets no further than the first server, and one that works comes to all; a user
    /// at the balancer gets every page, with its style sheet.
    /// </summary>
    [Fact]
    public async Task Rolling_one_server_after_the_other_no_request_fails()
    {
        const string Barrier = "{type: barrier, maxUnavailable: 1}";
        const string Rolling = "{type: rolling, settle: 5s}";
        await StandsAtAsync(2);
        await spare.Desired.EditAsync("spare/environment.yaml", Barrier, Rolling);
        try
        {
            await using var poller = new Poller(spare.Balancer, styles: true);
            await spare.Desired.DeployAsync(spare.Commits[6]);
            var failed = await spare.Controller.ConvergeAsync();
            failed.ExitCode.ShouldBe(1, failed.All);
            failed.All.ShouldContain("batch 1 of 2: web1");
            failed.All.ShouldContain("Went back", customMessage: failed.All);
            (await poller.StopAsync()).ShouldBeOnly("page 2");
            await using var again = new Poller(spare.Balancer, styles: true);
            await spare.Desired.DeployAsync(spare.Commits[9]);
            var deployed = await spare.Controller.ConvergeAsync();
            deployed.ExitCode.ShouldBe(0, deployed.All);
            deployed.All.ShouldContain("batch 2 of 2: web2");
            await spare.Balancer.WaitForPageAsync("9", Soon);
            (await again.StopAsync()).ShouldBeOnly("page 2", "page 9");
            (await spare.LineAsync()).ShouldBe("server ADDRESS:80; # web2");
            var plan = await spare.Controller.PlanAsync("--detailed-exitcode");
            plan.ExitCode.ShouldBe(0, plan.All);
        }
        finally
        {
            await spare.Desired.EditAsync("spare/environment.yaml", Rolling, Barrier);
        }
    }

    private async Task StandsAtAsync(int commit)
    {
        await spare.Second.MendAsync();
        await spare.Desired.DeployAsync(spare.Commits[commit]);
        var converged = await spare.Controller.ConvergeAsync();
        converged.ExitCode.ShouldBe(0, converged.All);
        await spare.Balancer.WaitForPageAsync($"{commit}", Soon);
        (await spare.LineAsync()).ShouldBe("server ADDRESS:80; # web2");
    }

    private async Task IsLeftOutAsync()
    {
        (await spare.LineAsync()).ShouldBe("server ADDRESS:80 down; # web2");
        var status = await spare.Controller.StatusAsync();
        (status.Health, status.Reason).ShouldBe(("Degraded", "ServersMissing"));
        status.Message.ShouldStartWith("2 of 3 servers are as git says: web2 d");
    }

    /// <param name="old">The page that it comes back with; null where it was covered when it was lost.</param>
    private async Task ComesBackAsync(string? old, string now)
    {
        await using var poller = new Poller(spare.Balancer);
        await spare.Second.MendAsync();
        if (old is not null)
            await spare.Second.WaitForPageAsync(old, Soon);
        await using (var watch = spare.Controller.Watch())
        {
            await spare.Second.WaitForPageAsync(now, Soon);
            await watch.WaitForAsync("spare/coralnet: Synced", Soon);
            await spare.Controller.StopAsync(watch);
        }
        (await poller.StopAsync()).ShouldBeOnly($"page {now}");
        (await spare.LineAsync()).ShouldBe("server ADDRESS:80; # web2");
        var plan = await spare.Controller.PlanAsync("--detailed-exitcode");
        plan.ExitCode.ShouldBe(0, plan.All);
        (await spare.Controller.RunAsync("history", "spare", "coralnet")).Output.ShouldContain("Incomplete");
    }
}
