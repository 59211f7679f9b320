using Reconciler.Turns;

namespace Reconciler.Tests.Turns;

public sealed class RetriesTests : IDisposable
{
    private readonly TurnWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Fact]
    public async Task What_fails_again_is_tried_ever_more_seldom_and_at_once_when_a_person_asks()
    {
        _world.Converged(_world.Version(1))["Service"] = "down";
        _world.Break("start");
        (await _world.TurnAsync(_world.Version(1))).Standing.ShouldBe(Standing.Failed);

        foreach (var seconds in new[] { 5, 10, 20, 40, 80, 160, 180, 180 })
        {
            _world.Clock.Advance(TimeSpan.FromSeconds(seconds - 1));
            var waits = await _world.TurnAsync(_world.Version(1));
            (waits.Standing, waits.Deferral?.Gate).ShouldBe((Standing.Failed, "retry"));
            waits.Reason.ShouldContain("next try at");
            _world.Done.ShouldBeEmpty();
            _world.Clock.Advance(TimeSpan.FromSeconds(1));
            (await _world.TurnAsync(_world.Version(1))).Deferral.ShouldBeNull();
            _world.Done.ShouldNotBeEmpty();
        }

        _world.Mend("start");
        (await _world.TurnAsync(_world.Version(1), new(DryRun: false, ByPerson: true, HealAll: false))).Standing.ShouldBe(Standing.Synced);
    }

    [Fact]
    public async Task Something_else_waits_for_nothing()
    {
        _world.Converged(_world.Version(1))["Service"] = "down";
        _world.Break("start");
        (await _world.TurnAsync(_world.Version(1))).Standing.ShouldBe(Standing.Failed);
        _world.Mend("start");

        (await _world.TurnAsync(_world.Version(2))).Standing.ShouldBe(Standing.Synced);
    }
}
