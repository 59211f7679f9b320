using Reconciler.LiveTests.Support;

namespace Reconciler.LiveTests.Deploys;

[Collection<OnStaging>]
public sealed class ControllerTests(Staging staging)
{
    private static readonly TimeSpan Soon = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task At_first_contact_watching_changes_nothing_until_a_person_says_converge()
    {
        await staging.LookAtAsync(0);
        await staging.Controller.PlanAsync();
        var before = await staging.Server.FilesAsync();
        await using (var watch = staging.Controller.Watch())
        {
            await watch.WaitForAsync("NeverConverged", Soon);
            await staging.Controller.StopAsync(watch);
        }
        (await staging.Server.FilesAsync()).ShouldBe(before);
        (await staging.Controller.StatusAsync("host")).ShouldSatisfyAllConditions(
            stands => stands.Health.ShouldBe("Suspended"),
            stands => stands.Reason.ShouldBe("NeverConverged"),
            stands => stands.Message.ShouldContain("reconciler converge staging"));

        // Once admitted, a merge is enough.
        await staging.AtAsync(1);
        await staging.Desired.DeployAsync(staging.Commits[2]);
        await using (var watch = staging.Controller.Watch())
        {
            await watch.WaitForAsync("staging/coralnet: Synced", Soon);
            await staging.Controller.StopAsync(watch);
        }
        (await staging.Server.GetAsync("/")).Body.ShouldContain("""<meta name="version" content="2">""");
    }

    [Fact]
    public async Task A_controller_killed_with_the_services_stopped_finishes_the_job_when_it_starts_again()
    {
        await staging.AtAsync(1);
        await staging.Desired.DeployAsync(staging.Commits[2]);
        await using var poller = new Poller(staging.Server);
        await using (var killed = staging.Controller.Start("converge", "staging"))
        {
            await killed.WaitForAsync("staging: Backup", Soon);
            await killed.KillAsync();
        }
        var again = await staging.Controller.ConvergeAsync();
        again.ExitCode.ShouldBe(0, again.All);
        (await poller.StopAsync()).ShouldBeOnly("page 1", "cover", "page 2");
        await ShouldBeDeployedOnceAsync();
    }

    [Fact]
    public async Task A_migration_goes_on_when_its_controller_is_killed_and_is_not_begun_twice()
    {
        await staging.AtAsync(1);
        await staging.Desired.DeployAsync(staging.Commits[2]);
        await using var poller = new Poller(staging.Server);
        await using var migration = Pause("^python manage.py shell.*call_command..migrate");
        await using (var killed = staging.Controller.Start("converge", "staging"))
        {
            await migration.WaitForAsync("paused", Soon);
            await killed.KillAsync();
        }
        var fence = await FenceAsync();
        await using var next = staging.Controller.Watch();
        await staging.Host.ShellAsync($"for i in $(seq 300); do [ \"$(cat /var/lib/reconciler/server/fence)\" = '{fence}' ] || exit 0; sleep 0.1; done; exit 1");
        await staging.Host.ShellAsync("touch /tmp/go");
        await next.WaitForAsync("staging/coralnet: Synced", Soon);
        await staging.Controller.StopAsync(next);
        (await poller.StopAsync()).ShouldBeOnly("page 1", "cover", "page 2");
        await ShouldBeDeployedOnceAsync();
    }

    [Fact]
    public async Task A_database_that_goes_away_in_a_migration_holds_the_site_and_a_persons_word_goes_on_when_it_is_back()
    {
        await staging.AtAsync(1);
        await staging.Desired.DeployAsync(staging.Commits[2]);
        await using var poller = new Poller(staging.Server);
        await using var migration = Pause("^python manage.py shell.*call_command..migrate");
        await using (var watch = staging.Controller.Watch())
        {
            await migration.WaitForAsync("paused", Soon);
            await staging.Host.ShellAsync("pg_ctlcluster 15 main stop -m immediate; touch /tmp/go");
            await watch.WaitForAsync("staging/coralnet: Held", Soon);
            await staging.Controller.StopAsync(watch);
        }
        var stands = await staging.Controller.StatusAsync();
        stands.Health.ShouldBe("Degraded");
        stands.Message.ShouldContain("Migrate on staging1");
        stands.Message.ShouldContain("before that:");
        (await staging.Server.GetAsync("/")).Status.ShouldBe(503);

        await staging.Host.ShellAsync("systemctl start postgresql@15-main");
        var word = await staging.Controller.RunAsync("converge", "staging");
        word.ExitCode.ShouldBe(0, word.All);
        (await poller.StopAsync()).ShouldBeOnly("page 1", "cover", "page 2");
        await ShouldBeDeployedOnceAsync();
    }

    [Fact, Trait("Category", "long")]
    public async Task A_disk_without_room_for_the_dump_or_the_virtualenv_is_told_while_the_site_is_up_and_it_goes_on_by_itself_when_there_is_room()
    {
        const string Dumps = "/var/backups/coralnet", Built = "/srv/www/venv.d";
        await staging.AtAsync(1);
        await using var poller = new Poller(staging.Server);
        await staging.Host.ShellAsync($"mount -t tmpfs -o size=2m,mode=0700,uid=$(id -u postgres),gid=$(id -g postgres) tmpfs {Dumps}");
        await staging.Desired.DeployAsync(staging.Commits[2]);
        await using var watch = staging.Controller.Watch();
        await watch.WaitForAsync($"no room for a dump in {Dumps}: ", Soon);
        watch.Output.ShouldNotContain("staging: Cover");
        await staging.Host.ShellAsync($"mount -o remount,size=64m {Dumps}");
        await watch.WaitForAsync("staging/coralnet: Synced", Soon);

        await staging.Host.ShellAsync($"mount -t tmpfs -o size=$(($(du -ks {Built} | cut -f1) + 8000))k,mode=0755 tmpfs /mnt && cp -a {Built}/. /mnt "
            + $"&& chown --reference={Built} /mnt && mount --bind /mnt {Built} && umount /mnt");
        var before = await staging.Host.ShellAsync($"ls -A {Built}");
        await staging.Desired.DeployAsync(staging.Commits[7]);
        await watch.WaitForAsync($"ERROR: the disk is full: the file system at {Built} has ", Soon);
        await watch.WaitForAsync("Nothing was stopped; it is tried again", Soon);
        // A further try may be at work.
        await staging.Host.ShellAsync($"timeout 60 sh -c 'until [ \"$(ls -A {Built})\" = \"{before.TrimEnd()}\" ]; do sleep 0.1; done'");
        await staging.Host.ShellAsync($"mount -o remount,size=400m {Built}");
        await staging.Server.WaitForPageAsync("7", Soon);
        await staging.Controller.StopAsync(watch);

        (await poller.StopAsync()).ShouldBeOnly("page 1", "cover", "page 2", "page 7");
        await staging.Host.ShellAsync($"umount {Dumps}; mount --bind {Built} /mnt; umount {Built}; cp -a /mnt/. {Built}; umount /mnt");
    }

    [Fact, Trait("Category", "long")]
    public async Task A_file_that_somebody_edits_during_a_deploy_is_replaced_and_the_edit_kept_and_told()
    {
        await staging.AtAsync(1);
        await staging.Desired.EditAsync("base/coralnet/nginx.conf", "proxy_set_header Host $host;", "proxy_set_header Host $host;\n        proxy_read_timeout 61s;");
        await staging.Desired.DeployAsync(staging.Commits[2]);
        await using var watch = staging.Controller.Watch();
        await watch.WaitForAsync("staging: Stop", Soon);
        var site = (await staging.Host.ShellAsync("readlink -f $(grep -lR proxy_pass /etc/nginx/ | head -1)")).Trim();
        await staging.Host.ShellAsync($"echo '# tried at 3 a.m.' >>{site}");
        await watch.WaitForAsync("staging/coralnet: Synced", Soon);
        await staging.Controller.StopAsync(watch);
        watch.Output.ShouldContain($"{site} had been edited by hand: that is kept on staging1");
        var run = (await staging.Controller.RunAsync("history", "staging")).Output.Split(' ')[0];
        (await staging.Controller.RunAsync("describe", "run", run)).Output.ShouldContain(
            $" changed by hand since it was placed: {site}; the edit is the newest file in /var/lib/reconciler/server/kept{site}");
        (await staging.Host.ShellAsync($"tail -qn 1 /var/lib/reconciler/server/kept{site}/*")).ShouldContain("# tried at 3 a.m.");
        (await staging.Host.ShellAsync($"cat {site}")).ShouldNotContain("# tried");
        (await staging.Controller.PlanAsync("--detailed-exitcode")).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task A_commit_that_comes_in_while_another_is_prepared_takes_over_before_anything_stops()
    {
        await staging.AtAsync(1);
        await staging.Desired.DeployAsync(staging.Commits[2]);
        await using var poller = new Poller(staging.Server);
        await using var preparing = Pause("manage.py collectstatic");
        await using var watch = staging.Controller.Watch();
        await preparing.WaitForAsync("paused", Soon);
        var newer = await staging.Desired.DeployAsync(staging.Commits[4]);
        await watch.WaitForAsync($"revision {newer[..12]} is in force", Soon);
        await staging.Host.ShellAsync("touch /tmp/go");
        await watch.WaitForAsync($"commit {newer[..12]} came in before Cover", Soon);
        await watch.WaitForAsync("staging/coralnet: Synced", Soon);
        await staging.Controller.StopAsync(watch);
        (await poller.StopAsync()).ShouldBeOnly("page 1", "cover", "page 4");
        var history = await staging.Controller.RunAsync("history", "staging", "coralnet");
        history.Output.ShouldContain("superseded");
        (await staging.Controller.PlanAsync("--detailed-exitcode")).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task Nothing_is_sent_to_a_server_with_another_host_key()
    {
        await staging.LookAtAsync(2);
        var logins = await LoginsAsync();
        await staging.Desired.EditAsync("staging/servers.yaml", staging.Host.HostKey,
            "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGj3hlrk+DZKD4yUBdNiwC5hTqXc/cypg0egm0Lc/qaY");
        (await staging.Controller.ConvergeAsync()).ExitCode.ShouldBe(1);
        (await staging.Controller.StatusAsync()).ShouldSatisfyAllConditions(
            stands => stands.Sync.ShouldBe("Unknown"),
            stands => stands.Health.ShouldBe("Unknown"),
            stands => stands.Message.ShouldContain("hostKey"));
        (await LoginsAsync()).ShouldBe(logins);
    }

    [Fact]
    public async Task A_server_that_does_not_answer_is_unknown_not_missing()
    {
        await staging.LookAtAsync(2);
        await staging.Server.CutAsync();
        var refused = await staging.Controller.ConvergeAsync();
        var stands = await staging.Controller.StatusAsync();
        await staging.Server.MendAsync();
        refused.ExitCode.ShouldBe(1, refused.All);
        stands.Sync.ShouldBe("Unknown");
        stands.Health.ShouldBe("Unknown");
        stands.Message.ShouldContain("staging1");
        (await staging.Controller.ConvergeAsync()).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task A_second_ledger_is_refused_by_the_servers_of_the_first()
    {
        await staging.LookAtAsync(2);
        await staging.Desired.DeployAsync(staging.Commits[4]);
        var before = await staging.PidsAsync();
        var refused = await staging.SecondController().ConvergeAsync();
        refused.ExitCode.ShouldBe(75, refused.All);
        refused.All.ShouldContain("ledger");
        (await staging.PidsAsync()).ShouldBe(before);
        (await staging.Server.GetAsync("/")).Body.ShouldContain("""<meta name="version" content="2">""");
    }

    [Fact, Trait("Category", "long")]
    public async Task Where_a_ledger_is_lost_a_person_has_the_servers_obey_another_one()
    {
        await staging.AtAsync(1);
        var (first, second) = (await LedgerAsync(), staging.SecondController());
        await staging.Desired.DeployAsync(staging.Commits[2]);

        var told = await second.RunAsync("takeover", "staging");
        told.ExitCode.ShouldBe(3, told.All);
        told.Output.ShouldContain($"  staging1: obeys ledger {first}, which began ");
        told.Output.ShouldContain($"where that controller is ended for good: `reconciler takeover staging --from {first}`");
        (await second.RunAsync("takeover", "staging", "--from", new string('0', 32))).ExitCode.ShouldBe(64);
        (await LedgerAsync()).ShouldBe(first);

        var taken = await second.RunAsync("takeover", "staging", "--from", first);
        taken.ExitCode.ShouldBe(0, taken.All);
        taken.Output.ShouldContain("  staging1: obeys this ledger\n");
        var refused = await staging.Controller.ConvergeAsync();
        refused.ExitCode.ShouldBe(75, refused.All);
        (await staging.Controller.RunAsync("status", "staging")).Output.ShouldContain("reconciler takeover staging");
        (await staging.Server.GetAsync("/")).Body.ShouldContain("content=\"1\"");
        var converged = await second.ConvergeAsync();
        converged.ExitCode.ShouldBe(0, converged.All);
        (await staging.Server.GetAsync("/")).Body.ShouldContain("content=\"2\"");

        (await staging.Controller.RunAsync("takeover", "staging", "--from", await LedgerAsync())).ExitCode.ShouldBe(0);
        (await LedgerAsync()).ShouldBe(first);
        (await staging.Controller.ConvergeAsync()).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task A_ledger_that_was_restored_from_an_older_copy_is_refused_until_a_person_says_that_it_is_the_only_one()
    {
        await staging.AtAsync(1);
        var (state, copy) = (staging.Controller.State, $"{staging.Controller.State}.copy");
        await Command.OkAsync("cp", "--archive", state, copy);
        for (var later = 0; later < 5; later++)
            (await staging.Controller.ConvergeAsync()).ExitCode.ShouldBe(0);
        Directory.Delete(state, recursive: true);
        Directory.Move(copy, state);
        await staging.Desired.DeployAsync(staging.Commits[2]);

        var refused = await staging.Controller.ConvergeAsync();
        refused.ExitCode.ShouldBe(75, refused.All);
        refused.Sentences.ShouldContain("or this ledger is an older copy");
        refused.Sentences.ShouldContain("reconciler takeover staging");
        (await staging.Server.GetAsync("/")).Body.ShouldContain("content=\"1\"");

        var ours = await LedgerAsync();
        var told = await staging.Controller.RunAsync("takeover", "staging");
        told.ExitCode.ShouldBe(3, told.All);
        told.Output.ShouldContain($"`reconciler takeover staging --from {ours}`");
        var taken = await staging.Controller.RunAsync("takeover", "staging", "--from", ours);
        taken.ExitCode.ShouldBe(0, taken.All);
        (await staging.Controller.ConvergeAsync()).ExitCode.ShouldBe(0);
        (await staging.Server.GetAsync("/")).Body.ShouldContain("content=\"2\"");
        (await staging.Controller.RunAsync("takeover", "staging", "--from", ours)).ExitCode.ShouldBe(64);
    }

    private async Task<string> LedgerAsync() => (await FenceAsync()).Split(' ')[0];

    [Fact]
    public async Task Two_controllers_cannot_use_one_ledger()
    {
        await staging.AtAsync(2);
        await using var watch = staging.Controller.Watch();
        await watch.WaitForAsync("staging/coralnet: Synced", Soon);
        var refused = await staging.Controller.ConvergeAsync();
        refused.ExitCode.ShouldBe(75, refused.All);
        (await staging.Controller.StatusAsync()).Sync.ShouldBe("Synced");
        await staging.Controller.StopAsync(watch);
    }

    private async Task ShouldBeDeployedOnceAsync()
    {
        (await staging.Server.GetAsync("/")).Body.ShouldContain("""<meta name="version" content="2">""");
        (await staging.Host.ShellAsync("cd /tmp; su postgres -c \"psql -At coralnet -c \\\"select count(*) from django_migrations where name = '0002_photograph_year'\\\"\"")).ShouldBe("1\n");
        var plan = await staging.Controller.PlanAsync("--detailed-exitcode");
        plan.ExitCode.ShouldBe(0, plan.All);
    }

    /// <summary>Stops the application's process with such a command line as soon as it is there, says so, and lets it go on when /tmp/go is there.</summary>
    private RunningProgram Pause(string pattern) => RunningProgram.Start(TestHosts.Script, "exec", staging.Host.Lab, staging.Host.Name, "--", "sh", "-c", $"""
        rm -f /tmp/go
        until pid=$(pgrep -u coralnet -f "{pattern}"); do sleep 0.02; done
        kill -STOP $pid
        echo paused
        until [ -e /tmp/go ]; do sleep 0.1; done
        kill -CONT $pid
        """);

    private async Task<string> FenceAsync() => (await staging.Host.ShellAsync("cat /var/lib/reconciler/server/fence")).Trim();

    private Task<string> LoginsAsync() => staging.Host.ShellAsync("journalctl -q -o cat _COMM=sshd | grep -c 'Accepted publickey for reconciler' || :");
}
