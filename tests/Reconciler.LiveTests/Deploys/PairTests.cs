using System.Diagnostics;

namespace Reconciler.LiveTests.Deploys;

/// <summary>Phases are barriers across servers, and what is lost on one of them decides for both (the table in the safety contract).</summary>
[Collection<OnPair>]
public sealed class PairTests(Pair pair)
{
    private static readonly TimeSpan Soon = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task No_server_starts_the_new_code_before_the_last_one_has_stopped_the_old()
    {
        var deployed = await pair.LookAtAsync(2);
        deployed.Command.ExitCode.ShouldBe(0, deployed.Command.All);
        deployed.Seen.ShouldBeOnly("page 1", "cover", "page 2");
        var lines = deployed.Command.Error.Split('\n').ToList();
        foreach (var phase in new[] { "Cover", "Stop", "Code", "Start", "Uncover" })
            ServersIn(lines, phase).ShouldBe(["web1", "web2"], $"{phase}:\n{deployed.Command.Error}");
        ServersIn(lines, "Migrate").ShouldBe(["web1"], deployed.Command.Error);
    }

    [Fact]
    public async Task Nothing_starts_while_a_server_does_not_answer()
    {
        await pair.AtAsync(1);
        await pair.Desired.DeployAsync(pair.Commits[2]);
        await pair.Second.CutAsync();
        await using var poller = new Poller(pair.First);
        var refused = await pair.Controller.ConvergeAsync();
        await pair.Second.MendAsync();
        refused.ExitCode.ShouldBe(1, refused.All);
        refused.All.ShouldContain("web2");
        (await poller.StopAsync()).ShouldBeOnly("page 1");
        (await pair.DeployAsync()).Command.ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task A_server_that_hangs_keeps_nobody_from_being_told_of_the_other()
    {
        await pair.AtAsync(1);
        await using var watch = pair.Controller.Watch();
        await watch.WaitForAsync("production/coralnet: Synced", Soon);
        // Its connection stays open, and nobody answers on it: twenty seconds of silence are waited for.
        await pair.Second.Host.ShellAsync("pkill -STOP -u reconciler");
        var hung = Stopwatch.StartNew();
        await pair.First.Host.ShellAsync("echo '# tried something' >>/srv/www/coralnet/project/config/urls.py");
        while ((await pair.Controller.StatusAsync()).Sync != "OutOfSync")
            hung.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(18));
        await pair.Second.Host.ShellAsync("pkill -CONT -u reconciler");
        await pair.Controller.StopAsync(watch);
    }

    [Fact, Trait("Category", "long")]
    public async Task A_server_lost_before_the_migration_leads_all_back_and_it_comes_back_to_the_release_of_before_and_then_all_go_on()
    {
        await pair.AtAsync(1);
        await pair.Desired.DeployAsync(pair.Commits[2]);
        await using var poller = new Poller(pair.First);
        await using (var converge = pair.Controller.Start("converge", "production"))
        {
            await converge.WaitForAsync("production: Backup", Soon);
            await pair.Second.CutAsync();
            await converge.EndedAsync(Soon);
            converge.ExitCode.ShouldBe(1, converge.Output);
            converge.Output.ShouldContain("web2");
        }
        (await poller.StopAsync()).ShouldBeOnly("page 1", "cover");
        (await pair.First.GetAsync("/")).Body.ShouldContain("""<meta name="version" content="1">""");

        await pair.Second.MendAsync();
        await using var back = new Poller(pair.Second);
        await using (var watch = pair.Controller.Watch())
        {
            await pair.Second.WaitForPageAsync("1", Soon);
            await watch.WaitForAsync("production/coralnet: SetAside", Soon);
            // It was the server's fault, not that of the desired state: once both are as before, it is tried again.
            await watch.WaitForAsync("production/coralnet: Synced", Soon);
            await pair.Second.WaitForPageAsync("2", Soon);
            await pair.Controller.StopAsync(watch);
        }
        (await back.StopAsync()).ShouldBeOnly("cover", "page 1", "page 2");
        var pids = await pair.PidsAsync();
        pids.Where(process => process.Key is "web1/gunicorn" or "web2/gunicorn" or "web2/celeryworker" or "web2/celerybeat").ShouldAllBe(process => process.Value != 0);
    }

    [Fact, Trait("Category", "long")]
    public async Task A_server_lost_after_the_migration_holds_all_and_a_newer_commit_goes_on_once_it_is_back()
    {
        await pair.AtAsync(1);
        await pair.Desired.DeployAsync(pair.Commits[2]);
        await using var pollers = new Pollers(pair.Servers.Values);
        await using (var converge = pair.Controller.Start("converge", "production"))
        {
            await converge.WaitForAsync("production: Start", Soon);
            await pair.Second.CutAsync();
            await converge.EndedAsync(Soon);
            converge.ExitCode.ShouldBe(3, converge.Output);
            converge.Output.ShouldContain("web2");
        }
        await pair.Second.MendAsync();
        (await pair.First.GetAsync("/")).Status.ShouldBe(503);
        (await pair.Second.GetAsync("/")).Status.ShouldBe(503);
        (await pair.Controller.StatusAsync()).Reason.ShouldBe("Held");

        await pair.Desired.DeployAsync(pair.Commits[4]);
        var next = await pair.Controller.ConvergeAsync();
        next.ExitCode.ShouldBe(0, next.All);
        (await pollers.StopAsync()).Answers.Keys.Except(["other TimeoutError", "other timeout"]).Order().ShouldBe(["cover", "page 1", "page 4"]);
    }

    /// <summary>The servers that a phase had steps on.</summary>
    private static List<string> ServersIn(List<string> lines, string phase)
    {
        var from = lines.FindIndex(line => line.EndsWith($"production: {phase}", StringComparison.Ordinal));
        from.ShouldBeGreaterThanOrEqualTo(0, $"no phase {phase}");
        return [.. lines.Skip(from + 1).TakeWhile(line => line.Contains("production:   ", StringComparison.Ordinal))
            .Select(line => line.Split("production:   ")[1].Split(' ')[0]).Where(word => word.StartsWith("web", StringComparison.Ordinal)).Distinct().Order()];
    }
}
