using Reconciler.Journaling;
using Reconciler.Reporting;
using Reconciler.Turns;

namespace Reconciler.Tests.Turns;

/// <summary>A person's <c>hold</c> stops a run before its next phase, whichever that is, and it stays stopped until a person or a newer
/// commit.</summary>
public sealed class HoldOnRequestTests : IDisposable
{
    private static readonly TurnOptions Person = new(DryRun: false, ByPerson: true, HealAll: false);
    private readonly TurnWorld _world = new();

    public void Dispose() => _world.Dispose();

    private async Task<Verdict> HeldDuringAsync(string verb)
    {
        _world.Converged(_world.Version(1));
        _world.During(verb, () => _world.Ask("hold", """{"reason":"INC-1"}"""));
        var verdict = await _world.TurnAsync(_world.Version(2));
        _world.Mend(verb);
        return verdict;
    }

    private Health HealthOf(Verdict verdict)
    {
        var unit = _world.Version(2);
        return VerdictStatus.Of(_world.Environment(unit), unit, verdict, null, _world.Clock.GetUtcNow()).Health;
    }

    [Fact]
    public async Task Before_Cover_nothing_is_stopped_and_who_and_why_are_told()
    {
        var verdict = await HeldDuringAsync("prepare");

        _world.Done.ShouldBe(["prepare"]);
        (_world["Maintenance"], _world["Service"]).ShouldBe(("off", "up"));
        verdict.Standing.ShouldBe(Standing.Held);
        verdict.Reason.ShouldStartWith("held before Cover by ada@controller: INC-1. Nothing was stopped. "
            + "It goes on with a newer desired state, or with `reconciler retry production coralnet`");
        _world.Ledger.Requests(1)[0].Outcome.ShouldBe($"run {_world.Held!.Id} of coralnet is held before Cover");
        HealthOf(verdict).ShouldBe(Health.Healthy);
        _world["Service"] = "down";
        HealthOf(await _world.TurnAsync(_world.Version(2))).ShouldBe(Health.Degraded);
    }

    [Fact]
    public async Task After_Cover_the_page_stays_on()
    {
        var verdict = await HeldDuringAsync("stop");

        _world.Done.ShouldBe(["prepare", "cover", "stop"]);
        (_world["Maintenance"], _world["Service"]).ShouldBe(("on", "down"));
        verdict.Reason.ShouldContain("What is stopped stays stopped, and a page that is on stays on.");
        HealthOf(verdict).ShouldBe(Health.Degraded);
    }

    [Theory]
    [InlineData("prepare")]
    [InlineData("stop")]
    public async Task By_itself_nothing_goes_on_and_with_a_word_it_comes_through(string verb)
    {
        await HeldDuringAsync(verb);
        (await _world.TurnAsync(_world.Version(2))).Standing.ShouldBe(Standing.Held);
        _world.Done.ShouldBeEmpty();

        (await _world.TurnAsync(_world.Version(2), Person)).Converged.ShouldBeTrue();

        _world.Held.ShouldBeNull();
        (_world["Maintenance"], _world["Service"], _world["Code"]).ShouldBe(("off", "up", "code-2"));
    }

    [Fact]
    public async Task A_newer_commit_goes_on_by_itself()
    {
        await HeldDuringAsync("prepare");

        (await _world.TurnAsync(_world.Version(3))).Converged.ShouldBeTrue();

        _world.Held.ShouldBeNull();
    }

    [Fact]
    public async Task What_fails_after_a_hold_that_stopped_nothing_goes_back_as_ever()
    {
        await HeldDuringAsync("prepare");
        _world.BreakOnce("code");

        (await _world.TurnAsync(_world.Version(2), Person)).Standing.ShouldBe(Standing.SetAside);

        _world.LastRun.ShouldBe(RunState.RolledBack);
        (_world.Held, _world["Maintenance"], _world["Service"]).ShouldBe((null, "off", "up"));
    }

    [Fact]
    public async Task Another_request_does_not_hold_it()
    {
        _world.Converged(_world.Version(1));
        _world.During("prepare", () => _world.Ask("retry", "{}"));

        (await _world.TurnAsync(_world.Version(2))).Converged.ShouldBeTrue();
    }

    [Fact]
    public async Task What_a_dead_controller_left_in_the_middle_can_be_held_before_the_next_one_goes_on()
    {
        _world.Converged(_world.Version(1));
        _world.KillAt("code");
        await Should.ThrowAsync<KilledException>(() => _world.TurnAsync(_world.Version(2)));
        _world.Restart();
        _world.Mend("code");

        var (done, sentence) = new Pauses(_world.Ledger).Hold(TurnWorld.Production, "coralnet", "INC-1", "ada@controller",
            interrupted: true)!.Value;

        (done, sentence).ShouldBe((true, $"run {_world.Held!.Id} of coralnet is held"));
        (await _world.TurnAsync(_world.Version(2))).Standing.ShouldBe(Standing.Held);
        _world.Done.Where(verb => verb != "settle").ShouldBeEmpty();
    }
}
