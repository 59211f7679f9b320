using System.Text.Json;

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
        (await LetsInAsync("canary-base-52c8")).ShouldBeFalse();
        (await ValueAsync("GOOGLE_MAPS_KEY")).ShouldBe("canary-maps-90ab");
        File.GetUnixFileMode(staging.SecretsFile).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await ShouldBeNowhereAsync(fresh, "canary-base-52c8");
        (await staging.Controller.PlanAsync("--detailed-exitcode")).ExitCode.ShouldBe(0);

        // A pg_hba.conf that lets anybody in is found out.
        await staging.Host.ShellAsync("sed -i '1i host coralnet coralnet 127.0.0.1/32 trust' /etc/postgresql/*/main/pg_hba.conf && systemctl reload postgresql");
        var open = await staging.Controller.RunAsync("rotate", "staging", Password);
        open.ExitCode.ShouldBe(1, open.All);
        open.Output.ShouldContain("NOT PROVEN: coralnet to coralnet on staging1: the OLD password is still accepted");
    }

    [Fact]
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

    [Fact]
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
        var django = await staging.Host.ShellAsync("runuser -u coralnet -- /srv/www/venv/bin/python -c 'import django; print(django.VERSION >= (4, 1))'");
        await staging.WriteSecretsAsync("""{"SECRET_KEY": "canary-key-7d1f", "SECRET_KEY_FALLBACKS": [], "DATABASE_PASSWORD": "canary-base-52c8", "GOOGLE_MAPS_KEY": "x-maps"}""");
        await staging.Desired.EditAsync("base/coralnet/secrets.yaml", "{SECRET_KEY: {},", "{SECRET_KEY: {}, SECRET_KEY_FALLBACKS: {},");
        (await staging.Controller.ConvergeAsync()).ExitCode.ShouldBe(0);
        var again = await staging.Controller.RunAsync("rotate", "staging", "coralnet/settings/SECRET_KEY");
        again.ExitCode.ShouldBe(0, again.All);
        using var secrets = JsonDocument.Parse(await File.ReadAllTextAsync(staging.SecretsFile, TestContext.Current.CancellationToken));
        var kept = secrets.RootElement.GetProperty("SECRET_KEY_FALLBACKS").EnumerateArray().Select(key => key.GetString()).ToList();
        if (django.Trim() == "True")
        {
            kept.ShouldBe(["canary-key-7d1f"]);
            again.Output.ShouldContain("nobody is logged out");
        }
        else
        {
            kept.ShouldBeEmpty();
            again.Output.ShouldContain("this Django is older than 4.1 and knows no SECRET_KEY_FALLBACKS: everybody is logged out");
        }
        await ShouldBeNowhereAsync("canary-key-7d1f", await ValueAsync("SECRET_KEY"));
    }

    private async Task<string> ValueAsync(string key)
    {
        using var secrets = JsonDocument.Parse(await File.ReadAllTextAsync(staging.SecretsFile, TestContext.Current.CancellationToken));
        return secrets.RootElement.GetProperty(key).GetString()!;
    }

    private async Task<bool> LetsInAsync(string password) =>
        await staging.Host.ShellAsync($"PGPASSWORD={password} psql -XAtq -h 127.0.0.1 -U coralnet -d coralnet -c 'SELECT 1' 2>/dev/null || echo no") == "1\n";

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
