using Reconciler.Journaling;
using Reconciler.Tests.Converging;
using Reconciler.Turns;

namespace Reconciler.Tests.Turns;

/// <summary>A hold lasts until the run that replaces it was brought about: nothing before that starts old services on a half-migrated database.</summary>
public sealed class HoldTests : IDisposable
{
    private readonly TurnWorld _world = new();

    public void Dispose() => _world.Dispose();

    /// <summary>Version 1 was converged; version 2 broke off in its migration.</summary>
    private async Task<Run> HeldAsync()
    {
        _world.Converged(_world.Version(1));
        _world.Break("migrate", "IntegrityError: half of it");
        (await _world.TurnAsync(_world.Version(2, schema: 1))).Standing.ShouldBe(Standing.Held);
        ShouldBeDownBehindThePage();
        return _world.Held!;
    }

    private void ShouldBeDownBehindThePage() => (_world["Maintenance"], _world["Service"]).ShouldBe(("on", "down"));

    [Fact]
    public async Task While_held_nothing_is_done_by_itself()
    {
        await HeldAsync();

        (await _world.TurnAsync(_world.Version(2, schema: 1))).Standing.ShouldBe(Standing.Held);

        _world.Done.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_newer_state_that_fails_in_Prepare_leaves_the_hold_in_force(bool restarted)
    {
        var held = await HeldAsync();
        _world.Break("prepare", "no matching distribution");
        if (restarted)
            _world.Restart();

        var newer = await _world.TurnAsync(_world.Version(3, schema: 1));

        newer.Standing.ShouldBe(Standing.Held);
        newer.Headline.ShouldContain("IntegrityError: half of it");
        newer.Headline.ShouldContain($"Held by run {held.Id}");
        newer.Headline.ShouldContain("no matching distribution");
        _world.Done.ShouldBe(["prepare"]);
        _world.Held!.Id.ShouldBe(held.Id);
        ShouldBeDownBehindThePage();
        if (restarted)
            _world.Restart();

        // The state of before is not mended beside it either: its code does not fit this database.
        var next = await _world.TurnAsync(_world.Version(3, schema: 1));
        next.Standing.ShouldBe(Standing.Held);
        next.Headline.ShouldContain("no matching distribution");
        _world.Done.ShouldBeEmpty();
        ShouldBeDownBehindThePage();
    }

    [Fact]
    public async Task A_controller_that_dies_in_the_Prepare_of_the_newer_state_finds_the_hold_again()
    {
        var held = await HeldAsync();
        _world.KillAt("prepare");
        await Should.ThrowAsync<KilledException>(_world.TurnAsync(_world.Version(3, schema: 1)));
        _world.Restart();
        _world.Break("prepare");

        (await _world.TurnAsync(_world.Version(3, schema: 1))).Standing.ShouldBe(Standing.Held);

        _world.Held!.Id.ShouldBe(held.Id);
        ShouldBeDownBehindThePage();
    }

    [Fact]
    public async Task A_newer_state_that_comes_through_takes_over_and_opens_the_site()
    {
        var held = await HeldAsync();
        _world.Mend("migrate");

        (await _world.TurnAsync(_world.Version(3, schema: 1))).Standing.ShouldBe(Standing.Synced);

        (_world["Code"], _world["Migrations"], _world["Service"], _world["Maintenance"]).ShouldBe(("code-3", "schema-1", "up", "off"));
        _world.Ledger.FindRun(held.Id)!.State.ShouldBe(RunState.Superseded);
        _world.Held.ShouldBeNull();
    }

    [Fact]
    public async Task A_newer_state_that_fails_after_Cover_is_held_itself_and_never_goes_back()
    {
        var held = await HeldAsync();
        _world.Mend("migrate");
        // The migration had come through after all: this run has none.
        _world["Migrations"] = "schema-1";
        _world.Break("start", "it does not start");

        var verdict = await _world.TurnAsync(_world.Version(3, schema: 1));

        verdict.Standing.ShouldBe(Standing.Held);
        verdict.Headline.ShouldContain("it does not start");
        verdict.Reason.ShouldContain("IntegrityError: half of it");
        _world["Code"].ShouldBe("code-3");
        ShouldBeDownBehindThePage();
        _world.Ledger.FindRun(held.Id)!.State.ShouldBe(RunState.Superseded);
        _world.Held!.Digest.ShouldBe("digest-3");
    }

    [Fact]
    public async Task Going_back_to_the_state_of_before_in_git_is_a_newer_state_as_a_whole_and_not_drift_to_be_mended()
    {
        await HeldAsync();
        _world["Migrations"] = "unseen";

        (await _world.TurnAsync(_world.Version(1))).Standing.ShouldBe(Standing.Held);
        _world.Done.ShouldBeEmpty();

        _world["Migrations"] = "schema-1";
        _world.Break("migrate", "cannot be unapplied");
        (await _world.TurnAsync(_world.Version(1))).Standing.ShouldBe(Standing.Held);
        ShouldBeDownBehindThePage();
    }

    [Fact]
    public async Task Cancelled_before_Cover_the_hold_stays()
    {
        var held = await HeldAsync();
        _world.Servers.Answers[("web1", "prepare")] = () =>
        {
            _world.Stop.Cancel();
            return Task.FromResult(ScriptedServers.Answer.Done);
        };

        (await _world.TurnAsync(_world.Version(3, schema: 1))).Standing.ShouldBe(Standing.Held);

        _world.Done.ShouldBe(["prepare"]);
        _world.Held!.Id.ShouldBe(held.Id);
    }

    [Fact]
    public async Task A_gate_that_is_not_met_does_not_wake_the_state_of_before()
    {
        using var world = new TurnWorld { PromotedFrom = new("staging", TimeSpan.FromHours(2)) };
        world.Converged(world.Version(1));
        world.Break("migrate");
        world.Ledger.RecordHealthy("staging", "coralnet", new string('2', 40), "base");
        world.Clock.Advance(TimeSpan.FromHours(3));
        (await world.TurnAsync(world.Version(2, schema: 1))).Standing.ShouldBe(Standing.Held);

        var waiting = await world.TurnAsync(world.Version(3, schema: 1));

        waiting.Standing.ShouldBe(Standing.Held);
        waiting.Headline.ShouldContain("has not run in staging yet");
        world.Done.ShouldBeEmpty();
        world["Service"].ShouldBe("down");
    }

    [Fact]
    public async Task A_controller_that_died_after_a_migration_began_does_not_go_back_over_it()
    {
        _world.Converged(_world.Version(1));
        _world.KillAt("start");
        await Should.ThrowAsync<KilledException>(_world.TurnAsync(_world.Version(2, schema: 1)));
        _world.Restart();
        _world.Break("start", "it does not start");

        var verdict = await _world.TurnAsync(_world.Version(2, schema: 1));

        verdict.Standing.ShouldBe(Standing.Held);
        (_world["Code"], _world["Service"]).ShouldBe(("code-2", "down"));
    }

    [Fact]
    public async Task A_person_who_mended_by_hand_and_converges_ends_the_hold()
    {
        var held = await HeldAsync();
        var wanted = _world.Version(2, schema: 1);
        foreach (var (kind, word) in new[] { ("Code", "code-2"), ("Migrations", "schema-1"), ("Service", "up"), ("Maintenance", "off") })
            _world[kind] = word;

        (await _world.TurnAsync(wanted, new TurnOptions(DryRun: false, ByPerson: true, HealAll: false))).Standing.ShouldBe(Standing.Synced);

        _world.Done.ShouldBeEmpty();
        _world.Ledger.FindRun(held.Id)!.State.ShouldBe(RunState.Superseded);
    }
}
