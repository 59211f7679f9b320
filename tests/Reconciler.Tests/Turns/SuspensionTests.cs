using Reconciler.Reporting;
using Reconciler.Turns;

namespace Reconciler.Tests.Turns;

/// <summary>What is suspended is looked at and reported, and nothing is changed on it; it ends by itself, or with the command that it
/// names.</summary>
public sealed class SuspensionTests : IDisposable
{
    private readonly TurnWorld _world = new();

    public void Dispose() => _world.Dispose();

    private void Suspend(string? application = null, double? hours = null) =>
        _world.Ledger.Suspend(TurnWorld.Production, application, "INC-1", "ada@controller",
        hours is null ? null : _world.Clock.GetUtcNow().AddHours(hours.Value));

    private async Task<Verdict> DeployedAsync(TurnOptions? options = null) => await _world.TurnAsync(_world.Version(2), options);

    [Theory]
    [InlineData(null, "reconciler resume production")]
    [InlineData("coralnet", "reconciler resume production coralnet")]
    public async Task Neither_a_deploy_nor_healing_changes_anything(string? application, string lift)
    {
        _world.Converged(_world.Version(1));
        _world["Service"] = "down";
        Suspend(application);

        var verdict = await DeployedAsync();

        _world.Done.ShouldBeEmpty();
        (verdict.Standing, verdict.Suspension!.Lift).ShouldBe((Standing.Suspended, lift));
        verdict.Reason.ShouldStartWith("suspended by ada@controller since 2026-11-21T12:00:00Z: INC-1. "
            + "Nothing is changed here until `reconciler resume production");
        verdict.Reason.ShouldEndWith(" 2 difference(s) from git are left as they are.");
        WaysOn.Of(_world.Environment(_world.Version(2)), _world.Version(2), verdict).ShouldHaveSingleItem().Paste.ShouldBe(lift);
    }

    [Fact]
    public async Task Nobodys_converge_changes_anything_either()
    {
        _world.Converged(_world.Version(1));
        Suspend();

        var verdict = await DeployedAsync(new(DryRun: false, ByPerson: true, HealAll: true));

        _world.Done.ShouldBeEmpty();
        verdict.Standing.ShouldBe(Standing.Suspended);
    }

    [Fact]
    public async Task Another_application_is_not_concerned()
    {
        _world.Converged(_world.Version(1));
        Suspend("other");

        (await DeployedAsync()).Converged.ShouldBeTrue();
    }

    [Fact]
    public async Task Its_health_is_suspended_with_until_when_and_its_differences_are_reported()
    {
        _world.Converged(_world.Version(1));
        Suspend(hours: 2);
        var unit = _world.Version(2);

        var verdict = await DeployedAsync();
        var status = VerdictStatus.Of(_world.Environment(unit), unit, verdict, null, _world.Clock.GetUtcNow());

        (status.Sync, status.Health, status.Of("Ready")!.Reason, status.Of("Stalled")!.Status)
            .ShouldBe((SyncStatus.OutOfSync, Health.Suspended, "Suspended", "False"));
        status.WaitsUntil.ShouldBe(_world.Clock.GetUtcNow().AddHours(2));
        status.Differences.ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            difference => difference.Does.ShouldStartWith("does nothing: it is suspended by ada@controller"),
            difference => difference.Command.ShouldBe("reconciler resume production"));
    }

    [Fact]
    public async Task It_ends_by_itself_when_its_time_is_over()
    {
        _world.Converged(_world.Version(1));
        Suspend(hours: 2);
        (await DeployedAsync()).Standing.ShouldBe(Standing.Suspended);
        _world.Clock.Advance(TimeSpan.FromHours(2));

        (await DeployedAsync()).Converged.ShouldBeTrue();
    }

    [Fact]
    public async Task It_survives_a_restart_and_ends_when_it_is_lifted()
    {
        _world.Converged(_world.Version(1));
        Suspend();
        _world.Restart();
        (await DeployedAsync()).Standing.ShouldBe(Standing.Suspended);
        _world.Ledger.Resume(TurnWorld.Production, null);

        (await DeployedAsync()).Converged.ShouldBeTrue();
    }

    [Fact]
    public async Task A_run_that_is_under_way_goes_on_to_its_end()
    {
        _world.Converged(_world.Version(1));
        _world.During("stop", () => Suspend());

        (await DeployedAsync()).Converged.ShouldBeTrue();
        (await DeployedAsync()).Standing.ShouldBe(Standing.Suspended);
    }

    [Fact]
    public async Task A_plan_still_says_what_would_be_done()
    {
        _world.Converged(_world.Version(1));
        Suspend();

        var verdict = await DeployedAsync(TurnOptions.Plan);

        verdict.Standing.ShouldBe(Standing.Suspended);
        verdict.Plan.Steps.ShouldNotBeEmpty();
    }
}
