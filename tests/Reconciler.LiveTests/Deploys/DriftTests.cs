namespace Reconciler.LiveTests.Deploys;

[Collection<OnStaging>]
public sealed class DriftTests(Staging staging)
{
    [Fact]
    public async Task Whatever_was_edited_by_hand_is_reported_with_a_sentence()
    {
        await staging.AtAsync(2);
        await staging.Host.ShellAsync($"""
            set -e
            echo '# tried something' >>/srv/www/coralnet/project/config/urls.py
            echo '# tried something' >>"$(grep -lR {staging.Domain} /etc/nginx/sites-enabled)"
            chmod 0640 {SiteServer.SecretsFile}
            cp -R "$(ls -d /srv/www/venv/lib/python3*/site-packages/redis)" "$(ls -d /srv/www/venv/lib/python3*/site-packages)/extra"
            mkdir "$(ls -d /srv/www/venv/lib/python3*/site-packages)/extra-1.0.dist-info"
            """);
        var plan = await staging.Controller.PlanAsync("--detailed-exitcode", "-o", "json");
        plan.ExitCode.ShouldBe(2, plan.All);
        plan.Output.ShouldSatisfyAllConditions(
            said => said.ShouldContain("/srv/www/coralnet has 1 file(s) edited by hand: project/config/urls.py"),
            said => said.ShouldContain("coralnet/NginxSite/coralnet"),
            said => said.ShouldContain($"secrets file {SiteServer.SecretsFile} is 0640 coralnet:coralnet, and should be 0600 coralnet:coralnet"),
            said => said.ShouldContain("coralnet/VirtualEnvironment/"));
    }

    [Fact]
    public async Task A_deploy_over_an_edited_file_is_refused_until_the_edit_is_undone()
    {
        await staging.AtAsync(2);
        await staging.Host.ShellAsync("echo '# tried something' >>/srv/www/coralnet/project/config/urls.py");
        await staging.Desired.DeployAsync(staging.Commits[4]);
        var refused = await staging.DeployAsync();
        refused.Command.ExitCode.ShouldBe(1, refused.Command.All);
        refused.Command.All.ShouldContain("project/config/urls.py");
        refused.Seen.ShouldBeOnly("page 2");
        refused.After.ShouldBe(refused.Before);
        (await staging.Host.ShellAsync("tail -1 /srv/www/coralnet/project/config/urls.py")).ShouldBe("# tried something\n");

        await staging.Host.ShellAsync("su -s /bin/sh coralnet -c 'git -C /srv/www/coralnet checkout -q -- project/config/urls.py'");
        var deployed = await staging.DeployAsync();
        deployed.Command.ExitCode.ShouldBe(0, deployed.Command.All);
        deployed.Seen.ShouldBeOnly("page 2", "cover", "page 4");
    }

    [Fact]
    public async Task A_service_that_was_stopped_by_hand_is_started_again()
    {
        await staging.AtAsync(2);
        await staging.Host.ShellAsync("supervisorctl stop coralnet-celeryworker");
        var before = await staging.PidsAsync();
        before["celeryworker"].ShouldBe(0);
        await using var watch = staging.Controller.Watch();
        await watch.WaitForAsync("coralnet converged in", TimeSpan.FromMinutes(2));
        await staging.Controller.StopAsync(watch);
        var after = await staging.PidsAsync();
        after["celeryworker"].ShouldNotBe(0, watch.Output);
        after.Where(process => process.Key != "celeryworker").ShouldBe(before.Where(process => process.Key != "celeryworker"));
        watch.Output.ShouldNotContain("staging: Cover");
    }
}
