using Reconciler.LiveTests.Support;

namespace Reconciler.LiveTests.Deploys;

/// <summary>
/// Two web servers behind a balancer, and a server with the database; the second web server has worker and beat.
/// </summary>
public sealed class Fleet() : Site("fleet", new Dictionary<string, int> { ["db1"] = 0, ["web1"] = 1, ["web2"] = 3, ["lb1"] = 0 })
{
    internal SiteServer Balancer => Servers["lb1"];
}

/// <summary>
/// After a reboot of any host the site comes back to what git says, without anyone doing anything (A17; seeds/000: 45).
/// </summary>
public sealed class FleetTests(Fleet fleet) : IClassFixture<Fleet>
{
    private static readonly TimeSpan Soon = TimeSpan.FromMinutes(2);

    [Fact, Trait("Category", "long")]
    public async Task After_a_reboot_of_any_server_the_site_comes_back_by_itself()
    {
        var converged = await fleet.Controller.ConvergeAsync();
        converged.ExitCode.ShouldBe(0, converged.All);
        await fleet.Balancer.WaitForPageAsync("1", Soon);

        foreach (var web in new[] { "web1", "web2" })
            await A_web_server_goes_and_comes_and_users_notice_nothing(web);
        await After_a_reboot_of_the_database_nobody_else_is_restarted();
        await fleet.Balancer.Host.RebootAsync();
        await fleet.Balancer.WaitForPageAsync("1", Soon);
        await All_at_once_with_the_database_last();

        (await fleet.Controller.RunAsync("history", "fleet", "coralnet")).Output.Split('\n').Count(line => line.Contains("fleet/coralnet  "))
            .ShouldBe(1, "nothing but the first deploy");
    }

    private async Task A_web_server_goes_and_comes_and_users_notice_nothing(string name)
    {
        await using var poller = new Poller(fleet.Balancer);
        await fleet.Servers[name].Host.RebootAsync();
        await fleet.Servers[name].WaitForPageAsync("1", Soon);
        // nginx leaves a server out for 10 s after a failure (ngx_http_upstream_module, fail_timeout): were the next one gone before, none would be left.
        await fleet.Servers[name].Host.ShellAsync(
            "n=$(wc -l </var/log/nginx/access.log); "
            + $"for i in $(seq 300); do tail -n +$((n + 1)) /var/log/nginx/access.log | grep -q '^{fleet.Balancer.Host.Address} .*\" 200 ' && exit; sleep 0.1; done; exit 1");
        (await poller.StopAsync()).ShouldBeOnly("page 1");
        await AsGitSaysAsync();
    }

    private async Task After_a_reboot_of_the_database_nobody_else_is_restarted()
    {
        var before = await fleet.Servers["web1"].PidsAsync();
        await fleet.Servers["db1"].Host.RebootAsync();
        await fleet.Balancer.WaitForPageAsync("1", Soon);
        (await fleet.Servers["web1"].PidsAsync()).ShouldBe(before);
        await AsGitSaysAsync();
    }

    private async Task All_at_once_with_the_database_last()
    {
        await Task.WhenAll(fleet.Servers.Values.Select(server => LabAsync("stop", server.Host)));
        foreach (var name in new[] { "lb1", "web2", "web1" })
            await LabAsync("start", fleet.Servers[name].Host);
        // As long as there is no database the site says so itself; it does not give up.
        await fleet.Servers["web1"].Host.ShellAsync("for i in $(seq 300); do curl -s -o /dev/null 127.0.0.1:8000/healthz && exit; sleep 0.2; done; exit 1");
        await LabAsync("start", fleet.Servers["db1"].Host);
        await fleet.Balancer.WaitForPageAsync("1", Soon);
        await AsGitSaysAsync();
        var described = (await fleet.Controller.RunAsync("describe", "server", "lb1")).Output;
        described.ShouldContain("in service");
        described.ShouldContain("nginx-light 1.");
    }

    private static Task<string> LabAsync(string what, TestHost host) => Command.OkAsync(TestHosts.Script, what, host.Lab, host.Name);

    private async Task AsGitSaysAsync()
    {
        foreach (var server in fleet.Servers.Where(server => server.Key.StartsWith("web", StringComparison.Ordinal)))
            await server.Value.WaitUntilUpAsync();
        var plan = await fleet.Controller.PlanAsync("--detailed-exitcode");
        plan.ExitCode.ShouldBe(0, plan.All);
    }
}
