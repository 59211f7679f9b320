using Reconciler.Journaling;
using Reconciler.Model;
using Reconciler.Tests.Converging;
using Reconciler.Turns;

namespace Reconciler.Tests.Turns;

/// <summary>Users are told once, of a time that is still to come, and maintenance begins no earlier: whatever happens to the controller meanwhile.</summary>
public sealed class NoticesTests : IDisposable
{
    private static readonly TimeSpan Notice = TimeSpan.FromMinutes(15);

    private readonly TurnWorld _world = new() { Skip = new Dictionary<Phase, string>() };

    public NoticesTests() => _world.Converged(_world.Version(1));

    public void Dispose() => _world.Dispose();

    private Announcement? Announced => _world.Ledger.AnnouncementFor(TurnWorld.Production, "coralnet");

    private string Told => _world["Maintenance"];

    private Task<Verdict> TurnAsync(int number = 2) => _world.TurnAsync(_world.Version(number));

    [Fact]
    public async Task They_are_told_when_all_is_prepared_and_it_waits_until_then()
    {
        var startsAt = _world.Clock.GetUtcNow() + Notice;

        var waiting = await TurnAsync();

        (waiting.Standing, waiting.Deferral!.Gate, waiting.Deferral.Until).ShouldBe((Standing.Deferred, "notice", startsAt));
        _world.Done.ShouldBe(["prepare", "announce"]);
        (Announced!.StartsAt, Told, _world.LastRun).ShouldBe((startsAt, $"off {startsAt:HH:mm}", RunState.Waiting));

        _world.Clock.Advance(Notice - TimeSpan.FromSeconds(1));
        (await TurnAsync()).Standing.ShouldBe(Standing.Deferred);
        _world.Done.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task At_the_time_it_begins_also_after_a_restart(bool restarted)
    {
        await TurnAsync();
        var told = Told;
        if (restarted)
            _world.Restart();
        _world.Clock.Advance(Notice);

        (await TurnAsync()).Standing.ShouldBe(Standing.Synced);

        _world["Code"].ShouldBe("code-2");
        Announced.ShouldBeNull();
        _world.Ledger.Runs(TurnWorld.Production, "coralnet", 10).Select(run => run.State).ShouldBe([RunState.Succeeded]);
        told.ShouldBe("off 12:15");
    }

    [Fact]
    public async Task Services_are_mended_while_it_waits_and_the_promise_stays()
    {
        await TurnAsync();
        var promised = Announced!.StartsAt;
        _world["Service"] = "down";

        (await TurnAsync()).Standing.ShouldBe(Standing.Deferred);

        (_world["Service"], _world["Code"], Told, Announced!.StartsAt).ShouldBe(("up", "code-1 code-2", "off 12:15", promised));
        (await TurnAsync()).Deferral!.Until.ShouldBe(promised);
        _world.Clock.Advance(Notice);
        (await TurnAsync()).Standing.ShouldBe(Standing.Synced);
        Announced.ShouldBeNull();
        _world["Code"].ShouldBe("code-2");
    }

    [Fact]
    public async Task A_newer_commit_keeps_the_promised_time()
    {
        await TurnAsync();
        var promised = Announced!.StartsAt;
        _world.Clock.Advance(TimeSpan.FromMinutes(5));

        (await TurnAsync(3)).Deferral!.Until.ShouldBe(promised);

        Told.ShouldBe("off 12:15");
    }

    [Fact]
    public async Task A_notice_that_could_not_be_put_up_promises_nothing()
    {
        _world.Break("announce");

        (await TurnAsync()).Standing.ShouldBe(Standing.SetAside);

        Announced.ShouldBeNull();
        _world.Done.ShouldBe(["prepare", "announce"]);
    }

    [Fact]
    public async Task A_controller_that_died_before_users_were_told_tells_them_a_time_still_to_come()
    {
        _world.KillAt("announce");
        await Should.ThrowAsync<KilledException>(TurnAsync());
        Announced.ShouldNotBeNull();
        _world.Restart();
        _world.Mend("announce");
        _world.Servers["web1", "settle"] = ScriptedServers.Answer.Withdrawn;
        _world.Clock.Advance(TimeSpan.FromHours(1));

        var waiting = await TurnAsync();

        waiting.Standing.ShouldBe(Standing.Deferred);
        waiting.Deferral!.Until.ShouldBe(_world.Clock.GetUtcNow() + Notice);
        Told.ShouldBe("off 13:15");
        _world.Done.ShouldNotContain("cover");
    }

    [Fact]
    public async Task A_controller_that_died_when_users_were_told_in_part_tells_them_a_time_still_to_come()
    {
        using var world = new TurnWorld { Skip = new Dictionary<Phase, string>(), HasBanner = true };
        world.Converged(world.Version(1));
        world.KillAt("nginx");
        await Should.ThrowAsync<KilledException>(world.TurnAsync(world.Version(2)));
        world["Maintenance"].ShouldBe("off 12:15");
        world.Restart();
        world.Mend("nginx");
        world.Servers["web1", "settle"] = ScriptedServers.Answer.Withdrawn;
        world.Clock.Advance(TimeSpan.FromHours(1));

        (await world.TurnAsync(world.Version(2))).Deferral!.Until.ShouldBe(world.Clock.GetUtcNow() + Notice);

        world["Maintenance"].ShouldBe("off 13:15");
        world.Done.ShouldNotContain("cover");
    }

    [Theory]
    [InlineData("code-1")]
    [InlineData("code-1 code-2")]
    public async Task From_when_they_are_told_users_have_the_whole_notice_however_long_all_before_it_took(string code)
    {
        _world["Code"] = code;
        _world.OnLook = () => _world.Clock.Advance(TimeSpan.FromMinutes(3));
        _world.During("prepare", () => _world.Clock.Advance(TimeSpan.FromMinutes(10)));
        var told = default(DateTimeOffset);
        _world.During("announce", () => told = _world.Clock.GetUtcNow());

        (await TurnAsync()).Deferral!.Until.ShouldBe(told + Notice);

        (Announced!.StartsAt, Told).ShouldBe((told + Notice, $"off {told + Notice:HH:mm}"));
    }

    [Fact]
    public async Task When_telling_them_took_until_the_time_was_past_they_are_told_another()
    {
        _world.During("announce", () => _world.Clock.Advance(TimeSpan.FromMinutes(16)));

        var failed = await TurnAsync();

        failed.Standing.ShouldBe(Standing.Failed);
        failed.Reason.ShouldContain("telling users took longer than the notice, and what they were told is past: they are told another time");
        failed.Reason.ShouldContain("Nothing was stopped; it is tried again.");
        Announced.ShouldBeNull();
        _world.Done.ShouldBe(["prepare", "announce"]);
        _world.Mend("announce");
        _world.Clock.Advance(TimeSpan.FromMinutes(1));

        (await TurnAsync()).Deferral!.Until.ShouldBe(_world.Clock.GetUtcNow() + Notice);

        Told.ShouldBe("off 12:32");
        _world.Done.ShouldNotContain("cover");
    }

    [Fact]
    public async Task A_controller_that_died_after_users_were_told_keeps_the_time_and_tells_them_nothing_else()
    {
        _world.Servers.Answers[("web1", "look")] = () => Told == "off 12:15" ? throw new KilledException() : Task.FromResult(ScriptedServers.Answer.Done);
        await Should.ThrowAsync<KilledException>(TurnAsync());
        _world.LastRun.ShouldBe(RunState.Running);
        _world.Restart();
        _world.Mend("look");
        _world.Clock.Advance(TimeSpan.FromMinutes(10));

        (await TurnAsync()).Deferral!.Until.ShouldBe(_world.Clock.GetUtcNow() + TimeSpan.FromMinutes(5));
        Told.ShouldBe("off 12:15");
        _world.Clock.Advance(TimeSpan.FromMinutes(5));

        (await TurnAsync()).Standing.ShouldBe(Standing.Synced);
    }

    [Theory]
    [InlineData("start")]
    [InlineData("check")]
    public async Task A_change_that_failed_under_the_cover_has_used_up_its_notice(string verb)
    {
        await TurnAsync();
        _world.Clock.Advance(Notice);
        _world.BreakOnce(verb);
        (await TurnAsync()).Standing.ShouldBe(Standing.SetAside);
        _world.LastRun.ShouldBe(RunState.RolledBack);
        Announced.ShouldBeNull();

        (await TurnAsync(3)).Deferral!.Until.ShouldBe(_world.Clock.GetUtcNow() + Notice);
    }

    [Fact]
    public async Task What_came_through_at_the_second_try_has_used_up_its_notice()
    {
        await _world.TurnAsync(_world.Version(2, schema: 1));
        _world.Clock.Advance(Notice);
        _world.BreakOnce("start");

        (await _world.TurnAsync(_world.Version(2, schema: 1))).Standing.ShouldBe(Standing.Synced);

        Announced.ShouldBeNull();
    }

    [Fact]
    public async Task When_git_goes_back_before_the_time_the_promise_is_over_and_the_next_one_is_new()
    {
        await TurnAsync();
        (await TurnAsync(1)).Standing.ShouldBe(Standing.Synced);
        Announced.ShouldBeNull();
        Told.ShouldBe("off");
        _world.Ledger.Runs(TurnWorld.Production, "coralnet", 10).Select(run => run.State).ShouldBe([RunState.Succeeded, RunState.Withdrawn]);
        _world.Clock.Advance(TimeSpan.FromHours(2));

        (await TurnAsync()).Deferral!.Until.ShouldBe(_world.Clock.GetUtcNow() + Notice);
    }

    private static readonly TurnOptions Person = new(DryRun: false, ByPerson: true, HealAll: false);

    private string Hold() => new Pauses(_world.Ledger).Hold(TurnWorld.Production, "coralnet", "INC-1", "ada@controller", interrupted: false)!
        .Value.Sentence;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_a_person_holds_before_Cover_takes_its_notice_down_and_is_announced_anew_when_it_goes_on(bool restarted)
    {
        await TurnAsync();
        Hold().ShouldBe($"run {_world.Held!.Id} of coralnet is held. The notice is taken down, for nothing is to come; what goes on is announced anew");
        var run = _world.Held.Id;

        var held = await TurnAsync();

        held.Standing.ShouldBe(Standing.Held);
        held.Headline.ShouldStartWith("held by ada@controller: INC-1. The notice is taken down, for nothing is to come; what goes on is announced anew. "
            + "It goes on with a newer desired state, or with `reconciler retry production coralnet`");
        (Told, Announced, _world.Held!.Id, _world["Service"]).ShouldBe(("off", null, run, "up"));
        if (restarted)
            _world.Restart();
        (await TurnAsync()).Standing.ShouldBe(Standing.Held);
        _world.Done.ShouldBeEmpty();
        _world.Clock.Advance(TimeSpan.FromHours(2));
        (await TurnAsync()).Standing.ShouldBe(Standing.Held);
        _world.Done.ShouldBeEmpty();

        var waiting = await _world.TurnAsync(_world.Version(2), Person);

        (waiting.Standing, waiting.Deferral!.Until, Told).ShouldBe((Standing.Deferred, _world.Clock.GetUtcNow() + Notice, "off 14:15"));
        _world.Held.ShouldBeNull();
        _world.Clock.Advance(Notice);
        (await TurnAsync()).Standing.ShouldBe(Standing.Synced);
    }

    [Fact]
    public async Task A_newer_commit_that_overtakes_such_a_hold_is_announced_anew()
    {
        await TurnAsync();
        Hold();
        await TurnAsync();
        _world.Clock.Advance(TimeSpan.FromMinutes(10));

        (await TurnAsync(3)).Deferral!.Until.ShouldBe(_world.Clock.GetUtcNow() + Notice);

        (Told, _world.Held).ShouldBe(("off 12:25", null));
    }

    [Fact]
    public async Task Held_on_request_at_its_time_the_notice_goes_and_so_it_is_said()
    {
        await TurnAsync();
        _world.Clock.Advance(Notice);
        _world.Ask("hold", """{"reason":"INC-1"}""");

        var held = await TurnAsync();

        held.Headline.ShouldStartWith("held before Cover by ada@controller: INC-1. Nothing was stopped. The notice is taken down, ");
        (Told, Announced, _world["Service"]).ShouldBe(("off", null, "up"));
    }

    [Fact]
    public async Task A_notice_that_cannot_be_taken_down_from_what_is_held_is_tried_again_and_stops_nothing()
    {
        await TurnAsync();
        Hold();
        _world.Break("withdraw");
        (await TurnAsync()).Standing.ShouldBe(Standing.Held);
        (Told, _world["Service"], Announced).ShouldBe(("off 12:15", "up", null));
        _world.Mend("withdraw");
        _world.Clock.Advance(TimeSpan.FromMinutes(5));

        (await TurnAsync()).Standing.ShouldBe(Standing.Held);

        (Told, _world["Service"]).ShouldBe(("off", "up"));
        _world.Held.ShouldNotBeNull();
    }

    [Fact]
    public async Task What_is_held_behind_the_page_keeps_it()
    {
        await TurnAsync();
        _world.Clock.Advance(Notice);
        _world.During("stop", () => _world.Ask("hold", """{"reason":"INC-1"}"""));

        (await TurnAsync()).Reason.ShouldNotContain("notice is taken down");
        (await TurnAsync()).Standing.ShouldBe(Standing.Held);

        _world.Done.ShouldBeEmpty();
        Told.ShouldBe("on");
    }

    [Fact]
    public async Task While_users_see_the_page_what_goes_on_from_a_hold_is_not_announced_again()
    {
        await _world.TurnAsync(_world.Version(2, schema: 1));
        _world.Clock.Advance(Notice);
        _world.Break("migrate", "IntegrityError: half of it");
        (await _world.TurnAsync(_world.Version(2, schema: 1))).Standing.ShouldBe(Standing.Held);
        _world.Mend("migrate");

        (await _world.TurnAsync(_world.Version(3, schema: 1))).Converged.ShouldBeTrue();

        _world.Done.ShouldNotContain("announce");
        (Announced, Told, _world["Service"], _world["Code"]).ShouldBe((null, "off", "up", "code-3"));
    }
}
