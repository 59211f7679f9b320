using Reconciler.Cli;
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
            var before = Cost.SshChildren(Environment.ProcessId);
            await _controller.Desired.LookAsync(CancellationToken.None);
            await TurnAsync();
            _ssh = [.. Cost.SshChildren(Environment.ProcessId).Except(before)];
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
}
