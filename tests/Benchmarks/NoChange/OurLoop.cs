using Reconciler.Cli;
using Reconciler.Documents.Expansion;
using Reconciler.Model;
using Reconciler.Planning;
using Reconciler.Turns;
using Controller = Reconciler.Cli.Controller;

namespace Reconciler.Benchmarks.NoChange;

/// <summary>A turn of the controller as `watch` takes it, ledger and all.</summary>
internal sealed class OurLoop : IAsyncDisposable
{
    private readonly Controller _controller;
    private readonly Quiet _progress = new();
    private IReadOnlyList<int>? _ssh;

    public OurLoop(BenchSite site)
    {
        var world = site.World;
        _controller = Controller.Open(new ControllerSettings(Path.Combine(world, "desired"), "main", "", Path.Combine(world, "state"), Path.Combine(world, "key"),
            Path.Combine(world, "secrets"), true, TimeSpan.FromSeconds(60)), TimeProvider.System, "watch");
    }

    public IEnumerable<int> SshProcesses => _ssh ?? [];

    public async Task CycleAsync()
    {
        if (_ssh is null)
        {
            var before = Cost.SshChildren();
            await _controller.Desired.LookAsync(CancellationToken.None);
            await TurnAsync();
            _ssh = [.. Cost.SshChildren().Except(before)];
        }
        await TurnAsync();
    }

    public ValueTask DisposeAsync() => _controller.DisposeAsync();

    private async Task TurnAsync()
    {
        var verdicts = await _controller.Loop.TurnAsync("bench", TurnOptions.Watch, _progress, CancellationToken.None);
        if (verdicts.FirstOrDefault(verdict => verdict.Verdict is not { Standing: Standing.Synced, Ailments.Count: 0 }) is { } wrong)
            throw new InvalidOperationException($"{wrong.Unit.Application}: {wrong.Verdict.Standing}: {wrong.Verdict.Sentence}");
    }

    private sealed class Quiet : ITurnProgress
    {
        public void Planned(ExpandedEnvironment environment, Unit unit, Plan plan) => throw new InvalidOperationException($"{unit.Application}: {plan.Steps.Count} steps were planned");

        public void Failed(ExpandedEnvironment environment, Unit unit, string sentence)
        {
        }

        public void Uncovered(ExpandedEnvironment environment, Unit unit, TimeSpan covered)
        {
        }

        public void Converged(ExpandedEnvironment environment, Unit unit, TimeSpan took, TimeSpan? covered)
        {
        }

        public void PhaseBegan(Phase phase, int steps)
        {
        }

        public void PhaseEnded(Phase phase, TimeSpan took)
        {
        }

        public void StepBegan(Step step)
        {
        }

        public void StepEnded(Step step, string how, TimeSpan took, string? detail)
        {
        }
    }
}
