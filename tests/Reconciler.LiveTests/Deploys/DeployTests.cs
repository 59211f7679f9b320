using System.Text.Json;
using System.Text.RegularExpressions;
using Reconciler.LiveTests.Support;

namespace Reconciler.LiveTests.Deploys;

[Collection<OnStaging>]
public sealed partial class DeployTests(Staging staging)
{
    [Fact]
    public async Task A_server_with_nothing_on_it_is_brought_to_a_running_site_by_one_converge()
    {
        var deployed = await staging.LookAtAsync(1);
        deployed.Command.ExitCode.ShouldBe(0, deployed.Command.All);
        // The deploy may be a while ago, and a verdict that was not renewed is none.
        (await staging.Controller.PlanAsync()).ExitCode.ShouldBe(0);
        var (status, body) = await staging.Server.GetAsync("/");
        status.ShouldBe(200);
        body.ShouldContain("""<meta name="version" content="1">""");
        (await staging.Controller.StatusAsync()).ShouldSatisfyAllConditions(
            stands => stands.ExitCode.ShouldBe(0),
            stands => stands.Sync.ShouldBe("Synced"),
            stands => stands.Health.ShouldBe("Healthy"),
            stands => stands.Reason.ShouldBe("Converged"));
        (await staging.Controller.RunAsync("logs", "staging", "coralnet")).Sentences.ShouldSatisfyAllConditions(
            logs => logs.ShouldContain("staging1 database | name"),
            logs => logs.ShouldContain("| 0001_initial"),
            logs => logs.ShouldContain("- https://errors.coralnet.example/coralnet/"));
    }

    [Fact]
    public async Task A_second_converge_does_nothing()
    {
        await staging.AtAsync(1);
        var before = await staging.PidsAsync();
        var plan = await staging.Controller.PlanAsync("--detailed-exitcode", "-o", "json");
        plan.ExitCode.ShouldBe(0, plan.All);
        using var json = JsonDocument.Parse(plan.Output);
        json.RootElement.EnumerateArray().SelectMany(unit => unit.GetProperty("steps").EnumerateArray()).ShouldBeEmpty(plan.Output);
        var again = await staging.Controller.ConvergeAsync();
        again.ExitCode.ShouldBe(0, again.All);
        PhasesOf(again).ShouldBeEmpty(again.All);
        (await staging.PidsAsync()).ShouldBe(before);
    }

    [Fact]
    public async Task A_deploy_with_a_migration_goes_in_the_safe_order_and_users_see_a_page_or_the_notice()
    {
        var deployed = await staging.LookAtAsync(2);
        deployed.Command.ExitCode.ShouldBe(0, deployed.Command.All);
        deployed.Seen.ShouldBeOnly("page 1", "cover", "page 2");
        deployed.ShouldHaveKept(SiteServer.Backing);
        var order = await SafeOrderAsync();
        var phases = PhasesOf(deployed.Command);
        phases.ShouldBe(["Prepare", "Cover", "Stop", "Backup", "Code", "Static", "Migrate", "Start", "Check", "Uncover", "Tidy"], deployed.Command.All);
        phases.ShouldBe(phases.OrderBy(order.IndexOf));
        (await staging.Host.ShellAsync("cd /tmp; f=/var/backups/coralnet/$(ls -t /var/backups/coralnet | head -1); stat -c %a:%U $f; pg_restore --list $f | grep -c 'TABLE DATA public gallery_photograph '"))
            .ShouldBe("600:postgres\n1\n");
    }

    [Fact]
    public async Task Looking_leaves_no_trace_on_a_server()
    {
        await staging.LookAtAsync(1);
        await staging.Controller.PlanAsync();
        var before = await staging.Server.FilesAsync();
        (await staging.Controller.PlanAsync()).ExitCode.ShouldBe(0);
        var after = await staging.Server.FilesAsync();
        after.Split('\n').Except(before.Split('\n')).Concat(before.Split('\n').Except(after.Split('\n'))).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_reboot_alone_makes_no_work()
    {
        await staging.AtAsync(1);
        await staging.Host.RebootAsync();
        await staging.Server.WaitUntilUpAsync();
        var plan = await staging.Controller.PlanAsync("--detailed-exitcode");
        plan.ExitCode.ShouldBe(0, plan.All);
    }

    [Fact]
    public async Task A_new_requirement_gets_a_virtualenv_of_its_own_and_the_old_one_is_kept()
    {
        await staging.AtAsync(2);
        var old = await VirtualEnvironmentAsync();
        await staging.Desired.DeployAsync(staging.Commits[7]);
        var deployed = await staging.DeployAsync();
        deployed.Command.ExitCode.ShouldBe(0, deployed.Command.All);
        deployed.Seen.ShouldBeOnly("page 2", "cover", "page 7");
        PhasesOf(deployed.Command).ShouldContain("Virtualenv");
        (await VirtualEnvironmentAsync()).ShouldNotBe(old);
        (await staging.Host.ShellAsync($"/srv/www/venv/bin/python -c 'import dateutil' && {old}/bin/python -c 'import django; import dateutil' 2>&1 | tail -1"))
            .ShouldContain("No module named 'dateutil'");
    }

    [Fact, Trait("Category", "long")]
    public async Task Packages_are_held_or_upgraded_as_git_says_and_what_else_is_due_is_told()
    {
        await staging.AtAsync(1);
        const string version = "dpkg-query -W -f='${Version}' nginx-light", packages = "base/host/packages.yaml";
        var before = await staging.Host.ShellAsync(version);
        await staging.Host.ShellAsync("echo dbus >/run/reboot-required.pkgs; touch /run/reboot-required");
        await staging.Desired.EditAsync(packages, "nginx-light: {on: [web]}", "nginx-light: {on: [web], state: latest}");
        (await staging.Controller.PlanAsync()).Sentences.ShouldContain("while nginx itself is upgraded, connections are refused");
        await staging.Desired.EditAsync(packages, "tzdata: {on: [web, worker]}", "tzdata: {on: [web, worker], state: held}");
        var deployed = await staging.DeployAsync();
        deployed.Command.ExitCode.ShouldBe(0, deployed.Command.All);
        var (phases, order) = (PhasesOf(deployed.Command), await SafeOrderAsync());
        phases.ShouldContain("System", deployed.Command.All);
        phases.ShouldBe(phases.OrderBy(order.IndexOf));
        deployed.Seen.Answers.Keys.ShouldNotContain("other 502", deployed.Seen.Log);
        deployed.Seen.Answers.Keys.ShouldNotContain("other 500", deployed.Seen.Log);

        var after = await staging.Host.ShellAsync(version);
        after.ShouldNotBe(before);
        (await staging.Host.ShellAsync("nginx -t -q && apt-mark showhold")).ShouldBe("tzdata\n");
        (await staging.Server.GetAsync("/")).Status.ShouldBe(200);
        (await staging.Controller.PlanAsync("--detailed-exitcode")).ExitCode.ShouldBe(0);
        const string due = @"a reboot is required \(dbus\); [0-9]+ packages can be upgraded, [0-9]+ of them for security \(package lists of 2";
        (await staging.Controller.RunAsync("status", "staging")).Output.ShouldMatch($"staging: staging1: {due}");
        var described = (await staging.Controller.RunAsync("describe", "server", "staging1")).Output;
        described.ShouldMatch($"  Debian GNU/Linux 12 .bookworm., kernel [^ ]+, up since 2.*\n  packages .*nginx-light {Regex.Escape(after)}.*\n  ! {due}");
        described.ShouldContain($"{staging.Host.Address}  roles web, worker, beat, redis, database\n");
        described.ShouldContain("  in service\n");
    }

    private async Task<string> VirtualEnvironmentAsync() => (await staging.Host.ShellAsync("readlink -f /srv/www/venv")).Trim();

    private async Task<List<string>> SafeOrderAsync() =>
        [.. (await staging.Controller.RunAsync("explain", "order")).Output.Split('\n').Where(line => line.Length > 0 && line[0] != ' ')];

    /// <summary>The phases that a converge told of, in its order.</summary>
    private static List<string> PhasesOf(Command command) => [.. Phase().Matches(command.Error).Select(match => match.Groups[1].Value)];

    [GeneratedRegex("^[0-9:]+Z staging: ([A-Z][a-z]+)$", RegexOptions.Multiline)]
    private static partial Regex Phase();
}
