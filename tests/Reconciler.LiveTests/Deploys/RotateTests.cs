using System.Text.Json;
using Reconciler.LiveTests.Support;
using Reconciler.Model;

namespace Reconciler.LiveTests.Deploys;

/// <summary><c>rotate</c>: from a new value at its source to the proof, under the eyes of a user.</summary>
[Collection<OnStaging>]
public sealed class RotateTests(Staging staging)
{
    private const string Password = "coralnet/secrets/settings/DATABASE_PASSWORD";
    private static readonly TimeSpan Soon = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task A_database_password_is_rotated_whole_and_a_login_with_each_proves_it()
    {
        await staging.AtAsync(2);
        (await staging.Controller.ConvergeAsync()).ExitCode.ShouldBe(0);
        var before = await staging.PidsAsync();
        await using var poller = new Poller(staging.Server);
        var rotated = await staging.Controller.RunAsync("rotate", "staging", Password);
        var seen = await poller.StopAsync();

        rotated.ExitCode.ShouldBe(0, rotated.All);
        rotated.Output.ShouldContain("no commit: git names no version of it");
        rotated.Output.ShouldContain("proven: coralnet to coralnet on staging1: the new password is accepted\n");
        rotated.Output.ShouldContain("proven: coralnet to coralnet on staging1: the old password is refused (28P01)\n");
        // Every request of this page is a connection of its own to the database.
        seen.ShouldBeOnly("page 2", "cover");
        var after = await staging.PidsAsync();
        SiteServer.Programs.ShouldAllBe(program => after[program] != 0 && after[program] != before[program]);
        var fresh = await ValueAsync("DATABASE_PASSWORD");
        fresh.ShouldMatch("^[A-Za-z0-9]{32}$");
        (await LetsInAsync(fresh)).ShouldBeTrue();
        (await LetsInAsync(Planted.Password)).ShouldBeFalse();
        (await ValueAsync("GOOGLE_MAPS_KEY")).ShouldBe("canary-maps-90ab");
        File.GetUnixFileMode(staging.SecretsFile).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await ShouldBeNowhereAsync(fresh, Planted.Password);
        (await staging.Controller.PlanAsync("--detailed-exitcode")).ExitCode.ShouldBe(0);

        // A pg_hba.conf that lets anybody in is found out.
        await staging.Host.ShellAsync("sed -i '1i host coralnet coralnet 127.0.0.1/32 trust' /etc/postgresql/*/main/pg_hba.conf &&"
            + " systemctl reload postgresql");
        var open = await staging.Controller.RunAsync("rotate", "staging", Password);
        open.ExitCode.ShouldBe(1, open.All);
        open.Output.ShouldContain("NOT PROVEN: coralnet to coralnet on staging1: the OLD password is still accepted");
    }

    [Fact, Trait("Category", "long")]
    public async Task A_running_watch_puts_it_into_force_and_the_proof_comes_all_the_same()
    {
        await staging.AtAsync(2);
        (await staging.Controller.ConvergeAsync()).ExitCode.ShouldBe(0);
        await using var watch = staging.Controller.Start("watch", "--interval", "600", "--listen", "none");
        await watch.WaitForAsync("staging/coralnet: Synced", Soon);
        var rotated = await staging.Controller.RunAsync("rotate", "staging", Password);
        await staging.Controller.StopAsync(watch);

        rotated.ExitCode.ShouldBe(0, rotated.All + watch.Output);
        rotated.Output.ShouldContain("in force, by `watch`");
        rotated.Output.ShouldContain("the new password is accepted\n");
        rotated.Output.ShouldContain("the old password is refused (28P01)\n");
        (await LetsInAsync(await ValueAsync("DATABASE_PASSWORD"))).ShouldBeTrue();
    }

    [Fact, Trait("Category", "long")]
    public async Task A_new_secret_key_restarts_its_readers_and_says_who_is_logged_out()
    {
        await staging.AtAsync(2);
        (await staging.Controller.ConvergeAsync()).ExitCode.ShouldBe(0);
        await using var poller = new Poller(staging.Server);
        var rotated = await staging.Controller.RunAsync("rotate", "staging", "coralnet/settings/SECRET_KEY");
        (await poller.StopAsync()).ShouldBeOnly("page 2", "cover");
        rotated.ExitCode.ShouldBe(0, rotated.All);
        rotated.Output.ShouldContain("declares no SECRET_KEY_FALLBACKS: everybody is logged out");
        (await ValueAsync("SECRET_KEY")).Length.ShouldBe(64);
        (await staging.Host.ShellAsync($"grep -c {await ValueAsync("SECRET_KEY")} {SiteServer.SecretsFile}")).ShouldBe("1\n");

        // With the key declared, the live Django decides whether the old one is kept.
        var django = await staging.Host.ShellAsync("runuser -u coralnet -- /srv/www/venv/bin/python -c 'import django;"
            + " print(django.VERSION >= (4, 1))'");
        await staging.WriteSecretsAsync(Staging.Keys.Replace(""", "DATA""", """, "SECRET_KEY_FALLBACKS": [], "DATA"""));
        await staging.Desired.EditAsync("base/coralnet/secrets.yaml", "{SECRET_KEY: {},", "{SECRET_KEY: {}, SECRET_KEY_FALLBACKS: {},");
        (await staging.Controller.ConvergeAsync()).ExitCode.ShouldBe(0);
        var again = await staging.Controller.RunAsync("rotate", "staging", "coralnet/settings/SECRET_KEY");
        again.ExitCode.ShouldBe(0, again.All);
        using var secrets = JsonDocument.Parse(await File.ReadAllTextAsync(staging.SecretsFile, TestContext.Current.CancellationToken));
        var kept = secrets.RootElement.GetProperty("SECRET_KEY_FALLBACKS").EnumerateArray().Select(key => key.GetString()).ToList();
        if (django.Trim() == "True")
        {
            kept.ShouldBe([Planted.SecretKey]);
            again.Output.ShouldContain("nobody is logged out");
        }
        else
        {
            kept.ShouldBeEmpty();
            again.Output.ShouldContain("this Django is older than 4.1 and knows no SECRET_KEY_FALLBACKS: everybody is logged out");
        }
        await ShouldBeNowhereAsync(Planted.SecretKey, await ValueAsync("SECRET_KEY"));
    }

    /// <summary>seeds/001: 25-55: a license key in the agent's newrelic.ini and in the server monitor's nrsysmond.cfg.</summary>
    [Fact, Trait("Category", "long")]
    public async Task A_license_key_in_two_configuration_files_restarts_all_that_read_them_and_a_breach_sees_it()
    {
        await staging.AtAsync(2);
        await staging.Host.ShellAsync("""
            echo 'root /etc/newrelic' >>/etc/reconciler/runner.conf
            mkdir /etc/newrelic
            cat >/etc/systemd/system/newrelic-sysmond.service <<'UNIT'
            [Service]
            ExecStart=/bin/sh -c 'cp /etc/newrelic/nrsysmond.cfg /run/nrsysmond.read; exec sleep infinity'
            [Install]
            WantedBy=multi-user.target
            UNIT
            systemctl daemon-reload
            """);
        var keys = Path.Combine(Path.GetDirectoryName(staging.SecretsFile)!, "newrelic.json");
        await File.WriteAllTextAsync(keys, """{"NEW_RELIC_LICENSE_KEY": "canary-license-1"}""", TestContext.Current.CancellationToken);
        File.SetUnixFileMode(keys, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await staging.Desired.AddAsync("base/host/nrsysmond.cfg", "loglevel=info\nlicense_key={{secrets.NEW_RELIC_LICENSE_KEY}}\n");
        await staging.Desired.AddAsync("base/coralnet/newrelic.ini", "[newrelic]\nlicense_key ="
            + " {{secrets.NEW_RELIC_LICENSE_KEY}}\napp_name = {{domain}}\n");
        await staging.Desired.AddAsync("base/host/secrets.yaml", "apiVersion: reconciler/v1\nkind: Secrets\nmetadata: {name: host}\nspec:\n"
            + $"  sysmond: {{path: /etc/newrelic/nrsysmond.cfg, format: template, template: nrsysmond.cfg, keys:"
                + $" {{NEW_RELIC_LICENSE_KEY: {{}}}}, from: \"file:{keys}\"}}\n");
        await staging.Desired.EditAsync("base/host/services.yaml", "  redis:",
            "  sysmond: {part: backing, on: [web], unit: newrelic-sysmond, reads: [secrets/sysmond]}\n  redis:");
        await staging.Desired.EditAsync("base/coralnet/secrets.yaml", "spec:\n", "spec:\n"
            + $"  newrelic: {{path: newrelic.ini, format: template, template: newrelic.ini, keys: {{NEW_RELIC_LICENSE_KEY: {{}}}},"
                + $" from: \"file:{keys}\"}}\n");
        var first = await staging.Controller.ConvergeAsync();
        first.ExitCode.ShouldBe(0, first.All);
        (await staging.Host.ShellAsync("cat /run/nrsysmond.read")).ShouldBe("loglevel=info\nlicense_key=canary-license-1\n");
        (await staging.Host.ShellAsync("stat -c '%a %U' /etc/newrelic/nrsysmond.cfg /srv/www/coralnet/newrelic.ini")).ShouldBe("600"
            + " root\n600 coralnet\n");

        var since = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);
        (await staging.Controller.RunAsync("breach", "staging", "--since", since)).Output
            .ShouldContain("  open  coralnet/newrelic/NEW_RELIC_LICENSE_KEY: an API key (by its name NEW_RELIC_LICENSE_KEY), from file:");
        var before = await staging.PidsAsync();
        await using var poller = new Poller(staging.Server);
        var rotated = await staging.Controller.AskAsync("canary-license-2\n", "rotate", "staging",
            "coralnet/newrelic/NEW_RELIC_LICENSE_KEY", "--value-from-stdin");
        (await poller.StopAsync()).ShouldBeOnly("page 2", "cover");
        rotated.ExitCode.ShouldBe(0, rotated.All);
        (await staging.Host.ShellAsync("cat /run/nrsysmond.read")).ShouldBe("loglevel=info\nlicense_key=canary-license-2\n");
        (await staging.Host.ShellAsync("cat /srv/www/coralnet/newrelic.ini")).ShouldBe($"[newrelic]\nlicense_key ="
            + $" canary-license-2\napp_name = {staging.Domain}\n");
        var after = await staging.PidsAsync();
        SiteServer.Programs.ShouldAllBe(program => after[program] != 0 && after[program] != before[program]);
        (await staging.Controller.PlanAsync("--detailed-exitcode")).ExitCode.ShouldBe(0);

        var breach = await staging.Controller.RunAsync("breach", "staging", "--since", since);
        breach.ExitCode.ShouldBe(3, breach.All);
        breach.Output.ShouldContain("  done  coralnet/newrelic/NEW_RELIC_LICENSE_KEY: ");
        breach.Output.ShouldContain("  done  host/sysmond/NEW_RELIC_LICENSE_KEY: ");
        breach.Output.ShouldContain("  open  coralnet/settings/DATABASE_PASSWORD: a database password (databases.yaml names it)");
        breach.Output.ShouldContain("reconciler rotate staging coralnet/settings/DATABASE_PASSWORD\n");
        breach.Output.ShouldContain("passwords of the site's admins: there are none");
        (await File.ReadAllTextAsync(staging.Outputs, TestContext.Current.CancellationToken)).ShouldNotContain("canary-license");
    }

    private async Task<string> ValueAsync(string key)
    {
        using var secrets = JsonDocument.Parse(await File.ReadAllTextAsync(staging.SecretsFile, TestContext.Current.CancellationToken));
        return secrets.RootElement.GetProperty(key).GetString()!;
    }

    private async Task<bool> LetsInAsync(string password) =>
        await staging.Host.ShellAsync($"PGPASSWORD={Shell.Quote(password)} psql -XAtq -h 127.0.0.1 -U coralnet -d coralnet -c 'SELECT 1' 2>/dev/null"
            + $" || echo no") == "1\n";

    /// <summary>In nothing that the program wrote or printed, and beside the secrets file in nothing of that folder.</summary>
    private async Task ShouldBeNowhereAsync(params string[] values)
    {
        var files = Directory.EnumerateFiles(Path.Combine(staging.World, "state"), "*", SearchOption.AllDirectories)
            .Concat(Directory.EnumerateFiles(Path.GetDirectoryName(staging.SecretsFile)!).Where(file => file != staging.SecretsFile))
            .Append(staging.Outputs);
        foreach (var file in files)
        {
            var content = System.Text.Encoding.Latin1.GetString(await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken));
            values.ShouldAllBe(value => !content.Contains(value), file);
        }
        Directory.EnumerateDirectories(Path.GetTempPath(), "reconciler-forward-*").ShouldBeEmpty();
    }
}
