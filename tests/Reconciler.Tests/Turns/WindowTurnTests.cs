using Reconciler.Documents.Expansion;
using Reconciler.Model;
using Reconciler.Turns;

namespace Reconciler.Tests.Turns;

/// <summary>
/// A run that covers or stops begins inside a window; Prepare, the flag and healing do not wait for one. (It is 12:00 when a test
/// begins.)
/// </summary>
public sealed class WindowTurnTests : IDisposable
{
    private readonly TurnWorld _world = new() { Skip = new Dictionary<Phase, string>() };

    public WindowTurnTests() => _world.Converged(_world.Version(1));

    public void Dispose() => _world.Dispose();

    private static ChangeWindow Deny(string cron, int minutes) =>
        new(false, CronExpression.Parse(cron), null, TimeSpan.FromMinutes(minutes), TimeZoneInfo.Utc);

    private DateTimeOffset Now => _world.Clock.GetUtcNow();

    [Fact]
    public async Task Outside_a_window_all_is_prepared_and_it_waits_so_that_the_notice_ends_where_the_window_opens()
    {
        var opens = Now.AddHours(2);
        _world.Windows = new([Deny("0 10 * * *", 240)]);

        var waits = await _world.TurnAsync(_world.Version(2));

        (waits.Standing, waits.Deferral!.Gate, waits.Deferral.Until).ShouldBe((Standing.Deferred, "windows", opens.AddMinutes(-15)));
        waits.Headline.ShouldBe(
            "`windows` of environment.yaml: nothing that covers or stops the site may begin at 2026-11-21T12:15:00Z; "
            + "it begins at 2026-11-21T14:00:00Z");
        _world.Done.ShouldBe(["prepare"]);
        (await _world.TurnAsync(_world.Version(2))).Deferral!.Until.ShouldBe(opens.AddMinutes(-15));
        _world.Done.ShouldBeEmpty();

        _world.Clock.Advance(TimeSpan.FromMinutes(105));
        (await _world.TurnAsync(_world.Version(2))).Deferral!.Gate.ShouldBe("notice");
        _world["Maintenance"].ShouldBe("off 14:00");
        _world.Clock.Advance(TimeSpan.FromMinutes(15));
        (await _world.TurnAsync(_world.Version(2))).Standing.ShouldBe(Standing.Synced);
        _world["Code"].ShouldBe("code-2");
    }

    [Fact]
    public async Task A_window_that_closed_while_it_was_prepared_is_noticed_just_before_cover()
    {
        using var world = new TurnWorld { Windows = new([Deny("5 12 * * *", 60)]) };
        world.Converged(world.Version(1));
        world.During("prepare", () =>
        {
            world["Code"] = "code-1 code-2";
            world.Clock.Advance(TimeSpan.FromMinutes(10));
        });

        var waits = await world.TurnAsync(world.Version(2));

        (waits.Deferral!.Gate, waits.Deferral.Until).ShouldBe(("windows", world.Clock.GetUtcNow().AddMinutes(55)));
        world.Done.ShouldBe(["prepare"]);
    }

    [Fact]
    public async Task What_was_announced_inside_a_window_and_comes_too_late_for_it_is_announced_anew()
    {
        _world.Windows = new([Deny("30 12 * * *", 60)]);
        (await _world.TurnAsync(_world.Version(2))).Deferral!.Gate.ShouldBe("notice");
        _world.Clock.Advance(TimeSpan.FromMinutes(45));

        (await _world.TurnAsync(_world.Version(2))).Deferral!.Gate.ShouldBe("windows");

        _world.Ledger.AnnouncementFor(TurnWorld.Production, "coralnet").ShouldBeNull();
        _world["Code"].ShouldBe("code-1 code-2");
    }

    [Fact]
    public async Task An_acknowledgement_for_this_commit_opens_them()
    {
        using var world = new TurnWorld { Windows = new([Deny("0 10 * * *", 240)]) };
        world.Converged(world.Version(1));

        (await world.TurnAsync(world.Version(2) with { Acknowledged = new HashSet<string> { "windows" } }))
            .Standing.ShouldBe(Standing.Synced);
    }

    [Fact]
    public async Task The_flag_and_healing_do_not_ask_and_a_deploy_under_the_flag_does()
    {
        using var world = new TurnWorld { Windows = new([Deny("0 10 * * *", 240)]) };
        world.Converged(world.Version(1))["Service"] = "down";
        var flag = new FlagTimes(null, null);

        (await world.TurnAsync(world.Version(1, times: flag))).Standing.ShouldBe(Standing.Synced);
        (world["Maintenance"], world["Service"]).ShouldBe(("on", "up"));

        (await world.TurnAsync(world.Version(2, times: flag))).Deferral!.Gate.ShouldBe("windows");
        world["Service"].ShouldBe("up");
    }

    [Fact]
    public async Task What_broke_off_with_the_services_down_is_finished_whatever_the_windows_say()
    {
        using var world = new TurnWorld();
        world.Converged(world.Version(1));
        world.KillAt("code");
        await Should.ThrowAsync<KilledException>(world.TurnAsync(world.Version(2)));
        world.Restart();
        world.Mend("code");
        world.Servers["web1", "settle"] = Converging.ScriptedServers.Answer.Withdrawn;
        world.Windows = new([Deny("0 10 * * *", 240)]);

        (await world.TurnAsync(world.Version(2))).Standing.ShouldBe(Standing.Synced);

        (world["Service"], world["Maintenance"]).ShouldBe(("up", "off"));
    }

    [Fact]
    public async Task A_plan_says_until_when_a_run_would_wait()
    {
        _world.Windows = new([Deny("0 10 * * *", 240)]);

        var planned = await _world.TurnAsync(_world.Version(2), TurnOptions.Plan);

        planned.Headline.ShouldContain("a run would wait: `windows` of environment.yaml");
        planned.Deferral!.Until.ShouldBe(Now.AddMinutes(105));
    }

    [Fact]
    public async Task Windows_that_never_open_are_named()
    {
        _world.Windows = new([Deny("0 0 * * *", 2880)]);

        var waits = await _world.TurnAsync(_world.Version(2));

        waits.Deferral!.Until.ShouldBeNull();
        waits.Headline.ShouldContain("nor at any time to come: change them, or acknowledge windows");
    }
}
