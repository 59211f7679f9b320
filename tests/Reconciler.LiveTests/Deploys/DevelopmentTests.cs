using Reconciler.LiveTests.Support;

namespace Reconciler.LiveTests.Deploys;

/// <summary>One server with all roles, on which a developer works.</summary>
public sealed class Development() : Site("development", new Dictionary<string, int> { ["dev1"] = 3 })
{
    internal SiteServer Server => Servers["dev1"];
}

/// <summary>
/// The development profile (004: 9-11): no message, no gunicorn, no cover; and what is there for people (A1, A4b, A8).
/// </summary>
public sealed class DevelopmentTests(Development site) : IClassFixture<Development>
{
    private const string Runserver = "supervisorctl pid coralnet-runserver";

    private TestHost Host => site.Server.Host;

    [Fact, Trait("Category", "long")]
    public async Task A_developers_server_has_a_runserver_that_is_restarted_for_new_code_and_no_page_is_shown()
    {
        // As root does who did not enroll with --link /cnhome --link /scripts.
        await Host.ShellAsync("printf 'link /cnhome\\nlink /scripts\\n' >>/etc/reconciler/runner.conf");
        await ConvergedAsync();
        (await site.Server.GetAsync("/")).Body.ShouldContain("""<meta name="version" content="1">""");
        (await Host.ShellAsync("pgrep -fc '[g]unicorn' || :")).ShouldBe("0\n");
        await A_persons_shell_is_set_up_by_one_word();
        (await Host.ShellAsync("/srv/www/venv/bin/pip --version")).ShouldStartWith("pip 23.0.1 ");

        var before = await Host.ShellAsync(Runserver);
        await site.Desired.DeployAsync(site.Commits[2]);
        await using var poller = new Poller(site.Server);
        var deployed = await ConvergedAsync();
        foreach (var skipped in new[] { "Announce", "Wait", "Cover", "Uncover" })
            deployed.Error.ShouldNotContain($"development: {skipped}\n");
        (await poller.StopAsync()).Answers.Keys.ShouldNotContain("cover");
        (await Host.ShellAsync(Runserver)).ShouldNotBe(before);
        await site.Server.WaitForPageAsync("2", TimeSpan.FromSeconds(20));
        // Its reloader's child went with it: one parent, one child.
        (await Host.ShellAsync("pgrep -fc '[m]anage.py runserver'")).ShouldBe("2\n");
    }

    /// <summary>
    /// cd, settings and virtualenv before any manage.py (seeds/000: 45-51), by the short names that people know.
    /// </summary>
    private async Task A_persons_shell_is_set_up_by_one_word()
    {
        (await Host.ShellAsync("runuser -u coralnet -- bash -c 'source /scripts/env_setup.sh && pwd && python manage.py check && readlink -f $VIRTUAL_ENV'"))
            .ShouldBe($"/srv/www/coralnet/project\nSystem check identified no issues (0 silenced).\n{await Host.ShellAsync("readlink -f /srv/www/venv")}");
        (await Host.ShellAsync("readlink /cnhome")).ShouldBe("/srv/www/coralnet\n");
    }

    private async Task<Command> ConvergedAsync()
    {
        var command = await site.Controller.ConvergeAsync();
        command.ExitCode.ShouldBe(0, command.All);
        return command;
    }
}
