using System.Text.Json;
using System.Text.RegularExpressions;
using Reconciler.LiveTests.Support;

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

        var drift = await staging.Controller.RunAsync("drift", "staging", "--detailed-exitcode");
        drift.ExitCode.ShouldBe(2, drift.All);
        drift.Output.ShouldSatisfyAllConditions(
            said => said.ShouldContain("Corrective: the server was changed, and git was not"),
            said => said.ShouldContain("  staging1: /srv/www/coralnet has 1 file(s) edited by hand: project/config/urls.py"),
            said => said.ShouldContain("    | +# tried something\n"),
            said => said.ShouldContain("can type `reconciler retry staging coralnet --heal`"),
            said => said.ShouldContain("Last verified\n  staging1 "));
        var last = await staging.Controller.RunAsync("drift", "staging", "staging1", "--last", "-o", "json");
        last.ExitCode.ShouldBe(0, last.All);
        last.Output.ShouldContain("\"cause\": \"corrective\"");
        foreach (var said in new[] { drift, last, await staging.Controller.RunAsync("history", "staging", "coralnet"),
            await staging.Controller.RunAsync("describe", "server", "staging1") })
            said.ExitCode.ShouldNotBe(1, said.All);
    }

    [Fact]
    public async Task What_git_does_not_speak_of_is_named_and_left_alone_and_of_an_edited_secrets_file_only_the_keys()
    {
        await staging.AtAsync(2);
        var clean = await staging.Controller.RunAsync("drift", "staging");
        // The lab's administrator; no document speaks of people's keys.
        Regex.Count(clean.Output, "(?m)^  .*staging1: (?!.*a key lets somebody in as admin: )").ShouldBe(0, clean.All);
        await staging.Host.ShellAsync($$"""
            set -e
            echo 'server { listen 80; server_name {{staging.Domain}}; return 404; }' >/etc/nginx/conf.d/legacy.conf
            echo 'DEBUG = True' >/srv/www/coralnet/project/settings_local.py
            chown coralnet /srv/www/coralnet/project/settings_local.py
            sed -i 's/canary-maps-90ab/canary-hand-11ee/' {{SiteServer.SecretsFile}}
            su -s /bin/sh coralnet -c 'cd /srv/www/coralnet/project &&
                { setsid /srv/www/venv/bin/python -c "import time; time.sleep(600)" --password canary-word-77aa \
                    >/dev/null 2>&1 </dev/null & }'
            """);
        using var cancel = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        var drift = await staging.Controller.RunAsync("drift", "staging");
        while (!drift.Output.Contains("process ", StringComparison.Ordinal))
        {
            await Task.Delay(1000, cancel.Token);
            drift = await staging.Controller.RunAsync("drift", "staging");
        }
        drift.ExitCode.ShouldBe(0, drift.All);
        drift.Output.ShouldSatisfyAllConditions(
            said => said.ShouldContain("  ! staging1: nginx reads /etc/nginx/conf.d/legacy.conf, "
                + $"which does not come from git and answers for {staging.Domain}"),
            said => said.ShouldContain("  ! staging1: /srv/www/coralnet has a file with code that git does not know: "
                + "project/settings_local.py:"),
            said => said.ShouldContain(" runs the code of coralnet, and no service that git declares started it: "
                + "`/srv/www/venv/bin/python -c "),
            said => said.ShouldContain("--password ***`, in /srv/www/coralnet/project"),
            said => said.ShouldContain($"secrets file {SiteServer.SecretsFile} was edited by hand"),
            said => said.ShouldContain("    | keys: other values: GOOGLE_MAPS_KEY (values are never shown)"),
            said => said.ShouldNotContain("canary"),
            said => said.ShouldContain("1 difference(s) on 1 server(s)"));
        var status = await staging.Controller.RunAsync("status", "staging");
        status.Output.ShouldContain("  ! unmanaged: staging1: nginx reads /etc/nginx/conf.d/legacy.conf");
        (await staging.Host.ShellAsync("pgrep -c -u coralnet -f 'sleep[(]600' || :")).Trim().ShouldBe("1");
        await staging.Host.ShellAsync("pkill -u coralnet -f 'sleep[(]600'");
    }

    [Fact, Trait("Category", "long")]
    public async Task Edits_of_many_sorts_are_shown_as_page_markdown_and_json_with_who_was_at_work_and_when_they_are_gone_again()
    {
        await staging.AtAsync(2);
        await LogInAndEditAsync();
        var json = await DriftAsync("json");
        var report = JsonDocument.Parse(json).RootElement[0];
        var unmanaged = report.GetProperty("unmanaged").EnumerateArray().ToDictionary(thing => thing.GetProperty("what").GetString()!);
        unmanaged.Keys.Select(what => Regex.Replace(what, "^SHA256:.*(?= of )", "key")).ShouldBe(
            ["key of root", "key of admin", "/etc/cron.d/report:1", "/var/spool/cron/crontabs/coralnet:1", "port 0.0.0.0:9000",
            "/etc/systemd/system/tunnel.service", "/etc/supervisor/conf.d/old.conf [flower]"], ignoreOrder: true, json);
        report.GetProperty("unsurveyed").GetArrayLength().ShouldBe(0, json);
        var edited = report.GetProperty("differences").EnumerateArray().Single(thing =>
            thing.GetProperty("resource").GetString() == "coralnet/Code/code");
        var who = edited.GetProperty("who").EnumerateArray().Select(actor =>
            $"{actor.GetProperty("user")} {actor.GetProperty("what")}").ToList();
        who.ShouldContain(what => what.StartsWith("admin logged in from ") && what.Contains(" by publickey (ED25519 SHA256:"), json);
        who.ShouldContain("admin sudo as root: /usr/bin/tee -a /srv/www/coralnet/project/config/urls.py (in /home/admin)", json);
        who.ShouldAllBe(what => !what.StartsWith("reconciler"), json);

        var page = await DriftAsync("html");
        System.Xml.Linq.XDocument.Parse(page.Replace("<!DOCTYPE html>\n", "")).Descendants("article").ShouldNotBeEmpty();
        var markdown = await DriftAsync("markdown");
        markdown.ShouldContain("| staging1 | **changed on the server** |");
        foreach (var said in new[] { page, markdown, (await staging.Controller.RunAsync("drift", "staging")).Output })
            said.ShouldSatisfyAllConditions(
                text => text.ShouldContain("/srv/www/coralnet has 1 file"), text => text.ShouldContain("# tried something"),
                text => text.ShouldContain("admin sudo as root: /usr/bin/tee -a"), text => text.ShouldContain("listens on"));
        (page + markdown + json).ShouldNotContain("canary");

        await staging.Host.ShellAsync("su -s /bin/sh coralnet -c 'git -C /srv/www/coralnet checkout -q -- project/config/urls.py'; "
            + "test -f /etc/cron.d/report && test -f /etc/systemd/system/tunnel.service && ss -ltn | grep -q :9000");
        var after = JsonDocument.Parse(await DriftAsync("json")).RootElement[0];
        after.GetProperty("differences").EnumerateArray().Select(thing =>
            thing.GetProperty("resource").GetString()).ShouldBe(["coralnet/NginxSite/coralnet"]);
        var over = after.GetProperty("lately").EnumerateArray().Single(one =>
            one.GetProperty("resource").GetString() == "coralnet/Code/code");
        over.GetProperty("how").GetString().ShouldBe("changed back on the server");
        over.GetProperty("sentence").GetString()!.ShouldContain("project/config/urls.py");
        await staging.Host.ShellAsync("pkill -f 'http[.]server 9000'");
    }

    private async Task<string> DriftAsync(string format)
    {
        var drift = await staging.Controller.RunAsync("drift", "staging", "-o", format);
        drift.ExitCode.ShouldBe(0, drift.All);
        return drift.Output;
    }

    /// <summary>The lab's administrator, over ssh and by sudo, as somebody does it at night.</summary>
    private async Task LogInAndEditAsync()
    {
        var key = (await Command.OkAsync(TestHosts.Script, "key", staging.Host.Lab)).Trim();
        const string night = """
            set -e
            echo '# tried something' | sudo tee -a /srv/www/coralnet/project/config/urls.py >/dev/null
            ssh-keygen -q -t ed25519 -N '' -C carl@elsewhere -f /tmp/carl
            sudo sh -c 'umask 077; mkdir -p /root/.ssh /etc/cron.d /var/spool/cron/crontabs
                cat /tmp/carl.pub >>/root/.ssh/authorized_keys
                printf "*/5 * * * * root /opt/report --token canary-word-77aa\n" >/etc/cron.d/report
                printf "@daily /bin/true\n" >/var/spool/cron/crontabs/coralnet
                printf "[Service]\nExecStart=/bin/true\n" >/etc/systemd/system/tunnel.service
                printf "[program:flower]\ncommand=/bin/true\nautostart=false\n" >/etc/supervisor/conf.d/old.conf
                chmod 0644 /etc/supervisor/conf.d/old.conf
                for f in /etc/nginx/sites-enabled/coralnet*; do echo "# tried something" >>"$f"; done
                setsid python3 -m http.server 9000 >/dev/null 2>&1 </dev/null &'
            for i in $(seq 100); do sudo ss -ltn | grep -q :9000 && exit 0; sleep 0.1; done; exit 1
            """;
        await Command.OkAsync("ssh", "-i", key, "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=no", "-o",
            "UserKnownHostsFile=/dev/null",
            $"admin@{staging.Host.Address}", night);
    }

    [Fact, Trait("Category", "long")]
    public async Task What_is_suspended_is_not_even_mended_and_a_converge_is_refused_with_what_lifts_it()
    {
        await staging.AtAsync(2);
        await staging.StopByHandAsync("coralnet-celeryworker");
        var suspended = await staging.Controller.RunAsync("suspend", "staging", "--reason", "INC-1", "--for", "1h");
        suspended.ExitCode.ShouldBe(0, suspended.All);
        try
        {
            var refused = await staging.Controller.ConvergeAsync();
            refused.ExitCode.ShouldBe(3, refused.All);
            string.Join(' ', refused.Output.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
                .ShouldContain("`reconciler resume staging`");
            (await staging.PidsAsync())["celeryworker"].ShouldBe(0);
            (await staging.Controller.StatusAsync()).ShouldSatisfyAllConditions(
                status => status.Health.ShouldBe("Suspended"), status => status.Reason.ShouldBe("Suspended"), status =>
                    status.ExitCode.ShouldBe(0));
        }
        finally
        {
            await staging.Controller.RunAsync("resume", "staging");
        }
        var mended = await staging.Controller.ConvergeAsync();
        mended.ExitCode.ShouldBe(0, mended.All);
        (await staging.PidsAsync())["celeryworker"].ShouldNotBe(0);
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
        await staging.StopByHandAsync("coralnet-celeryworker");
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

    [Fact]
    public async Task Files_that_were_removed_from_static_files_and_virtualenv_are_named_and_come_back()
    {
        await staging.AtAsync(2);
        var removed = (await staging.Host.ShellAsync("find /srv/www/static/ -type f -name '*.*.*' | head -n 1")).Trim();
        removed.ShouldStartWith("/srv/www/static/");
        await staging.Host.ShellAsync($"rm {removed} /srv/www/venv/bin/gunicorn");
        var plan = await staging.Controller.PlanAsync("--detailed-exitcode", "-o", "json");
        plan.ExitCode.ShouldBe(2, plan.All);
        plan.Output.ShouldSatisfyAllConditions(
            said => said.ShouldContain($"/srv/www/static lacks {removed["/srv/www/static/".Length..]}"),
            said => said.ShouldContain("lacks bin/gunicorn"));

        var mended = await staging.Controller.ConvergeAsync("--heal");
        mended.ExitCode.ShouldBe(0, mended.All);
        await staging.Host.ShellAsync($"test -f {removed} && test -x /srv/www/venv/bin/gunicorn");
        await staging.Server.WaitForPageAsync("2", TimeSpan.FromSeconds(30));
        var drift = await staging.Controller.RunAsync("drift", "staging", "--detailed-exitcode");
        drift.ExitCode.ShouldBe(0, drift.All);
    }

    [Fact, Trait("Category", "long")]
    public async Task A_deploy_over_a_damaged_virtualenv_mends_it_before_anything_stops()
    {
        await staging.AtAsync(2);
        await staging.Host.ShellAsync("rm /srv/www/venv/bin/gunicorn \"$(ls -d /srv/www/venv/lib/python3*/site-packages)/django/contrib/admin/apps.py\"");
        await staging.Desired.DeployAsync(staging.Commits[4]);

        var deployed = await staging.DeployAsync();

        deployed.Command.ExitCode.ShouldBe(0, deployed.Command.All);
        deployed.Seen.ShouldBeOnly("page 2", "cover", "page 4");
    }

    [Fact]
    public async Task A_role_password_that_was_changed_on_the_server_is_seen_by_a_watch_and_mended_at_a_persons_word()
    {
        await staging.AtAsync(2);
        await using var watch = staging.Controller.Watch();
        await watch.WaitForAsync("staging/coralnet: Synced", TimeSpan.FromMinutes(2));
        await staging.Host.ShellAsync("su postgres -c \"psql -qc \\\"alter role coralnet password 'oops'\\\"\"");

        await watch.WaitForAsync("the password of role coralnet was changed on the server", TimeSpan.FromMinutes(2));
        var retried = await staging.Controller.RunAsync("retry", "staging", "coralnet", "--heal");
        retried.ExitCode.ShouldBe(0, retried.All);
        await watch.WaitForAsync("coralnet converged in", TimeSpan.FromMinutes(2));
        await staging.Controller.StopAsync(watch);
        await staging.Server.WaitForPageAsync("2", TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task A_file_that_defines_a_program_of_ours_again_is_named()
    {
        await staging.AtAsync(2);
        await staging.Host.ShellAsync("printf '[program:coralnet-gunicorn]\\nenvironment=X=\"1\"\\n' >/etc/supervisor/conf.d/zz.conf");

        var plan = await staging.Controller.PlanAsync("--detailed-exitcode");

        plan.Sentences.ShouldContain("/etc/supervisor/conf.d/zz.conf changes gunicorn (supervisor's coralnet-gunicorn)");
    }
}
