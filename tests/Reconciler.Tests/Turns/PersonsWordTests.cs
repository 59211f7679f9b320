using Reconciler.Documents.Expansion;
using Reconciler.Journaling;
using Reconciler.Model;
using Reconciler.Turns;

namespace Reconciler.Tests.Turns;

/// <summary>
/// A person's word lasts until the run that it began is over, whatever that waits for and however often the controller is started again.
/// (It is 12:00 when a test begins.)
/// </summary>
public sealed class PersonsWordTests : IDisposable
{
    private static readonly TimeSpan Notice = TimeSpan.FromMinutes(15);
    private static readonly TurnOptions Retry = new(DryRun: false, ByPerson: true, HealAll: false) { By = "ada@controller, by `retry`," };
    private static readonly TurnOptions Heal = Retry with { HealAll = true };

    private readonly TurnWorld _world = new() { Skip = new Dictionary<Phase, string>() };

    public PersonsWordTests() => _world.Converged(_world.Version(1));

    public void Dispose() => _world.Dispose();

    private Announcement? Announced => _world.Ledger.AnnouncementFor(TurnWorld.Production, "coralnet");

    private IEnumerable<RunState> Runs => _world.Ledger.Runs(TurnWorld.Production, "coralnet", 10).Select(run => run.State);

    private Task<Verdict> TurnAsync(int number = 2, TurnOptions? options = null) => _world.TurnAsync(_world.Version(number), options);

    private async Task SetAsideAsync()
    {
        _world.Break("prepare");
        (await TurnAsync()).Standing.ShouldBe(Standing.SetAside);
        _world.Mend("prepare");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_was_set_aside_and_is_tried_again_on_it_waits_for_its_notice_and_is_deployed(bool restarted)
    {
        await SetAsideAsync();

        (await TurnAsync(options: Retry)).Deferral!.Gate.ShouldBe("notice");
        _world["Maintenance"].ShouldBe("off 12:15");
        if (restarted)
            _world.Restart();
        (await TurnAsync()).Deferral!.Gate.ShouldBe("notice");
        _world.Clock.Advance(Notice);

        (await TurnAsync()).Standing.ShouldBe(Standing.Synced);

        (_world["Code"], _world["Maintenance"], Announced).ShouldBe(("code-2", "off", null));
        var run = _world.Ledger.Runs(TurnWorld.Production, "coralnet", 1)[0];
        (run.State, run.Cause).ShouldBe((RunState.Succeeded, "ada@controller, by `retry`, asked for it"));
    }

    [Fact]
    public async Task Drift_that_is_to_be_mended_on_it_waits_for_its_notice_and_is_mended_and_services_are_mended_meanwhile()
    {
        _world["Code"] = "somebody's code-1";

        (await TurnAsync(1, Heal)).Deferral!.Gate.ShouldBe("notice");
        _world["Service"] = "down";
        _world["Code"] = "code-1 code-1";
        _world["Packages"] = "somebody's";
        (await TurnAsync(1)).Deferral!.Gate.ShouldBe("notice");
        (_world["Service"], _world["Packages"], _world["Maintenance"]).ShouldBe(("up", "somebody's", "off 12:15"));
        _world.Clock.Advance(Notice);

        (await TurnAsync(1)).Standing.ShouldBe(Standing.Synced);

        (_world["Packages"], _world["Maintenance"], Announced).ShouldBe(("packages-0", "off", null));
    }

    [Fact]
    public async Task It_waits_for_the_servers_even_where_nothing_is_to_be_mended_yet()
    {
        _world.Converged(_world.Version(1));
        var first = Heal with { Hindrance = "the servers themselves come first: on db1 there is no PostgreSQL", WaitsForServers = true };

        var waits = await TurnAsync(1, first);
        (waits.Standing, waits.WaitsForServers, waits.Reason).ShouldBe((Standing.Failed, true, first.Hindrance));
        WaysOn.Of(_world.Environment(_world.Version(1)), _world.Version(1), waits).ShouldHaveSingleItem().Paste.ShouldBeNull();
        _world["Packages"] = "somebody's";
        (await TurnAsync(1, TurnOptions.Watch with { Hindrance = first.Hindrance, WaitsForServers = true })).WaitsForServers.ShouldBeTrue();
        _world.Done.ShouldBeEmpty();

        await TurnAsync(1);
        _world.Clock.Advance(Notice);
        (await TurnAsync(1)).Standing.ShouldBe(Standing.Synced);

        _world["Packages"].ShouldBe("packages-0");
    }

    [Fact]
    public async Task What_waits_for_a_window_on_it_begins_when_that_opens()
    {
        _world.Windows = new([new(false, CronExpression.Parse("0 10 * * *"), null, TimeSpan.FromHours(4), TimeZoneInfo.Utc)]);
        _world.Break("prepare");
        await TurnAsync();
        _world.Mend("prepare");

        (await TurnAsync(options: Retry)).Deferral!.Gate.ShouldBe("windows");
        _world.Restart();
        _world.Clock.Advance(TimeSpan.FromMinutes(105));
        (await TurnAsync()).Deferral!.Gate.ShouldBe("notice");
        _world.Clock.Advance(Notice);

        (await TurnAsync()).Standing.ShouldBe(Standing.Synced);
    }

    [Fact]
    public async Task What_waits_at_a_gate_before_its_run_begins_keeps_it_too()
    {
        using var world = new TurnWorld { PromotedFrom = new("staging", TimeSpan.FromHours(2)) };
        world.Converged(world.Version(1));
        world.Ledger.PutAside(TurnWorld.Production, "coralnet", "digest-2", "it failed", null);

        (await world.TurnAsync(world.Version(2), Retry)).Deferral!.Gate.ShouldBe("promotedFrom");
        world.Ledger.RecordHealthy("staging", "coralnet", new string('2', 40), "base");
        world.Clock.Advance(TimeSpan.FromHours(3));

        (await world.TurnAsync(world.Version(2))).Standing.ShouldBe(Standing.Synced);
    }

    [Fact]
    public async Task A_deploy_under_a_flag_that_is_still_to_come_keeps_it()
    {
        var flag = new FlagTimes(null, null);
        await SetAsideAsync();

        (await _world.TurnAsync(_world.Version(2, times: flag), Retry)).Deferral!.Gate.ShouldBe("notice");
        _world.Clock.Advance(Notice);

        (await _world.TurnAsync(_world.Version(2, times: flag))).Standing.ShouldBe(Standing.Synced);
        (_world["Code"], _world["Maintenance"]).ShouldBe(("code-2", "on"));
    }

    [Fact]
    public async Task A_controller_that_died_in_its_run_goes_on_with_it()
    {
        await SetAsideAsync();
        _world.KillAt("prepare");
        await Should.ThrowAsync<KilledException>(TurnAsync(options: Retry));
        _world.Restart();
        _world.Mend("prepare");
        _world.Servers["web1", "settle"] = Reconciler.Tests.Converging.ScriptedServers.Answer.Withdrawn;

        (await TurnAsync()).Deferral!.Gate.ShouldBe("notice");
    }

    [Fact]
    public async Task When_its_run_has_failed_it_is_over()
    {
        await SetAsideAsync();
        await TurnAsync(options: Retry);
        _world.Clock.Advance(Notice);
        _world.BreakOnce("code");
        (await TurnAsync()).Standing.ShouldBe(Standing.SetAside);

        (await TurnAsync()).Standing.ShouldBe(Standing.SetAside);

        _world.Done.ShouldBeEmpty();
        _world["Code"].ShouldBe("code-1 code-2");
        _world["Maintenance"].ShouldBe("off");
    }

    [Fact]
    public async Task It_is_about_what_git_said_then_and_not_about_a_newer_desired_state()
    {
        _world.Ledger.PutAside(TurnWorld.Production, "coralnet", "digest-3", "it failed", null);
        await SetAsideAsync();
        await TurnAsync(options: Retry);

        (await TurnAsync(3)).Standing.ShouldBe(Standing.SetAside);
        (await TurnAsync(2)).Standing.ShouldBe(Standing.SetAside);
    }

    [Fact]
    public async Task A_hold_is_the_later_word()
    {
        await SetAsideAsync();
        await TurnAsync(options: Retry);

        new Pauses(_world.Ledger).Hold(TurnWorld.Production, "coralnet", "INC-1", "ben@controller", interrupted: false);

        (await TurnAsync()).Standing.ShouldBe(Standing.Held);
    }

    [Fact]
    public async Task The_two_halves_of_a_deploy_with_a_notice_are_one_run()
    {
        await TurnAsync();
        _world.Restart();
        _world.Clock.Advance(Notice);
        await TurnAsync();

        var run = _world.Ledger.Runs(TurnWorld.Production, "coralnet", 10).ShouldHaveSingleItem();

        run.State.ShouldBe(RunState.Succeeded);
        _world.Ledger.Steps(run.Id).Select(step => step.Summary)
            .ShouldBe(["prepare", "announce", "announce", "cover coralnet", "stop", "code", "start", "check", "uncover coralnet"], ignoreOrder: true);
    }

    [Theory]
    [InlineData("refused")]
    [InlineData("set aside")]
    [InlineData("deferred")]
    public async Task A_notice_whose_run_gives_way_to_what_does_not_come_goes_away_at_once(string why)
    {
        await TurnAsync();
        _world["Maintenance"].ShouldBe("off 12:15");
        if (why == "deferred")
            _world.Windows = new([new(false, CronExpression.Parse("0 10 * * *"), null, TimeSpan.FromHours(4), TimeZoneInfo.Utc)]);
        if (why == "set aside")
            _world.Ledger.PutAside(TurnWorld.Production, "coralnet", "digest-3", "it failed", null);

        var verdict = await _world.TurnAsync(_world.Version(3, code: why == "refused" ? "impossible" : null));

        $"{verdict.Standing}".ShouldBe(why switch { "refused" => "Refused", "deferred" => "Deferred", _ => "SetAside" });
        (_world["Maintenance"], Announced).ShouldBe(("off", null));
        _world.Ledger.OpenRun(TurnWorld.Production, "coralnet")?.State.ShouldNotBe(RunState.Waiting);
    }

    [Fact]
    public async Task A_notice_goes_away_at_once_when_what_it_was_for_is_set_aside_or_refused_or_cannot_be_seen_at_its_time()
    {
        await TurnAsync();
        _world.Ledger.PutAside(TurnWorld.Production, "coralnet", "digest-2", "it failed", null);
        (await TurnAsync()).Standing.ShouldBe(Standing.SetAside);
        (_world["Maintenance"], Announced).ShouldBe(("off", null));

        _world.Ledger.TakeBack(TurnWorld.Production, "coralnet", "digest-2");
        (await TurnAsync()).Deferral!.Gate.ShouldBe("notice");
        _world["Packages"] = "unseen";
        (await TurnAsync()).Standing.ShouldBe(Standing.Unseen);
        _world["Maintenance"].ShouldBe("off 12:15");
        _world.Clock.Advance(Notice + TimeSpan.FromMinutes(6));

        (await TurnAsync()).Standing.ShouldBe(Standing.Unseen);

        (_world["Maintenance"], Announced).ShouldBe(("off", null));
    }

    [Fact]
    public async Task A_newer_commit_that_fails_to_be_prepared_takes_the_notice_of_the_one_before_away()
    {
        await TurnAsync();
        _world.Break("prepare");

        (await TurnAsync(3)).Standing.ShouldBe(Standing.SetAside);

        (_world["Maintenance"], Announced).ShouldBe(("off", null));
        Runs.ShouldNotContain(RunState.Waiting);
    }
}
