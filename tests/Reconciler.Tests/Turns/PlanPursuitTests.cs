using Reconciler.Turns;

namespace Reconciler.Tests.Turns;

/// <summary>Plan by plan, each from a fresh look, until that asks for nothing more; the observation decides, not the exit codes.</summary>
public sealed class PlanPursuitTests : IDisposable
{
    private readonly TurnWorld _world = new();

    public PlanPursuitTests() => _world.Converged(_world.Version(1));

    public void Dispose() => _world.Dispose();

    private Task<Verdict> TurnAsync() => _world.TurnAsync(_world.Version(2));

    [Fact]
    public async Task What_only_a_look_from_nothing_finds_is_prepared_before_anything_stops()
    {
        // Prepared as the turn's look remembered it, and gone by then.
        _world["Code"] = "code-1 code-2";
        var looks = 0;
        _world.OnLook = () =>
        {
            if (++looks == 2)
                _world["Code"] = "code-1";
        };

        var verdict = await TurnAsync();

        verdict.Converged.ShouldBeTrue(verdict.Reason);
        _world.Done.ShouldBe(["prepare", "cover", "stop", "code", "start", "check", "uncover"]);
    }

    [Fact]
    public async Task Steps_that_all_succeed_without_effect_are_no_success()
    {
        _world.Ineffective.Add("code");

        var verdict = await TurnAsync();

        verdict.Standing.ShouldBe(Standing.SetAside);
        verdict.Headline.ShouldContain("every step succeeded, but afterwards web1: code is code-1, git says code-2");
        (_world["Service"], _world["Maintenance"]).ShouldBe(("up", "off"));
    }

    [Fact]
    public async Task What_somebody_else_changes_meanwhile_is_drift_and_not_the_failure_of_this_run()
    {
        _world.During("check", () => _world["Packages"] = "somebody's");

        var verdict = await TurnAsync();

        (verdict.Converged, verdict.Standing).ShouldBe((true, Standing.Drifted));
        (_world["Code"], _world["Packages"]).ShouldBe(("code-2", "somebody's"));
        _world.Mend("check");
        (await TurnAsync()).Standing.ShouldBe(Standing.Drifted);
    }

    [Fact]
    public async Task A_Prepare_that_fails_and_need_not_be_repeated_leads_another_way()
    {
        _world.During("prepare", () => _world["Code"] = "code-1 code-2", fails: true);

        (await TurnAsync()).Standing.ShouldBe(Standing.Synced);

        _world.Done.ShouldBe(["prepare", "cover", "stop", "code", "start", "check", "uncover"]);
    }

    [Fact]
    public async Task What_could_not_be_seen_after_Prepare_forbids_the_exact_plan_for_now()
    {
        _world.During("prepare", () => _world["Migrations"] = "unseen");

        var verdict = await TurnAsync();

        verdict.Standing.ShouldBe(Standing.Failed);
        verdict.Reason.ShouldContain("it cannot be seen");
        _world.Done.ShouldBe(["prepare"]);
        _world["Migrations"] = "schema-0";
        _world.Mend("prepare");
        _world.Clock.Advance(TimeSpan.FromSeconds(5));
        (await TurnAsync()).Standing.ShouldBe(Standing.Synced);
    }

    [Fact]
    public async Task A_Prepare_that_never_gets_anywhere_is_given_up()
    {
        _world.Ineffective.Add("prepare");

        (await TurnAsync()).Standing.ShouldNotBe(Standing.Synced);

        _world.Done.Count(verb => verb == "prepare").ShouldBe(5);
        _world.Done.ShouldNotContain("cover");
    }
}
