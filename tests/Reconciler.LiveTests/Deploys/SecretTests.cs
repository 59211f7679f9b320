using System.Security.Cryptography;
using System.Text.Json;
using Reconciler.LiveTests.Support;
using Reconciler.Model;

namespace Reconciler.LiveTests.Deploys;

[Collection<OnOtherStaging>]
public sealed class SecretTests(Staging staging)
{
    private static readonly string Rotated = Staging.Keys.Replace("canary-maps-90ab", "canary-maps-new-4e");
    private static readonly string WithoutMaps = Staging.Keys.Replace(", \"GOOGLE_MAPS_KEY\": \"canary-maps-90ab\"", "");

    [Fact]
    public async Task A_rotated_key_restarts_exactly_those_that_read_it()
    {
        await staging.AtAsync(2);
        var old = await MapsKeyAsync();
        await staging.WriteSecretsAsync(Rotated);
        await using var sampler = new ProcessSampler(staging.World, staging.Host);
        var rotated = await staging.DeployAsync();
        rotated.Command.ExitCode.ShouldBe(0, rotated.Command.All);
        rotated.Seen.ShouldBeOnly("page 2", "cover");
        rotated.ShouldHaveKept(SiteServer.Backing);
        SiteServer.Programs.ShouldAllBe(program => rotated.After[program] != 0 && rotated.After[program] != rotated.Before[program]);
        (await MapsKeyAsync()).ShouldNotBe(old);
        (await staging.Host.ShellAsync($"stat -c '%a %U' {SiteServer.SecretsFile}")).ShouldBe("600 coralnet\n");
        (await staging.Controller.PlanAsync("--detailed-exitcode")).ExitCode.ShouldBe(0);

        foreach (var (side, word) in new[] { ("controller", "converge"), ("controller", "BatchMode=yes"), ("server", "/usr/local/lib/reconciler/runner"), ("server", "gunicorn") })
            sampler.HasSeen(side, word).ShouldBeTrue($"{side}: {word}");
        sampler.Find(Planted.Everything).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_rotated_database_password_is_seen_by_nobody_alone_and_together_with_new_code()
    {
        await staging.AtAsync(2);
        await staging.WriteSecretsAsync(WithPassword("canary-base-second"));
        var rotated = await staging.DeployAsync();
        rotated.Command.ExitCode.ShouldBe(0, rotated.Command.All);
        // Every request of this page is a connection of its own to the database.
        rotated.Seen.ShouldBeOnly("page 2", "cover");
        rotated.ShouldHaveKept(SiteServer.Backing);
        (await LetsInAsync("canary-base-second")).ShouldBeTrue();
        (await LetsInAsync(Planted.Password)).ShouldBeFalse();

        await staging.WriteSecretsAsync(WithPassword("canary-base-third"));
        await staging.Desired.DeployAsync(staging.Commits[4]);
        var both = await staging.DeployAsync();
        both.Command.ExitCode.ShouldBe(0, both.Command.All);
        both.Seen.ShouldBeOnly("page 2", "cover", "page 4");
        (await LetsInAsync("canary-base-third")).ShouldBeTrue();
        (await staging.Controller.PlanAsync("--detailed-exitcode")).ExitCode.ShouldBe(0);
        (await KeptAsync()).ShouldBeEmpty();
    }

    [Fact, Trait("Category", "long")]
    public async Task A_failed_run_goes_back_to_the_password_of_before_and_the_next_rotation_ends_at_its_own()
    {
        await staging.AtAsync(2);
        await staging.WriteSecretsAsync(WithPassword("canary-base-second"));
        await staging.Desired.DeployAsync(staging.Commits[6]);
        var failed = await staging.DeployAsync();
        failed.Command.ExitCode.ShouldBe(1, failed.Command.All);
        failed.Seen.ShouldBeOnly("page 2", "cover");
        (await staging.Server.GetAsync("/")).Status.ShouldBe(200);
        (await LetsInAsync(Planted.Password)).ShouldBeTrue(failed.Command.All);
        (await LetsInAsync("canary-base-second")).ShouldBeFalse();

        await staging.WriteSecretsAsync(WithPassword("canary-base-third"));
        await staging.Desired.DeployAsync(staging.Commits[4]);
        var next = await staging.DeployAsync();
        next.Command.ExitCode.ShouldBe(0, next.Command.All);
        next.Seen.ShouldBeOnly("page 2", "cover", "page 4");
        (await LetsInAsync("canary-base-third")).ShouldBeTrue();
        (await KeptAsync()).ShouldBeEmpty();
    }

    private static string WithPassword(string password) => Staging.Keys.Replace(Planted.PasswordInJson, password);

    private async Task<bool> LetsInAsync(string password) =>
        await staging.Host.ShellAsync($"PGPASSWORD={Shell.Quote(password)} psql -XAtq -h 127.0.0.1 -U coralnet -d coralnet -c 'SELECT 1' 2>/dev/null || echo no") == "1\n";

    private Task<string> KeptAsync() => staging.Host.ShellAsync("find /var/lib/postgresql -maxdepth 1 -name '.reconciler-*'");

    [Fact]
    public async Task A_missing_key_is_found_before_anything_stops()
    {
        await staging.LookAtAsync(2);
        await staging.WriteSecretsAsync(WithoutMaps);
        await staging.Desired.DeployAsync(staging.Commits[4]);
        var refused = await staging.DeployAsync();
        refused.Command.ExitCode.ShouldBe(1, refused.Command.All);
        refused.Command.All.ShouldContain("GOOGLE_MAPS_KEY");
        refused.Command.All.ShouldNotContain("canary");
        refused.Seen.ShouldBeOnly("page 2");
        refused.After.ShouldBe(refused.Before);
    }

    [Fact]
    public async Task While_a_secret_is_refused_the_application_is_healed_from_what_was_converged_last()
    {
        await staging.AtAsync(2);
        await staging.Desired.EditAsync("staging/environment.yaml", "Service: fix", "Service: fix, NginxSite: fix");
        (await staging.Controller.ConvergeAsync()).ExitCode.ShouldBe(0);
        await staging.WriteSecretsAsync(WithoutMaps);
        var before = await staging.PidsAsync();
        await using var poller = new Poller(staging.Server);
        await using var watch = staging.Controller.Watch();
        await watch.WaitForAsync("GOOGLE_MAPS_KEY", Soon);
        await staging.Host.ShellAsync("""
            sed -i 's/proxy_set_header Host .host;/&\n        proxy_read_timeout 1s;/' /etc/nginx/sites-available/coralnet-coralnet
            nginx -s reload
            """);
        await staging.StopByHandAsync("coralnet-celeryworker");
        await staging.WaitForAsync("! grep -q proxy_read_timeout /etc/nginx/sites-available/coralnet-coralnet");
        await staging.WaitForAsync("supervisorctl pid coralnet-celeryworker | grep -qx '[1-9][0-9]*'");
        // Nor is a hand's edit put into force, though there is nothing to replace it with.
        await staging.Host.ShellAsync($"sed -i s/canary-maps-90ab/by-hand/ {SiteServer.SecretsFile}");
        using var soon = new CancellationTokenSource(Soon);
        while (!(await staging.Controller.RunAsync("drift", "staging")).Sentences.Contains("secrets.json was edited by hand", StringComparison.Ordinal))
            await Task.Delay(200, soon.Token);
        await staging.Host.ShellAsync($"sed -i s/by-hand/canary-maps-90ab/ {SiteServer.SecretsFile}");
        await staging.Controller.StopAsync(watch);
        (await poller.StopAsync()).ShouldBeOnly("page 2");
        var after = await staging.PidsAsync();
        after.Where(process => process.Key != "celeryworker").ShouldBe(before.Where(process => process.Key != "celeryworker"), watch.Output);
        after["celeryworker"].ShouldNotBe(before["celeryworker"]);
        (await staging.Controller.StatusAsync()).Message.ShouldContain("GOOGLE_MAPS_KEY");
        (await staging.Host.ShellAsync($"grep -c canary-maps-90ab {SiteServer.SecretsFile}")).ShouldBe("1\n");
        watch.Output.ShouldNotContain("canary");
    }

    [Fact]
    public async Task Two_rotations_in_quick_succession_end_at_the_second_and_restart_exactly_the_readers()
    {
        await staging.AtAsync(2);
        await staging.Desired.EditAsync("base/coralnet/services.yaml", "stopTimeout: 600s}", "stopTimeout: 600s, reads: [code, virtualenv]}");
        (await staging.Controller.ConvergeAsync()).ExitCode.ShouldBe(0);
        var before = await staging.PidsAsync();
        await using var poller = new Poller(staging.Server);
        await using var watch = staging.Controller.Watch();
        await staging.WriteSecretsAsync(Staging.Keys.Replace("canary-maps-90ab", "canary-maps-first"));
        await watch.WaitForAsync("staging: Stop", Soon);
        await staging.WriteSecretsAsync(Staging.Keys.Replace("canary-maps-90ab", "canary-maps-second"));
        await staging.WaitForAsync($"grep -q canary-maps-second {SiteServer.SecretsFile}");
        await staging.Controller.StopAsync(watch);
        // Told to end in the middle of the second run, it ended that first, and left behind what became of it.
        (await staging.Controller.StatusAsync()).Sync.ShouldBe("Synced", watch.Output);
        var settled = await staging.Controller.ConvergeAsync();
        settled.ExitCode.ShouldBe(0, settled.All);
        (await staging.Controller.PlanAsync("--detailed-exitcode")).ExitCode.ShouldBe(0);

        (await MapsKeyAsync()).ShouldBe(Convert.ToHexStringLower(SHA256.HashData("canary-maps-second"u8))[..12]);
        (await poller.StopAsync()).ShouldBeOnly("page 2", "cover");
        var after = await staging.PidsAsync();
        string.Join(' ', after.Where(process => process.Value != before[process.Key]).Select(process => process.Key).Order())
            .ShouldBe("celerybeat gunicorn", watch.Output + settled.All);
        (await staging.Controller.RunAsync("history", "staging", "coralnet")).ExitCode.ShouldBe(0);
    }

    private static readonly TimeSpan Soon = TimeSpan.FromMinutes(2);

    private async Task<string> MapsKeyAsync()
    {
        using var status = JsonDocument.Parse((await staging.Server.GetAsync("/api/status")).Body);
        return status.RootElement.GetProperty("maps_key").GetString()!;
    }
}
