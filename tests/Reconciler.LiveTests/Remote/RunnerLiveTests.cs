using System.Diagnostics;
using Reconciler.Model;
using Reconciler.Remote;

namespace Reconciler.LiveTests.Remote;

[Collection(OneEnrolledHost.Name)]
public sealed class RunnerLiveTests(EnrolledHost host)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Enrolling_twice_changes_nothing_the_second_time()
    {
        host.Progress.ShouldContain("wrote the sudo rule");
        host.ServersLine.ShouldBe($"  web1: {{address: {host.Host.Address}, roles: [ROLE], hostKey: {host.Host.HostKey}}}    # in place of ROLE: web, worker, beat, database");
        var again = new List<string>();
        await host.EnrollAsync(again.Add);
        again.ShouldBe([$"log in to {host.Admin}"]);
        (await RunnerQuestions.HelloAsync(host.Session, Cancellation))!.Version.ShouldBe(RunnerFile.Version);
    }

    [Fact]
    public async Task Lines_that_root_wrote_stay_when_the_server_is_enrolled_again_and_count()
    {
        await host.Host.ShellAsync("echo 'root /var/log/parcels' >>/etc/reconciler/runner.conf");
        var again = new List<string>();

        await host.EnrollAsync(again.Add);

        again.ShouldBe([$"log in to {host.Admin}"], ignoreOrder: true);
        (await host.Host.ShellAsync("grep -c -x 'root /var/log/parcels' /etc/reconciler/runner.conf; grep -c '^link' /etc/reconciler/runner.conf || :")).ShouldBe("1\n0\n");
        (await host.SendAsync(RunnerRequest.Directory("/var/log/parcels", "0750", "app", "adm"))).ShouldBeOfType<RunnerReply.Done>();
        (await host.Host.ShellAsync("stat -c '%a %U:%G' /var/log/parcels")).ShouldBe("750 app:adm\n");
        var look = AllowedFolders.Look("/var/log/parcels", directory: true) + AllowedFolders.Look("/var/log/others", directory: true);
        (await host.Session.RunAsync(new ShellRequest(look, TimeSpan.FromSeconds(20)), Cancellation)).Text.ShouldBe("outside /var/log/others\n");
    }

    [Fact]
    public async Task The_login_may_start_nothing_but_the_runner()
    {
        (await host.Host.ShellAsync("cat /etc/sudoers.d/reconciler")).ShouldBe($"{RunnerFile.RuleFor("reconciler")}\n");
        (await host.Host.ShellAsync("sudo -l -U reconciler | grep -c '^ *(root)'")).ShouldBe("1\n");
        (await host.Session.RunAsync(new ShellRequest("sudo -n id 2>&1; sudo -n /usr/local/lib/reconciler/runner perform /tmp 2>&1", TimeSpan.FromSeconds(20)), Cancellation))
            .Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).ShouldAllBe(line => line.Contains("password is required"));
        await host.Host.ShellAsync("echo '# changed' >>/usr/local/lib/reconciler/runner");
        try
        {
            (await host.SendAsync(RunnerRequest.Remove("/srv/none"))).ShouldBeOfType<RunnerReply.Refused>().Code.ShouldBe(RunnerCode.NotEnrolled);
        }
        finally
        {
            await host.EnrollAsync(_ => { });
        }
        (await host.SendAsync(RunnerRequest.Remove("/srv/none"))).ShouldBeOfType<RunnerReply.Done>();
    }

    [Fact]
    public async Task A_placed_file_is_recognised_until_somebody_edits_it_and_the_edit_is_kept()
    {
        var place = RunnerRequest.Place("/srv/app/settings file", "0640", "app", "reconciler", "note1", new PayloadPart.Text("first\n"));
        (await host.SendAsync(place)).ShouldBeOfType<RunnerReply.Done>();
        (await LookAsync()).ShouldBe(new PlacedFile(PlacedState.Same, "note1", "0640", "app", "reconciler"));
        await host.Host.ShellAsync("echo edited >'/srv/app/settings file'");
        (await LookAsync()).State.ShouldBe(PlacedState.Changed);
        (await host.SendAsync(place with { Arguments = [.. place.Arguments.Take(3), "note2"], Payload = [new PayloadPart.Text("second\n")] }))
            .ShouldBeOfType<RunnerReply.Done>().Receipt.Output.ShouldStartWith("kept ");
        (await host.Host.ShellAsync("cat '/var/lib/reconciler/server/kept/srv/app/settings file'/*")).ShouldBe("edited\n");

        async Task<PlacedFile> LookAsync()
        {
            var answer = (await ServerProbes.AskAsync(host.Session, [new(PlacedFile.Look("/srv/app/settings file", "/srv/none"))], Cancellation))[0];
            var files = PlacedFile.Read(((ProbeAnswer.Output)answer).Text);
            files[1]!.State.ShouldBe(PlacedState.Absent);
            return files[0]!;
        }
    }

    [Fact]
    public async Task A_proof_skips_what_is_so_already_and_fails_what_has_no_effect()
    {
        var proof = new StepProof("[ -d /srv/proven ]", true, TimeSpan.Zero);
        var make = RunnerRequest.Directory("/srv/proven", "0755", "app", "app");
        (await host.SendAsync(make, proof)).ShouldBeOfType<RunnerReply.Done>();
        (await host.SendAsync(make, proof)).ShouldBeOfType<RunnerReply.Skipped>();
        (await host.SendAsync(make, new StepProof("echo not there; exit 1", false, TimeSpan.FromSeconds(1)))).ShouldBeOfType<RunnerReply.ProofFailed>().Output.ShouldBe("not there");
        (await host.SendAsync(Script("(sleep 1; touch /tmp/late) >/dev/null 2>&1 &"), new StepProof("[ -f /tmp/late ]", false, TimeSpan.FromSeconds(5))))
            .ShouldBeOfType<RunnerReply.Done>();
    }

    [Fact]
    public async Task A_step_whose_connection_breaks_runs_once_and_its_receipt_is_fetched()
    {
        var envelope = host.NewEnvelope();
        var sent = host.SendAsync(Script("sleep 3; echo ran >>/srv/app/count"), null, envelope);
        await Task.Delay(1500, Cancellation);
        foreach (var ssh in Process.GetProcessesByName("ssh").Where(IsOurs))
            ssh.Kill();
        (await sent).ShouldBeOfType<RunnerReply.Done>().Receipt.Operation.ShouldBe(envelope.Operation);
        (await host.SendAsync(Script("echo ran >>/srv/app/count"), null, envelope)).ShouldBeOfType<RunnerReply.Done>().Receipt.Replayed.ShouldBeTrue();
        (await host.Host.ShellAsync("cat /srv/app/count; rm /srv/app/count")).ShouldBe("ran\n");
    }

    [Fact]
    public async Task A_step_that_the_power_ended_is_unknown_and_one_that_never_came_is_withdrawn()
    {
        var envelope = host.NewEnvelope();
        var sent = host.SendAsync(Script("sleep 60"), null, envelope);
        await Task.Delay(1500, Cancellation);
        await host.Host.RebootAsync();
        (await sent).ShouldBeOfType<RunnerReply.Unknown>();
        var never = host.NewEnvelope();
        (await RunnerQuestions.SettleAsync(host.Session, never, null, Cancellation)).ShouldBeOfType<RunnerReply.NotStarted>();
        (await host.SendAsync(Script("touch /srv/app/too-late"), null, never)).ShouldBeOfType<RunnerReply.Refused>().Code.ShouldBe(RunnerCode.Withdrawn);
    }

    [Fact]
    public async Task A_deadline_ends_the_whole_group()
    {
        var reply = await host.SendAsync(Script("trap '' TERM; sleep 301 & sleep 301"), null, host.NewEnvelope(seconds: 1));
        reply.ShouldBeOfType<RunnerReply.Failed>().Receipt.DeadlinePassed.ShouldBeTrue();
        (await host.Host.ShellAsync("pgrep -c -x -f 'sleep 301' || :")).ShouldBe("0\n");
    }

    [Fact]
    public async Task Nothing_that_a_step_starts_holds_the_lock()
    {
        (await host.SendAsync(Script("setsid sleep 20 >/dev/null 2>&1 &"))).ShouldBeOfType<RunnerReply.Done>();
        (await host.SendAsync(Script("true"), null, host.NewEnvelope() with { Patience = TimeSpan.FromSeconds(1) })).ShouldBeOfType<RunnerReply.Done>();
    }

    [Fact]
    public async Task New_code_is_tried_over_the_live_paths_and_nothing_is_left()
    {
        await host.Host.ShellAsync("cd /srv/app; mkdir -p code code.d/new; echo live >code/f; echo new >code.d/new/f; chown -R app: .");
        var tried = await host.SendAsync(RunnerRequest.Try("app", "/srv/app/code", "tried",
            [new("/srv/app/code.d/new", "/srv/app/code")],
            [new("/srv/app/code/.env", new PayloadPart.Text("KEY=canary\n")), new("/srv/deep/er/key", new PayloadPart.Text("k\n"))],
            new PayloadPart.Text("cat f .env /srv/deep/er/key; stat -c %a:%U .env; sleep 302 & ps ax | grep -c .\n")));
        tried.ShouldBeOfType<RunnerReply.Done>($"{tried}");
        (await host.Session.RunAsync(new ShellRequest(StoredResult.Look("tried"), TimeSpan.FromSeconds(9)), Cancellation)).Text
            .ShouldStartWith("new\nKEY=canary\nk\n600:app\n");
        (await host.Host.ShellAsync("pgrep -c -x -f 'sleep 302' || :; ls -A /srv/app/code /srv/app/code.d/new; ls -d /srv/deep 2>/dev/null; grep -rl canary /run/reconciler /srv || :"))
            .ShouldBe("0\n/srv/app/code:\nf\n\n/srv/app/code.d/new:\nf\n");
    }

    [Fact]
    public async Task Nginx_must_serve_the_new_configuration_or_the_reload_has_failed()
    {
        await host.Host.ShellAsync("mkdir -p /etc/nginx/conf.d; systemctl start nginx");
        (await host.SendAsync(RunnerRequest.Nginx("reload"))).ShouldBeOfType<RunnerReply.Done>();
        const string Taken = "server { listen 127.0.0.1:22; }\n";
        (await host.SendAsync(RunnerRequest.NginxTry("tried", "n1", ["/etc/nginx/conf.d/good.conf"], [new PayloadPart.Text("server { listen 8099; }\n")])))
            .ShouldBeOfType<RunnerReply.Done>();
        (await host.SendAsync(RunnerRequest.NginxTry("tried", "n2", ["/etc/nginx/conf.d/bad.conf"], [new PayloadPart.Text("server { lisen 80; }\n")])))
            .ShouldBeOfType<RunnerReply.Failed>().Receipt.Output.ShouldContain("lisen");
        (await host.Host.ShellAsync("cat /var/lib/reconciler/server/results/tried; ls /etc/nginx/conf.d")).ShouldBe("n1\n");
        const string Default = "server { listen 8098 default_server; }\n";
        await host.SendAsync(RunnerRequest.Place("/etc/nginx/conf.d/default.conf", "0644", "root", "root", "d", new PayloadPart.Text(Default)));
        (await host.SendAsync(RunnerRequest.NginxTry("tried", "n3", ["/etc/nginx/conf.d/mine.conf"], [new PayloadPart.Text(Default)])))
            .ShouldBeOfType<RunnerReply.Failed>().Receipt.Output.ShouldContain("duplicate default server");
        (await host.SendAsync(RunnerRequest.NginxTry("tried", "n3", ["/etc/nginx/conf.d/mine.conf"], [new PayloadPart.Text(Default)], "/etc/nginx/conf.d/default.conf")))
            .ShouldBeOfType<RunnerReply.Done>();
        (await host.Host.ShellAsync("ls /etc/nginx/conf.d")).ShouldBe("default.conf\n");
        (await host.SendAsync(RunnerRequest.Remove("/etc/nginx/conf.d/default.conf"))).ShouldBeOfType<RunnerReply.Done>();
        await host.SendAsync(RunnerRequest.Place("/etc/nginx/conf.d/taken.conf", "0644", "root", "root", "t", new PayloadPart.Text(Taken)));
        (await host.SendAsync(RunnerRequest.Nginx("reload"))).ShouldBeOfType<RunnerReply.Failed>().Receipt.Output.ShouldContain("still in use");
        (await host.SendAsync(RunnerRequest.Remove("/etc/nginx/conf.d/taken.conf"))).ShouldBeOfType<RunnerReply.Done>();
    }

    [Fact]
    public async Task Packages_are_only_added_and_a_lock_is_waited_for_and_named()
    {
        (await host.SendAsync(RunnerRequest.AptInstall(true, ["hello"]), null, host.NewEnvelope(seconds: 300))).ShouldBeOfType<RunnerReply.Done>();
        (await host.SendAsync(RunnerRequest.AptInstall(true, ["no-such-package-here"]), null, host.NewEnvelope(seconds: 300)))
            .ShouldBeOfType<RunnerReply.Refused>().Code.ShouldBe(RunnerCode.Missing);
        (await host.SendAsync(new RunnerRequest("apt-hold", ["hello"]), null, host.NewEnvelope())).ShouldBeOfType<RunnerReply.Done>();
        (await host.Host.ShellAsync("dpkg-query -W -f='${db:Status-Abbrev}' hello; apt-mark -qq unhold hello"))
            .ShouldBe("hi ");
        (await host.SendAsync(new RunnerRequest("apt-hold", ["no-such-package-here"]), null, host.NewEnvelope()))
            .ShouldBeOfType<RunnerReply.Refused>().Code.ShouldBe(RunnerCode.Missing);
        await host.Host.ShellAsync("(exec 9>/var/lib/dpkg/lock-frontend; python3 -c 'import fcntl,time; fcntl.lockf(9, fcntl.LOCK_EX); time.sleep(25)' 9>&9) >/dev/null 2>&1 & sleep 1");
        (await host.SendAsync(RunnerRequest.AptInstall(true, ["cowsay"]), null, host.NewEnvelope(seconds: 20)))
            .ShouldBeOfType<RunnerReply.Failed>().Receipt.Output.ShouldContain("held by process");
    }

    [Fact]
    public async Task Only_packages_that_the_runner_installed_are_removed_and_nothing_goes_with_them()
    {
        async Task<RunnerReply> SendAsync(RunnerRequest request) => await host.SendAsync(request, null, host.NewEnvelope(seconds: 300));
        (await SendAsync(RunnerRequest.AptInstall(true, ["sl", "curl", "libcurl4"]))).ShouldBeOfType<RunnerReply.Done>();
        (await host.Host.ShellAsync("ls /var/lib/reconciler/server/installed")).ShouldContain("sl\n");
        (await SendAsync(RunnerRequest.AptRemove(["sl", "dpkg"]))).ShouldBeOfType<RunnerReply.Refused>().Code.ShouldBe(RunnerCode.Missing);
        (await SendAsync(RunnerRequest.AptRemove(["-sl"]))).ShouldBeOfType<RunnerReply.Refused>().Code.ShouldBe(RunnerCode.BadRequest);
        // What others have come to need since stays.
        await host.Host.ShellAsync("touch /var/lib/reconciler/server/installed/libncurses6");
        (await SendAsync(RunnerRequest.AptRemove(["libncurses6"]))).ShouldBeOfType<RunnerReply.Refused>().Code.ShouldBe(RunnerCode.Simulation);
        (await SendAsync(RunnerRequest.AptRemove(["sl"]))).ShouldBeOfType<RunnerReply.Done>();
        (await host.Host.ShellAsync("! [ -e /usr/games/sl ] && ! [ -e /var/lib/reconciler/server/installed/sl ] && dpkg-query -W -f='${db:Status-Status}' libncurses6"))
            .ShouldBe("installed");
    }

    [Fact]
    public async Task Probes_may_ask_the_runner_in_the_same_round_trip()
    {
        await host.Host.ShellAsync("umask 077; printf content >/srv/app/secret; echo x >/etc/nginx/unreadable; chmod 600 /etc/nginx/unreadable");
        var answers = await ServerProbes.AskAsync(host.Session,
        [
            new Probe("echo before") { Request = RunnerRequest.Digest("key's", "/srv/app/secret") },
            Probe.Nothing with { Request = RunnerRequest.Digest("key", "/etc/shadow") },
            Probe.Nothing with { Request = RunnerRequest.Run("app", "/srv/app", "-", new PayloadPart.Text("id -un; echo noise >&2; exit 3")) },
            Probe.Nothing with { Request = RunnerRequest.Lookup(["unit", "ssh.service"]) },
        ], Cancellation);
        var digest = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData("key'scontent"u8));
        answers[0].ShouldBe(new ProbeAnswer.Output($"before\n{digest} 0600 root root\n"));
        answers[1].ShouldBeOfType<ProbeAnswer.Missing>().Why.ShouldContain("outside the folders");
        answers[2].ShouldBe(new ProbeAnswer.Output("app\n"));
        answers[3].ShouldBeOfType<ProbeAnswer.Output>().Text.ShouldStartWith("running ");
    }

    [Fact]
    public async Task A_service_is_started_noted_seen_and_stopped()
    {
        await host.Host.ShellAsync("""
            mkdir -p /etc/supervisor/conf.d; systemctl start supervisor
            printf '[program:sleeper]\ncommand=sleep 303\nuser=app\nautostart=false\n' >/etc/supervisor/conf.d/sleeper.conf
            printf '[program:dozer]\ncommand=sleep 304\nuser=app\nautostart=false\n' >/etc/supervisor/conf.d/dozer.conf
            """);
        string[] lookup = ["supervisor", "-", "-", "sleeper"];
        (await host.SendAsync(RunnerRequest.Start("sleeper", lookup, [new("app/Code/x", "1a")], null))).ShouldBeOfType<RunnerReply.Done>();
        var seen = StartedProcess.Read(((ProbeAnswer.Output)(await ServerProbes.AskAsync(host.Session, [new(StartedProcess.Look("sleeper"))], Cancellation))[0]).Text)!;
        (seen.Alive, seen.Reads["app/Code/x"]).ShouldBe((true, "1a"));
        (await host.SendAsync(RunnerRequest.Start("dozer", ["supervisor", "-", "-", "dozer"], [], null))).ShouldBeOfType<RunnerReply.Done>();
        var stop = RunnerRequest.Supervisor("-", "-", "stop", "sleeper", "sleeper");
        (await host.SendAsync(stop with { Arguments = [.. stop.Arguments, "no-such", "dozer"] })).ShouldBeOfType<RunnerReply.Done>();
        (await host.Host.ShellAsync("pgrep -c -x -f 'sleep 303' || :")).ShouldBe("0\n");
        await host.Host.ShellAsync("for i in $(seq 100); do pgrep -x -f 'sleep 304' >/dev/null || exit 0; sleep 0.05; done; exit 1");
        (await host.SendAsync(stop with { Arguments = [.. stop.Arguments, "a;id"] })).ShouldBeOfType<RunnerReply.Refused>().Sentence.ShouldContain("a;id is not a name");
        (await host.SendAsync(RunnerRequest.Unit("restart", "redis-server"))).ShouldBeOfType<RunnerReply.Done>();
        (await host.SendAsync(RunnerRequest.Unit("start", "no-such"))).ShouldBeOfType<RunnerReply.Failed>().Receipt.Output.ShouldContain("no-such");
    }

    [Fact]
    public async Task What_has_only_just_begun_is_given_time_to_begin_before_it_is_told_to_end()
    {
        await host.Host.ShellAsync("""
            mkdir -p /etc/supervisor/conf.d; systemctl start supervisor
            printf '#!/bin/bash\ntrap "" TERM\nsleep 3\ntrap "echo $1 >>/tmp/ended; exit" TERM\nwhile :; do sleep 0.1; done\n' >/usr/local/bin/begins
            chmod +x /usr/local/bin/begins
            printf '[program:begins]\ncommand=begins program\nuser=app\nautostart=false\nstopwaitsecs=20\n' >/etc/supervisor/conf.d/begins.conf
            printf '[Service]\nExecStart=/usr/local/bin/begins unit\nUser=app\nTimeoutStopSec=20\n' >/etc/systemd/system/begins.service
            """);
        foreach (var (lookup, end) in new (string[], RunnerRequest)[]
        {
            (["supervisor", "-", "-", "begins"], RunnerRequest.Supervisor("-", "-", "end", "begins", "begins")),
            (["unit", "begins.service"], RunnerRequest.Unit("end", "begins.service")),
        })
        {
            (await host.SendAsync(RunnerRequest.Start("begins", lookup, [], null))).ShouldBeOfType<RunnerReply.Done>();
            (await host.SendAsync(end)).ShouldBeOfType<RunnerReply.Done>();
        }
        (await host.Host.ShellAsync("cat /tmp/ended; rm /etc/systemd/system/begins.service /etc/supervisor/conf.d/begins.conf; systemctl daemon-reload; supervisorctl update >/dev/null"))
            .ShouldBe("program\nunit\n");
    }

    [Fact]
    public async Task What_a_service_wrote_before_it_ended_can_be_read_whoever_keeps_it()
    {
        const string Dies = "/bin/sh -c 'echo Traceback; echo ImportError: no such thing >&2; exit 3'";
        await host.Host.ShellAsync($"""
            mkdir -p /etc/supervisor/conf.d; systemctl start supervisor
            printf '[program:dies]\ncommand=%s\nuser=app\nautostart=false\n' "{Dies}" >/etc/supervisor/conf.d/dies.conf
            printf '[Service]\nExecStart=%s\nUser=app\nRestart=always\nRestartSec=1\n' "{Dies}" >/etc/systemd/system/dies.service
            """);
        string[] program = ["supervisor", "-", "-", "dies"], unit = ["unit", "dies.service"];
        await host.SendAsync(RunnerRequest.Start("dies", program, [], null));
        await host.SendAsync(RunnerRequest.Start("dies-too", unit, [], null));
        await host.Host.ShellAsync("""
            for i in $(seq 100); do
                journalctl -q -u dies | grep -q ImportError && grep -qs ImportError /var/log/supervisor/dies-stderr* && exit
                sleep 0.1
            done
            exit 1
            """);
        var answers = await ServerProbes.AskAsync(host.Session, [Probe.Nothing with { Request = RunnerRequest.Logs(program) }, Probe.Nothing with { Request = RunnerRequest.Logs(unit) }], Cancellation);
        await host.Host.ShellAsync("systemctl stop dies; rm /etc/systemd/system/dies.service /etc/supervisor/conf.d/dies.conf; systemctl daemon-reload; supervisorctl update");
        answers[0].ShouldBeOfType<ProbeAnswer.Output>().Text.ShouldEndWith("ImportError: no such thing\n");
        var journal = answers[1].ShouldBeOfType<ProbeAnswer.Output>().Text;
        journal.ShouldContain("Traceback\nImportError: no such thing\n");
        journal.ShouldNotContain("Scheduled restart job");
    }

    [Fact]
    public async Task A_newer_controller_fences_an_older_one_while_its_step_runs()
    {
        var running = host.SendAsync(Script("sleep 2"), null, host.NewEnvelope());
        await using var second = new SshServerSession(host.Login, new SshOptions(Path.GetTempPath() + "reconciler-second"), TimeProvider.System);
        await Task.Delay(700, Cancellation);
        var clock = Stopwatch.StartNew();
        (await RunnerQuestions.FenceAsync(second, "ledger-1", 2, Cancellation)).ShouldBeNull();
        clock.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(1));
        (await running).ShouldBeOfType<RunnerReply.Done>();
        (await host.SendAsync(Script("true"))).ShouldBeOfType<RunnerReply.Refused>().Code.ShouldBe(RunnerCode.Fenced);
        (await RunnerQuestions.FenceAsync(second, "ledger-2", 9, Cancellation))!.Code.ShouldBe(RunnerCode.Fenced);
        (await RunnerQuestions.TakeOverAsync(second, "ledger-1", "ledger-2", 1, Cancellation)).ShouldBeNull();
        (await RunnerQuestions.TakeOverAsync(second, "ledger-2", "ledger-1", 1, Cancellation)).ShouldBeNull();
    }

    private static RunnerRequest Script(string text) => RunnerRequest.Run("app", "/srv/app", "-", new PayloadPart.Text(text));

    private bool IsOurs(Process process) =>
        File.ReadAllText($"/proc/{process.Id}/cmdline") is var line && line.Contains(host.Login.IdentityFile!, StringComparison.Ordinal);
}
