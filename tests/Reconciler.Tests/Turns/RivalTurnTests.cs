using Reconciler.Model;
using Reconciler.Turns;

namespace Reconciler.Tests.Turns;

/// <summary>A notice that nginx shows is not put up beside a file that claims the site: nginx would read that file with it.</summary>
public sealed class RivalTurnTests : IDisposable
{
    private readonly TurnWorld _world = new() { Skip = new Dictionary<Phase, string>(), HasBanner = true };

    public RivalTurnTests()
    {
        _world.Converged(_world.Version(1));
        _world["NginxSite"] = "ours rival";
    }

    public void Dispose() => _world.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_deploy_waits_for_it_to_be_taken_away_also_when_a_person_asks_for_healing(bool heal)
    {
        var options = heal ? new TurnOptions(DryRun: false, ByPerson: true, HealAll: true) : null;

        var verdict = await _world.TurnAsync(_world.Version(2), options);

        verdict.Standing.ShouldBe(Standing.Refused);
        verdict.Reason.ShouldContain("nginx reads aaa");
        verdict.Reason.ShouldContain("take that file away first");
        _world.Done.ShouldBeEmpty();

        _world["NginxSite"] = "ours";
        (await _world.TurnAsync(_world.Version(2))).Standing.ShouldBe(Standing.Deferred);
        _world.Done.ShouldBe(["prepare", "announce", "nginx"]);
    }

    [Fact]
    public async Task A_flag_tells_nobody_and_covers_all_the_same_at_its_time()
    {
        var version = _world.Version(1, times: new(_world.Clock.GetUtcNow() + TimeSpan.FromHours(1), null));

        (await _world.TurnAsync(version)).Reason.ShouldContain("nginx reads aaa");
        _world.Done.ShouldBeEmpty();

        _world.Clock.Advance(TimeSpan.FromHours(1));
        await _world.TurnAsync(version);

        _world["Maintenance"].ShouldBe("on");
        _world.Done.ShouldNotContain("nginx");
    }
}
