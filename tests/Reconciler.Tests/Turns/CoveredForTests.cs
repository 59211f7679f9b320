using Reconciler.Reporting;

namespace Reconciler.Tests.Turns;

/// <summary>The log says of a run how long users saw the page, as the history does.</summary>
public sealed class CoveredForTests : IDisposable
{
    private readonly TurnWorld _world = new();

    public CoveredForTests() => _world.Converged(_world.Version(1));

    public void Dispose() => _world.Dispose();

    private TimeSpan? InHistory()
    {
        var run = _world.Ledger.Runs(TurnWorld.Production, "coralnet", 1)[0];
        var steps = _world.Ledger.Steps(run.Id);
        return CoveredStretch.Of(steps, CoveredStretch.FoundBy(run, steps, _world.Ledger), run.EndedAt!.Value).Covered;
    }

    private void Takes(string verb, int seconds) => _world.During(verb, () => _world.Clock.Advance(TimeSpan.FromSeconds(seconds)));

    [Fact]
    public async Task A_run_that_takes_up_what_a_killed_controller_left_counts_from_that_ones_cover()
    {
        _world.KillAt("code");
        await Should.ThrowAsync<KilledException>(_world.TurnAsync(_world.Version(2)));
        _world.Clock.Advance(TimeSpan.FromSeconds(20));
        _world.Restart();
        Takes("code", 8);

        (await _world.TurnAsync(_world.Version(2))).Converged.ShouldBeTrue();

        InHistory().ShouldBe(TimeSpan.FromSeconds(28));
        _world.Progress.Sentences.ShouldBe(["covered for 28.0 s", "converged"]);
    }

    [Fact]
    public async Task So_does_one_that_fails_and_goes_back()
    {
        Takes("code", 8);
        _world.BreakOnce("check");

        await _world.TurnAsync(_world.Version(2));

        _world.Progress.Sentences[^1].ShouldBe($"covered for {InHistory()!.Value.TotalSeconds:0.0} s");
        _world["Maintenance"].ShouldBe("off");
    }

    [Fact]
    public async Task One_that_leaves_the_page_there_says_nothing_of_it()
    {
        await _world.TurnAsync(_world.Version(2, times: new(null, null)));

        _world["Maintenance"].ShouldBe("on");
        _world.Progress.Sentences.ShouldAllBe(sentence => sentence == "converged");
    }
}
