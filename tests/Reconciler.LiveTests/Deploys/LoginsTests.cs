using Reconciler.LiveTests.Support;

namespace Reconciler.LiveTests.Deploys;

/// <summary>Two logins by turns: at no moment is there nobody who may log in, and at the end the former one may not.</summary>
[Collection<OnStaging>]
public sealed class LoginsTests(Staging staging)
{
    private const string Password = "coralnet/secrets/settings/DATABASE_PASSWORD";

    [Fact, Trait("Category", "long")]
    public async Task The_new_login_works_before_readers_stop_and_the_old_one_until_they_were_checked_and_no_user_notices()
    {
        await AdoptAsync("onChange: reload");
        (await PasswordsAsync()).ShouldBe("coralnet\n");
        await ShouldChangeOverAsync("coralnet", "coralnet_a");
    }

    [Fact, Trait("Category", "long")]
    public async Task Either_login_follows_the_other_what_they_make_is_the_owners_and_one_out_of_use_that_could_log_in_is_drift()
    {
        await AdoptAsync("onChange: reload");
        (await staging.Controller.RunAsync("rotate", "staging", Password)).ExitCode.ShouldBe(0);
        await ShouldChangeOverAsync("coralnet_a", "coralnet_b");
        (await staging.Host.ShellAsync("""
            cd /srv/www/coralnet/project
            runuser -u coralnet -- env DJANGO_SETTINGS_MODULE=config.settings.staging /srv/www/venv/bin/python - <<'PYTHON'
            import django
            django.setup()
            from django.db import connection
            with connection.cursor() as cursor:
                cursor.execute("CREATE TABLE made (id int)")
                cursor.execute("SELECT tableowner, session_user FROM pg_tables WHERE tablename = 'made'")
                print(*cursor.fetchone())
            PYTHON
            """)).ShouldBe("coralnet coralnet_b\n");
        (await staging.Controller.PlanAsync("--detailed-exitcode")).ExitCode.ShouldBe(0);

        await staging.Host.ShellAsync("cd /tmp; runuser -u postgres -- psql -qc \"ALTER ROLE coralnet_a PASSWORD 'by-hand-5d1e'\"");
        (await staging.Controller.RunAsync("drift", "staging")).Output
            .ShouldContain("role coralnet_a can log in with a password, and coralnet_b is the login in use");
        (await staging.Controller.ConvergeAsync("--heal")).ExitCode.ShouldBe(0);
        (await PasswordsAsync()).ShouldBe("coralnet_b\n");
    }

    [Fact, Trait("Category", "long")]
    public async Task After_a_run_that_fails_the_old_login_is_as_good_as_before_and_the_new_one_is_gone()
    {
        await AdoptAsync("");
        (await staging.Controller.RunAsync("rotate", "staging", Password)).ExitCode.ShouldBe(0);
        var old = await SourceAsync();
        await using var poller = new Poller(staging.Server);
        await using var watch = await LoginWatch.StartAsync(staging, old);
        // All is well till the readers have it.
        await using var spoiler = RunningProgram.Start(TestHosts.Script, "exec", staging.Host.Lab, staging.Host.Name, "--", "sh", "-c",
            $"until grep -q coralnet_b {SiteServer.SecretsFile}; do sleep 0.02; done; cd /tmp;"
            + " runuser -u postgres -- psql -qc 'ALTER ROLE coralnet_b CONNECTION LIMIT 0'; echo spoiled");
        var rotated = await staging.Controller.RunAsync("rotate", "staging", Password);
        var lines = await watch.StopAsync();
        spoiler.Output.ShouldContain("spoiled");

        rotated.ExitCode.ShouldBe(1, rotated.All);
        rotated.All.ShouldContain("Went back to revision");
        (await poller.StopAsync()).ShouldBeOnly("page 2", "cover");
        lines.ShouldAllBe(line => line.Contains("old in"), string.Join('\n', lines));
        lines[^1].ShouldBe("readers others, file coralnet_a in, old in, new refused", string.Join('\n', lines) + rotated.All);
        (await PasswordsAsync()).ShouldBe("coralnet_a\n");

        // Mended, and tried once more.
        await staging.Host.ShellAsync("cd /tmp; runuser -u postgres -- psql -qc 'ALTER ROLE coralnet_b CONNECTION LIMIT -1'");
        var again = await staging.Controller.RunAsync("rotate", "staging", Password);
        again.ExitCode.ShouldBe(0, again.All);
        again.Output.ShouldContain("proven: coralnet_b to coralnet on staging1: the new password is accepted\n");
        (await PasswordsAsync()).ShouldBe("coralnet_b\n");
    }

    /// <summary>Rotates while somebody asks for pages and somebody else logs in all the time.</summary>
    private async Task ShouldChangeOverAsync(string before, string after)
    {
        var old = await SourceAsync();
        old.User.ShouldBe(before);
        var pids = await staging.PidsAsync();
        await using var poller = new Poller(staging.Server);
        await using var watch = await LoginWatch.StartAsync(staging, old);
        var rotated = await staging.Controller.RunAsync("rotate", "staging", Password);
        var lines = await watch.StopAsync();
        var seen = await poller.StopAsync();

        rotated.ExitCode.ShouldBe(0, rotated.All);
        rotated.Output.ShouldContain($", for {after} in place of {before}\n");
        rotated.Output.ShouldContain($"proven: {after} to coralnet on staging1: the new password is accepted\n");
        rotated.Output.ShouldContain($"proven: {before} to coralnet on staging1: the old password is refused (28P01)\n");
        seen.ShouldBeOnly("page 2");
        var told = string.Join('\n', lines) + rotated.All;
        lines.ShouldAllBe(line => line.Contains($"file {before} in,") || line.Contains($"file {after} in,"), told);
        lines.ShouldContain($"readers of before, file {before} in, old in, new in", told);
        lines.Where(line => line.StartsWith("readers of before")).ShouldAllBe(line => line.Contains("old in"), told);
        lines.ShouldContain($"readers others, file {after} in, old in, new in", told);
        lines[^1].ShouldBe($"readers others, file {after} in, old refused, new in", told);
        (await PasswordsAsync()).ShouldBe($"{after}\n");
        var now = await staging.PidsAsync();
        now["gunicorn"].ShouldBe(pids["gunicorn"]);
        now["celeryworker"].ShouldNotBe(pids["celeryworker"]);
    }

    /// <summary>A site whose owner logs in begins to name its login; who that is does not change by it.</summary>
    /// <param name="gunicorn">What is added to its entry.</param>
    private async Task AdoptAsync(string gunicorn)
    {
        await staging.AtAsync(2);
        await staging.WriteSecretsAsync(
            Site.Keys.Replace("\"DATABASE_PASSWORD\"", "\"DATABASE_USER\": \"coralnet\", \"DATABASE_PASSWORD\""));
        await staging.Desired.EditAsync("base/coralnet/secrets.yaml", "DATABASE_PASSWORD: {}", "DATABASE_USER: {}, DATABASE_PASSWORD: {}");
        await staging.Desired.EditAsync("base/host/databases.yaml", "    owner: coralnet\n",
            "    owner: coralnet\n    logins: [coralnet_a, coralnet_b]\n    user: coralnet/secrets/settings/DATABASE_USER\n");
        if (gunicorn.Length > 0)
            await staging.Desired.EditAsync("base/coralnet/services.yaml", "port: 8000}", $"port: 8000, {gunicorn}}}");
        var adopted = await staging.Controller.ConvergeAsync();
        adopted.ExitCode.ShouldBe(0, adopted.All);
    }

    private async Task<Login> SourceAsync() =>
        Login.In(await File.ReadAllTextAsync(staging.SecretsFile, TestContext.Current.CancellationToken));

    /// <summary>The roles that have one.</summary>
    private Task<string> PasswordsAsync() => staging.Host.ShellAsync("cd /tmp; runuser -u postgres -- psql -XAtc"
        + " 'SELECT rolname FROM pg_authid WHERE rolpassword IS NOT NULL ORDER BY 1'");
}
