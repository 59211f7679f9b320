namespace Reconciler.LiveTests.Deploys;

/// <summary>A site whose repository has its own supervisor.conf, one for all of its servers. Each part starts where the last one ended.</summary>
public sealed class SupervisedTests(Supervised site) : IClassFixture<Supervised>
{
    private static readonly TimeSpan Soon = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task The_sites_own_supervisor_runs_what_git_places_on_each_server_and_nothing_else()
    {
        await First_deploy_on_fresh_servers();
        await A_stray_is_a_difference_and_is_stopped();
        await A_drop_in_by_hand_is_named_and_mended();
        await Changed_variables_reach_the_programs();
    }

    [Fact, Trait("Category", "long")]
    public async Task Its_supervisor_outlives_reboots_failed_deploys_and_what_was_there_before_it_had_a_unit()
    {
        await ConvergedAsync();
        await A_reboot_brings_them_back_without_a_controller();
        await A_worker_that_cannot_import_says_so();
        await A_supervisord_that_was_started_without_a_unit_is_taken_over();
    }

    private async Task First_deploy_on_fresh_servers()
    {
        await ConvergedAsync();
        await OnlyWhatBelongsAsync();
        (await Supervised.VariableAsync(site.Web, "gunicorn", "GREETING")).ShouldBe("hello");
    }

    private async Task A_stray_is_a_difference_and_is_stopped()
    {
        var gunicorn = await Supervised.PidAsync(site.Web, "gunicorn");
        await site.Web.ShellAsync($"{Supervised.Ask} start celeryworker");
        (await Supervised.RunningAsync(site.Web)).ShouldBe("gunicorn celeryworker");
        (await site.Controller.PlanAsync()).All.ShouldContain("celeryworker runs here, and git places it on worker1 only");
        await ConvergedAsync();
        await OnlyWhatBelongsAsync();
        (await Supervised.PidAsync(site.Web, "gunicorn")).ShouldBe(gunicorn);
    }

    private async Task A_drop_in_by_hand_is_named_and_mended()
    {
        const string file = $"/etc/systemd/system/{Supervised.Unit}.d/slow.conf";
        var gunicorn = await Supervised.PidAsync(site.Web, "gunicorn");
        await site.Worker.ShellAsync($"mkdir -p {file[..^10]} && printf '[Service]\nNice=5\n' >{file} && systemctl daemon-reload");
        var drift = await site.Controller.RunAsync("drift", "supervised", "--detailed-exitcode");
        drift.ExitCode.ShouldBe(2, drift.All);
        drift.Sentences.ShouldContain($"worker1: {file} changes ");
        drift.Sentences.ShouldContain(", and git does not know of it");
        await ConvergedAsync();
        await OnlyWhatBelongsAsync();
        (await site.Worker.ShellAsync($"ls {file} 2>&1 | grep -c 'No such'; systemctl show -P Nice {Supervised.Unit}")).ShouldBe("1\n0\n");
        (await Supervised.PidAsync(site.Web, "gunicorn")).ShouldBe(gunicorn);
        (await site.Controller.RunAsync("drift", "supervised", "--detailed-exitcode")).ExitCode.ShouldBe(0);
    }

    private async Task Changed_variables_reach_the_programs()
    {
        await site.Desired.EditAsync("supervised/coralnet/application.yaml", "GREETING: hello", "GREETING: \"good day\"");
        var plan = (await site.Controller.PlanAsync()).Sentences;
        plan.ShouldContain("git defines the supervisord of gunicorn otherwise than this server has it: ");
        plan.ShouldContain("GREETING");
        await ConvergedAsync();
        await OnlyWhatBelongsAsync();
        (await Supervised.VariableAsync(site.Web, "gunicorn", "GREETING")).ShouldBe("good day");
        (await Supervised.VariableAsync(site.Worker, "celeryworker", "GREETING")).ShouldBe("good day");
        (await Supervised.VariableAsync(site.Worker, "celerybeat", "GREETING")).ShouldBe("good day");
    }

    private async Task A_reboot_brings_them_back_without_a_controller()
    {
        await Task.WhenAll(site.Web.RebootAsync(), site.Worker.RebootAsync());
        await site.Servers["web1"].WaitForPageAsync("1", Soon);
        await site.Worker.ShellAsync($"for i in $(seq 300); do [ $({Supervised.Ask} status | grep -c RUNNING) = 2 ] && exit; sleep 0.2; done; {Supervised.Ask} status; exit 1");
        await OnlyWhatBelongsAsync();
        (await site.Controller.PlanAsync()).All.ShouldNotContain("\n  Start ");
    }

    private async Task A_worker_that_cannot_import_says_so()
    {
        await site.Desired.DeployAsync(site.Commits[8]);
        var failed = await site.Controller.ConvergeAsync();
        failed.ExitCode.ShouldBe(1, failed.All);
        failed.All.ShouldContain("ModuleNotFoundError: No module named 'gallery.sizes'");
        failed.All.ShouldContain("in autodiscover", Case.Insensitive);
        failed.All.ShouldNotContain("it printed nothing");
        failed.All.ShouldNotContain("/proc/");
        (await site.Controller.StatusAsync()).Message.ShouldContain("ModuleNotFoundError: No module named 'gallery.sizes'");
        await OnlyWhatBelongsAsync();
        await site.Desired.DeployAsync(site.Commits[1]);
    }

    /// <summary>As the versions before this one left it: no unit, a supervisord that somebody started, and all programs of the file on each server.</summary>
    private async Task A_supervisord_that_was_started_without_a_unit_is_taken_over()
    {
        foreach (var host in new[] { site.Web, site.Worker })
            await host.ShellAsync($$"""
                environment=$(sed -n 's/^Environment=//p' /etc/systemd/system/{{Supervised.Unit}} | tr -d '"' | grep -v 'good day')
                systemctl disable --now {{Supervised.Unit}}
                rm /etc/systemd/system/{{Supervised.Unit}} /var/lib/reconciler/server/placed/etc/systemd/system/{{Supervised.Unit}}
                systemctl daemon-reload
                cd /srv/www/coralnet/project
                runuser -u coralnet -- env $environment setsid -f supervisord -c /srv/www/coralnet/config/supervisor.conf
                for i in $(seq 100); do [ $({{Supervised.Ask}} status | grep -c RUNNING) = 3 ] && exit; sleep 0.2; done; exit 1
                """);
        var plan = await site.Controller.PlanAsync();
        plan.All.ShouldContain("the supervisord of gunicorn is not started at boot: it has no unit yet");
        await ConvergedAsync();
        await OnlyWhatBelongsAsync();
    }

    private async Task ConvergedAsync()
    {
        var converged = await site.Controller.ConvergeAsync();
        converged.ExitCode.ShouldBe(0, converged.All);
        var stands = await site.Controller.StatusAsync();
        // What shares a supervisord with the service concerned is started with it, and supervisor waits a while before it calls that running.
        for (var look = 0; stands.Health != "Healthy" && look < 20; look++)
        {
            await site.Controller.PlanAsync();
            stands = await site.Controller.StatusAsync();
        }
        (stands.Sync, stands.Health).ShouldBe(("Synced", "Healthy"), converged.All);
        (await site.Controller.ConvergeAsync()).All.ShouldNotContain("supervised: Start");
    }

    private async Task OnlyWhatBelongsAsync()
    {
        (await Supervised.RunningAsync(site.Web)).ShouldBe("gunicorn");
        (await Supervised.RunningAsync(site.Worker)).ShouldBe("celeryworker celerybeat");
        foreach (var host in new[] { site.Web, site.Worker })
        {
            (await Supervised.SupervisordsAsync(host)).ShouldBe("1");
            (await host.ShellAsync($"systemctl is-enabled {Supervised.Unit}; systemctl is-active {Supervised.Unit}")).ShouldBe("enabled\nactive\n");
        }
        (await site.Servers["web1"].GetAsync("/")).Status.ShouldBe(200);
    }
}
