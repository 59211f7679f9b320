using System.Globalization;
using System.Text.RegularExpressions;

namespace Reconciler.LiveTests.Deploys;

/// <summary>
/// The flag where users are warned: told once, covered at the time that they were told, and back again; or taken back before.
/// </summary>
[Collection<OnOtherStaging>]
public sealed partial class FlagNoticeTests(Staging staging)
{
    private static readonly TimeSpan Soon = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task Users_are_told_once_though_the_controller_dies_and_see_the_page_at_that_time()
    {
        await WarnedAsync("25s");
        var before = await staging.PidsAsync();
        await staging.Desired.AddAsync("staging/coralnet/maintenance.yaml", Flag("true, message: \"new reefs\""));
        string told;
        string noted;
        await using (var killed = staging.Controller.Watch())
        {
            told = await ToldAsync();
            // The page shows it before the runner has written down that it did.
            while ((noted = await NoteAsync()).Length == 0)
                await Task.Delay(50, TestContext.Current.CancellationToken);
            await killed.KillAsync();
        }
        await using var poller = new Poller(staging.Server);
        await using var watch = staging.Controller.Watch();
        await watch.WaitForAsync($"Deferred: the maintenance flag covers at {told}", Soon);
        var waiting = await staging.Controller.RunAsync("status", "staging");
        waiting.Output.ShouldContain($"waits until {told.Replace('T', ' ')}");
        waiting.Output.ShouldContain("the maintenance flag is on");

        while ((await staging.Server.GetAsync("/")).Status != 503)
            await Task.Delay(100, TestContext.Current.CancellationToken);
        TimeProvider.System.GetUtcNow().ShouldBeGreaterThanOrEqualTo(DateTimeOffset.Parse(told, CultureInfo.InvariantCulture));
        (await staging.Server.GetAsync("/")).Body.ShouldContain("new reefs");
        (await NoteAsync()).ShouldBe(noted, "the notice was put up a second time");

        await watch.WaitForAsync("staging/coralnet: Synced", Soon);
        await staging.Desired.AddAsync("staging/coralnet/maintenance.yaml", Flag("false"));
        await staging.Server.WaitForPageAsync("2", Soon);
        while (await NoteAsync() != "")
            await Task.Delay(100, TestContext.Current.CancellationToken);
        (await staging.Server.GetAsync("/")).Body.ShouldNotContain("Maintenance starts at");
        await staging.Controller.StopAsync(watch);
        (await poller.StopAsync()).ShouldBeOnly("page 2", "cover");
        (await staging.PidsAsync()).ShouldBe(before);
    }

    [Fact]
    public async Task Taken_back_before_the_time_the_notice_goes_away_and_nobody_sees_the_page()
    {
        await WarnedAsync("15m");
        await using var poller = new Poller(staging.Server);
        await staging.Desired.AddAsync("staging/coralnet/maintenance.yaml", Flag("true, startsAt: 2035-01-02T03:00:00Z"));
        var announced = await staging.Controller.ConvergeAsync();
        announced.ExitCode.ShouldBe(3, announced.All);
        (await ToldAsync()).ShouldBe("2035-01-02T03:00:00Z");

        await staging.Desired.AddAsync("staging/coralnet/maintenance.yaml", Flag("false"));
        var withdrawn = await staging.Controller.ConvergeAsync();
        withdrawn.ExitCode.ShouldBe(0, withdrawn.All);
        (await staging.Server.GetAsync("/")).Body.ShouldNotContain("Maintenance starts at");
        (await poller.StopAsync()).ShouldBeOnly("page 2");
    }

    [Fact]
    public async Task Another_message_is_told_once_while_the_notice_is_up_and_the_time_stays()
    {
        await WarnedAsync("15m", "{on: \"python manage.py maintenanceon --start {{startsAt}} --message {{message}}\", off: python manage.py maintenanceoff}");
        await staging.Desired.AddAsync("staging/coralnet/maintenance.yaml",
            Flag("true, startsAt: 2035-01-02T03:00:00Z, message: new reefs"));
        (await staging.Controller.ConvergeAsync()).ExitCode.ShouldBe(3);
        (await staging.Server.GetAsync("/")).Body.ShouldContain("new reefs");

        await staging.Desired.AddAsync("staging/coralnet/maintenance.yaml",
            Flag("true, startsAt: 2035-01-02T03:00:00Z, message: old corals"));
        var told = await staging.Controller.ConvergeAsync();
        told.ExitCode.ShouldBe(3, told.All);
        (await staging.Server.GetAsync("/")).Body.ShouldContain("old corals");
        (await ToldAsync()).ShouldBe("2035-01-02T03:00:00Z");
        var noted = await NoteAsync();
        (await staging.Controller.ConvergeAsync()).ExitCode.ShouldBe(3);
        (await NoteAsync()).ShouldBe(noted, "the notice was put up a second time");
    }

    [Fact, Trait("Category", "long")]
    public async Task A_site_without_a_notice_of_its_own_tells_users_by_nginx_and_no_service_is_restarted()
    {
        await WarnedAsync("15m", "{banner: true}");
        await staging.Desired.EditAsync("base/coralnet/nginx.conf", "proxy_set_header Host $host;", "proxy_set_header Host $host;\n        {{> notice}}");
        var placed = await staging.Controller.ConvergeAsync();
        placed.ExitCode.ShouldBe(0, placed.All);
        placed.All.ShouldNotContain("staging: Cover");
        var before = await staging.PidsAsync();
        await using var poller = new Poller(staging.Server);
        await staging.Desired.AddAsync("staging/coralnet/maintenance.yaml", Flag("true, startsAt: 2035-01-02T03:00:00Z, message: \"it's <b>\""));
        await using (var killed = staging.Controller.Start("converge", "staging"))
        {
            await staging.Host.ShellAsync("until [ -e /var/lib/reconciler/cover/coralnet/notice.conf ]; do sleep 0.02; done");
            await killed.KillAsync();
        }
        var announced = await staging.Controller.ConvergeAsync();
        announced.ExitCode.ShouldBe(3, announced.All);
        (await staging.Server.GetAsync("/")).Body.ShouldContain("2035-01-02 03:00 UTC</time>. it&#39;s &#60;b&#62;</div></body>");
        (await staging.Server.GetAsync("/healthz")).Body.ShouldBe("ok\n");

        await staging.Desired.AddAsync("staging/coralnet/maintenance.yaml", Flag("false"));
        var withdrawn = await staging.Controller.ConvergeAsync();
        withdrawn.ExitCode.ShouldBe(0, withdrawn.All);
        (await staging.Server.GetAsync("/")).Body.ShouldNotContain("data-notice");
        (await staging.Controller.PlanAsync("--detailed-exitcode")).ExitCode.ShouldBe(0);
        (await poller.StopAsync()).ShouldBeOnly("page 2");
        (await staging.PidsAsync()).ShouldBe(before);
    }

    [Fact, Trait("Category", "long")]
    public async Task What_failed_and_a_person_tries_again_is_announced_waited_for_and_deployed_though_the_controller_dies()
    {
        await WarnedAsync("20s");
        // The site cannot write its notice: the run fails where users were to be told.
        await staging.Host.ShellAsync("rm -r /srv/www/tmp && touch /srv/www/tmp");
        await staging.Desired.DeployAsync(staging.Commits[4]);
        await using var poller = new Poller(staging.Server);
        string told;
        await using (var killed = staging.Controller.Watch())
        {
            await killed.WaitForAsync("staging/coralnet: SetAside", Soon);
            await staging.Host.ShellAsync("rm /srv/www/tmp && install -d -o coralnet -g coralnet /srv/www/tmp");
            var retried = await staging.Controller.RunAsync("retry", "staging", "coralnet");
            retried.ExitCode.ShouldBe(0, retried.All);
            await killed.WaitForAsync("staging/coralnet: Deferred: maintenance is announced for", Soon);
            told = await ToldAsync();
            await killed.KillAsync();
        }
        await using var watch = staging.Controller.Watch();
        await staging.Server.WaitForPageAsync("4", Soon);
        TimeProvider.System.GetUtcNow().ShouldBeGreaterThanOrEqualTo(DateTimeOffset.Parse(told, CultureInfo.InvariantCulture));
        await watch.WaitForAsync("staging/coralnet: Synced", Soon);
        await staging.Controller.StopAsync(watch);
        watch.Output.ShouldContain($"maintenance is announced for {told}");
        (await poller.StopAsync()).ShouldBeOnly("page 2", "cover", "page 4");
        (await staging.Server.GetAsync("/")).Body.ShouldNotContain("Maintenance starts at");
        (await staging.Controller.RunAsync("history", "staging", "coralnet")).Sentences.ShouldContain("by `retry`, asked for it");
    }

    [Fact, Trait("Category", "long")]
    public async Task Work_on_the_servers_is_announced_too_and_what_runs_on_them_is_kept_running_till_then()
    {
        await WarnedAsync("40s");
        await staging.Desired.EditAsync("base/host/packages.yaml", "nginx-light: {on: [web]}", "nginx-light: {on: [web], state: latest}");
        await using var poller = new Poller(staging.Server);
        await using var watch = staging.Controller.Watch();
        var told = await ToldAsync();
        await staging.StopByHandAsync("coralnet-celeryworker");
        await staging.WaitForAsync("supervisorctl status coralnet-celeryworker | grep -q RUNNING");
        DateTimeOffset.Parse(told, CultureInfo.InvariantCulture).ShouldBeGreaterThan(TimeProvider.System.GetUtcNow(), "it was started only when the servers were through");
        (await staging.Controller.StatusAsync("host")).Message.ShouldContain($"maintenance is announced for {told}");

        await watch.WaitForAsync("staging/host: Synced", Soon);
        TimeProvider.System.GetUtcNow().ShouldBeGreaterThanOrEqualTo(DateTimeOffset.Parse(told, CultureInfo.InvariantCulture));
        await watch.WaitForAsync("staging/coralnet: Synced", Soon);
        await staging.Controller.StopAsync(watch);
        (await NoteAsync()).ShouldBeEmpty();
        (await staging.Server.GetAsync("/")).Body.ShouldNotContain("Maintenance starts at");
        var seen = await poller.StopAsync();
        // While nginx itself is upgraded nobody listens.
        seen.Answers.Keys.Where(answer => !answer.Contains("Refused", StringComparison.Ordinal) && !answer.Contains("Reset", StringComparison.Ordinal))
            .ShouldBe(["page 2", "cover"], ignoreOrder: true, seen.Log);
        (await staging.Controller.PlanAsync("--detailed-exitcode")).ExitCode.ShouldBe(0);
    }

    /// <summary>Users of staging are warned like those of production.</summary>
    private async Task WarnedAsync(string notice, string how = "{on: \"python manage.py maintenanceon --start {{startsAt}}\", off: python manage.py maintenanceoff}")
    {
        await staging.AtAsync(2);
        // Where the site's command keeps its notice.
        await staging.Host.ShellAsync("install -d -o coralnet -g coralnet /srv/www/tmp");
        await staging.Desired.EditAsync("staging/environment.yaml", "profile: staging",
            $"profile: production\n  maintenance: {{notice: {notice}}}");
        await staging.Desired.EditAsync("base/coralnet/application.yaml", "  database: coralnet\n",
            $"  database: coralnet\n  notice: {how}\n");
    }

    /// <summary>The time that stands on the page.</summary>
    private async Task<string> ToldAsync()
    {
        using var cancel = new CancellationTokenSource(Soon);
        while (true)
        {
            if (Notice().Match((await staging.Server.GetAsync("/")).Body) is { Success: true } match)
                return DateTimeOffset.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)
                    .UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
            await Task.Delay(100, cancel.Token);
        }
    }

    /// <summary>Inode and time of what the last notice left behind; nothing after it was taken away.</summary>
    private async Task<string> NoteAsync() =>
        await staging.Host.ShellAsync("f=/var/lib/reconciler/server/results/notice-coralnet; grep -q '^on ' $f && stat -c '%i %Y' $f || :");

    private static string Flag(string enabled) => $$"""
        apiVersion: reconciler/v1
        kind: Maintenance
        metadata: {name: coralnet}
        spec: {enabled: {{enabled}}}
        """;

    [GeneratedRegex("""Maintenance starts at <time datetime="([^"]+)">""")]
    private static partial Regex Notice();
}
