using Reconciler.Documents.Expansion;
using Reconciler.Journaling;
using Reconciler.Model;
using Reconciler.Tests.Converging;
using Reconciler.Turns;

namespace Reconciler.Tests.Turns;

/// <summary>
/// The maintenance flag with its times: told once, covered at that time, taken back as git says; a deploy goes under the same cover.
/// </summary>
public sealed class FlagTurnTests : IDisposable
{
    private static readonly TimeSpan Notice = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private readonly TurnWorld _world = new() { Skip = new Dictionary<Phase, string>() };

    public FlagTurnTests() => _world.Converged(_world.Version(1));

    public void Dispose() => _world.Dispose();

    private DateTimeOffset Now => _world.Clock.GetUtcNow();

    private Task<Verdict> OnAsync(DateTimeOffset? startsAt = null, DateTimeOffset? endsAt = null, int number = 1) =>
        _world.TurnAsync(_world.Version(number, times: new(startsAt, endsAt)));

    private Task<Verdict> OffAsync(int number = 1) => _world.TurnAsync(_world.Version(number));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_page_goes_up_while_the_application_waits_for_its_database(bool mayCover)
    {
        var waits = TurnOptions.Watch with { Hindrance = "there is no PostgreSQL", WaitsForServers = true, MayCover = mayCover };
        var flag = _world.Version(1, times: new(null, null));

        await _world.TurnAsync(flag, waits);
        _world.Clock.Advance(Notice);
        await _world.TurnAsync(flag, waits);

        _world["Maintenance"].ShouldBe(mayCover ? "on" : "off");
    }

    [Fact]
    public async Task Users_are_told_at_once_and_covered_at_the_time_and_nothing_is_stopped()
    {
        var startsAt = Now + Hour;

        var waits = await OnAsync(startsAt);

        (waits.Standing, waits.Deferral!.Until, waits.Headline)
            .ShouldBe((Standing.Deferred, startsAt, "the maintenance flag covers at 2026-11-21T13:00:00Z"));
        (_world["Maintenance"], _world.LastRun).ShouldBe(("off 13:00", RunState.Succeeded));
        _world.Clock.Advance(Hour - TimeSpan.FromSeconds(1));
        (await OnAsync(startsAt)).Standing.ShouldBe(Standing.Deferred);
        _world.Done.ShouldBeEmpty();

        _world.Clock.Advance(TimeSpan.FromSeconds(1));
        (await OnAsync(startsAt)).Standing.ShouldBe(Standing.Synced);

        (_world["Maintenance"], _world["Service"]).ShouldBe(("on", "up"));
        _world.Done.ShouldBe(["cover", "check"]);
        (await OnAsync(startsAt)).Standing.ShouldBe(Standing.Synced);
        _world.Done.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData(-60, "git asks for 2026-11-21T11:00:00Z, which was past when the commit came")]
    [InlineData(5, "git asks for 2026-11-21T12:05:00Z, which left less than the notice of 15m")]
    public async Task A_start_that_is_missing_past_or_too_early_means_the_usual_notice_and_is_not_judged_again(int? minutes, string? why)
    {
        DateTimeOffset? startsAt = minutes is { } number ? Now.AddMinutes(number) : null;
        var told = Now + Notice;

        var waits = await OnAsync(startsAt);

        waits.Deferral!.Until.ShouldBe(told);
        waits.Headline.ShouldBe("the maintenance flag covers at 2026-11-21T12:15:00Z" + (why is null ? "" : $": {why}"));
        _world.Clock.Advance(TimeSpan.FromMinutes(10));
        _world.Restart();
        (await OnAsync(startsAt)).Deferral!.Until.ShouldBe(told);
        _world.Done.ShouldBeEmpty();
        _world.Clock.Advance(TimeSpan.FromMinutes(5));
        (await OnAsync(startsAt)).Standing.ShouldBe(Standing.Synced);
        _world["Maintenance"].ShouldBe("on");
    }

    [Fact]
    public async Task A_controller_that_died_while_telling_them_promises_the_same_time()
    {
        _world.KillAt("announce");
        await Should.ThrowAsync<KilledException>(OnAsync());
        _world.Restart();
        _world.Mend("announce");
        _world.Servers["web1", "settle"] = ScriptedServers.Answer.Withdrawn;
        _world.Clock.Advance(TimeSpan.FromMinutes(3));

        (await OnAsync()).Deferral!.Until.ShouldBe(Now + TimeSpan.FromMinutes(12));

        _world["Maintenance"].ShouldBe("off 12:15");
    }

    [Fact]
    public async Task Taken_back_before_the_time_the_notice_goes_away()
    {
        await OnAsync();

        (await OffAsync()).Standing.ShouldBe(Standing.Synced);

        _world["Maintenance"].ShouldBe("off");
        _world.Done.ShouldBe(["check", "withdraw"]);
        _world.Ledger.FlagOf(TurnWorld.Production, "coralnet").ShouldBeNull();
        _world.Clock.Advance(Hour);
        (await OnAsync()).Deferral!.Until.ShouldBe(Now + Notice);
    }

    [Fact]
    public async Task Taken_back_after_it_the_pages_are_checked_and_users_reach_the_site()
    {
        await OnAsync();
        _world.Clock.Advance(Notice);
        await OnAsync();

        (await OffAsync()).Standing.ShouldBe(Standing.Synced);

        _world.Done.ShouldBe(["check", "uncover"]);
        _world["Maintenance"].ShouldBe("off");
    }

    [Fact]
    public async Task Another_time_is_told_anew_while_the_first_is_still_to_come_and_no_longer_once_covered()
    {
        await OnAsync(Now + Hour);
        var later = Now + (2 * Hour);

        (await OnAsync(later)).Deferral!.Until.ShouldBe(later);
        _world["Maintenance"].ShouldBe("off 14:00");
        _world.Clock.Advance(2 * Hour);
        await OnAsync(later);
        (await OnAsync(later + Hour)).Standing.ShouldBe(Standing.Synced);
        _world["Maintenance"].ShouldBe("on");
    }

    [Fact]
    public async Task Another_message_is_told_once_while_the_first_is_up_and_the_time_stays()
    {
        var startsAt = Now + Hour;
        Task<Verdict> SaysAsync(string message, int number = 1) =>
            _world.TurnAsync(_world.Version(number, times: new(startsAt, null), message: message));
        await SaysAsync("reefs");
        _world["Maintenance"].ShouldBe("off 13:00 reefs");

        var waits = await SaysAsync("corals");

        (waits.Standing, waits.Deferral!.Until, _world["Maintenance"]).ShouldBe((Standing.Deferred, startsAt, "off 13:00 corals"));
        _world.Done.ShouldBe(["announce", "check"]);
        _world.Restart();
        (await SaysAsync("corals")).Deferral!.Until.ShouldBe(startsAt);
        _world.Done.ShouldBeEmpty();

        (await SaysAsync("corals", number: 2)).Deferral!.Until.ShouldBe(startsAt);
        (await SaysAsync("fish", number: 2)).Deferral!.Until.ShouldBe(startsAt);
        (_world["Maintenance"], _world["Code"]).ShouldBe(("off 13:00 fish", "code-1 code-2"));
        _world.Clock.Advance(Hour);
        (await SaysAsync("fish", number: 2)).Standing.ShouldBe(Standing.Synced);
        (_world["Maintenance"], _world["Code"]).ShouldBe(("on", "code-2"));
    }

    [Fact]
    public async Task A_deploy_waits_for_the_start_and_goes_and_ends_under_the_same_cover()
    {
        var startsAt = Now + Hour;
        await OnAsync(startsAt);

        var waits = await OnAsync(startsAt, number: 2);

        (waits.Deferral!.Gate, waits.Deferral.Until, _world["Code"]).ShouldBe(("notice", startsAt, "code-1 code-2"));
        _world["Maintenance"].ShouldBe("off 13:00");
        _world.Clock.Advance(Hour);
        (await OnAsync(startsAt, number: 2)).Standing.ShouldBe(Standing.Synced);
        // (The toy's step has no proof, so it is sent again; it says the same.)
        _world.Done.ShouldBe(["announce", "cover", "stop", "code", "start", "check"]);
        (_world["Code"], _world["Maintenance"]).ShouldBe(("code-2", "on"));

        await OffAsync(2);
        _world["Maintenance"].ShouldBe("off");
    }

    [Fact]
    public async Task Without_a_notice_command_nobody_is_told_and_the_time_holds_all_the_same_also_for_a_deploy()
    {
        using var world = new TurnWorld { Skip = new Dictionary<Phase, string>(), HasNotice = false };
        world.Converged(world.Version(1));
        var times = new FlagTimes(null, null);

        (await world.TurnAsync(world.Version(1, times: times))).Standing.ShouldBe(Standing.Deferred);
        world.Done.ShouldBeEmpty();
        (await world.TurnAsync(world.Version(2, times: times))).Deferral!.Until.ShouldBe(world.Clock.GetUtcNow() + Notice);
        world.Done.ShouldBe(["prepare"]);
        world.Clock.Advance(Notice);
        (await world.TurnAsync(world.Version(2, times: times))).Standing.ShouldBe(Standing.Synced);
        (world["Code"], world["Maintenance"]).ShouldBe(("code-2", "on"));
    }

    [Fact]
    public async Task A_deploy_that_waits_already_lends_the_flag_its_time()
    {
        await _world.TurnAsync(_world.Version(2));
        var promised = Now + Notice;
        _world.Clock.Advance(TimeSpan.FromMinutes(5));

        (await OnAsync(number: 2)).Deferral!.Until.ShouldBe(promised);

        _world["Maintenance"].ShouldBe("off 12:15");
    }

    [Theory]
    [InlineData("set aside")]
    [InlineData("deferred")]
    [InlineData("refused")]
    public async Task The_flag_covers_whatever_a_newer_desired_state_waits_for(string why)
    {
        using var world = new TurnWorld { Skip = new Dictionary<Phase, string>(), PromotedFrom = why == "deferred" ? new("staging", Hour)
            : null };
        world.Converged(world.Version(1));
        var times = new FlagTimes(null, null);
        Unit Newer(FlagTimes? flag) => world.Version(2, code: why == "refused" ? "impossible" : null, times: flag);
        if (why == "set aside")
            world.Break("prepare");
        var before = (await world.TurnAsync(Newer(null))).Standing;
        await world.TurnAsync(Newer(times));
        world["Maintenance"].ShouldBe("off 12:15");
        world.Clock.Advance(Notice);

        (await world.TurnAsync(Newer(times))).Standing.ShouldBe(before);
        (world["Maintenance"], world["Service"], world["Code"]).ShouldBe(("on", "up", "code-1"));

        (await world.TurnAsync(Newer(null))).Standing.ShouldBe(before);
        (world["Maintenance"], world["Service"], world["Code"]).ShouldBe(("off", "up", "code-1"));
        world.Ledger.Runs(TurnWorld.Production, "coralnet", 1)[0].Cause.ShouldBe("the maintenance flag is off, and the page was up");
    }

    [Fact]
    public async Task At_its_time_it_covers_before_a_newer_commit_is_prepared()
    {
        await OnAsync();
        _world.Clock.Advance(Notice);
        var coveredByThen = "";
        _world.During("prepare", () => coveredByThen = _world["Maintenance"]);

        await OnAsync(number: 2);

        coveredByThen.ShouldBe("on");
        (_world["Code"], _world["Maintenance"]).ShouldBe(("code-2", "on"));
    }

    [Fact]
    public async Task Services_are_mended_while_it_waits_and_users_stay_told()
    {
        await OnAsync();
        _world["Service"] = "down";

        await OnAsync();

        (_world["Service"], _world["Maintenance"]).ShouldBe(("up", "off 12:15"));
    }

    [Fact]
    public async Task When_it_should_be_over_that_is_said_and_the_page_stays()
    {
        var ends = Now + Hour;
        await OnAsync(endsAt: ends);
        _world.Clock.Advance(Notice);
        await OnAsync(endsAt: ends);
        _world.Clock.Advance(Hour);

        var late = await OnAsync(endsAt: ends);

        late.Alarm.ShouldNotBeNull().ShouldContain("was to end at 2026-11-21T13:00:00Z");
        (late.Headline, _world["Maintenance"]).ShouldBe((late.Alarm, "on"));
        var unit = _world.Version(1, times: new(null, ends));
        var status = VerdictStatus.Of(_world.Environment(unit), unit, late, null, Now);
        (status.Health, status.Of("Ready")!.Status, status.Of("Ready")!.Reason)
            .ShouldBe((Reconciler.Reporting.Health.Degraded, "False", "MaintenanceOverdue"));
    }

    [Fact]
    public async Task A_dry_run_judges_and_keeps_nothing()
    {
        await _world.TurnAsync(_world.Version(1, times: new(null, null)), TurnOptions.Plan);

        _world.Ledger.FlagOf(TurnWorld.Production, "coralnet").ShouldBeNull();
        _world.Done.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_notice_that_cannot_be_put_up_is_tried_again_and_does_not_put_off_the_cover()
    {
        _world.Break("announce");
        (await OnAsync()).Standing.ShouldBe(Standing.Failed);
        _world.Clock.Advance(Notice);

        (await OnAsync()).Standing.ShouldBe(Standing.Synced);

        _world["Maintenance"].ShouldBe("on");
    }

    [Fact]
    public async Task Where_nobody_is_warned_it_covers_at_once()
    {
        using var staging = new TurnWorld();
        staging.Converged(staging.Version(1));

        (await staging.TurnAsync(staging.Version(1, times: new(staging.Clock.GetUtcNow() + Hour, null))))
            .Standing.ShouldBe(Standing.Synced);

        staging.Done.ShouldBe(["cover", "check"]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Taken_back_during_a_deploy_under_it_users_reach_the_site_when_that_has_ended(bool killed)
    {
        using var staging = new TurnWorld();
        staging.Converged(staging.Version(1));
        Unit Deploy() => staging.Version(2, times: new FlagTimes(null, null));
        await staging.TurnAsync(staging.Version(1, times: new FlagTimes(null, null)));
        if (killed)
        {
            staging.KillAt("start");
            await Should.ThrowAsync<KilledException>(staging.TurnAsync(Deploy()));
            staging.Restart();
            staging.Mend("start");
            staging.Servers["web1", "settle"] = ScriptedServers.Answer.Withdrawn;
        }
        else
            (await staging.TurnAsync(Deploy())).Standing.ShouldBe(Standing.Synced);
        (staging["Maintenance"], staging["Service"]).ShouldBe(("on", killed ? "down" : "up"));

        (await staging.TurnAsync(staging.Version(2))).Standing.ShouldBe(Standing.Synced);

        (staging["Maintenance"], staging["Service"], staging["Code"]).ShouldBe(("off", "up", "code-2"));
        staging.Done.Where(verb => verb is "start" or "check" or "uncover").ShouldBe(killed ? ["start", "check", "uncover"] : ["check", "uncover"]);
    }

    [Fact]
    public async Task What_is_held_stays_covered_when_the_flag_is_taken_back()
    {
        await OnAsync();
        _world.Clock.Advance(Notice);
        await OnAsync();
        _world.Break("migrate");
        await _world.TurnAsync(_world.Version(2, schema: 1, times: new(null, null)));

        (await _world.TurnAsync(_world.Version(2, schema: 1))).Standing.ShouldBe(Standing.Held);

        _world["Maintenance"].ShouldBe("on");
    }
}
