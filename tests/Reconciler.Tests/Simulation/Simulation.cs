using Reconciler.Journaling;
using Reconciler.Tests.Turns;
using Reconciler.Turns;

namespace Reconciler.Tests.Simulation;

/// <summary>
/// One run of everything that decides and remembers (turns, planner, converger, ledger) against simulated servers, with faults of a seed, on a clock
/// that jumps: first nothing bad may happen, then, once the faults have stopped, all comes to an end.
/// </summary>
internal sealed class Simulation
{
    private const int MostTurns = 15;
    private static readonly TimeSpan LongestRetry = TimeSpan.FromMinutes(4);

    private readonly SimulatedWorld _world;
    private readonly List<SimulatedController> _paused = [];
    private SimulatedController? _controller;
    private int _controllers;

    private Simulation(SimulatedWorld world) => _world = world;

    /// <returns>What was wrong, and the story of it; nothing when all was well.</returns>
    public static (IReadOnlyCollection<string> Faults, IReadOnlyList<string> Story) Of(int seed, Weakness weakness = Weakness.None)
    {
        var folder = Scratch();
        SimulatedWorld? world = null;
        try
        {
            VirtualTime.Run(time =>
            {
                world = new(seed, weakness, time, folder);
                return new Simulation(world).RunAsync();
            });
        }
        catch (Exception fault) when (world is not null)
        {
            world.Truth.Say($"{fault}");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
        return (world!.Truth.Faults, world.Story);
    }

    // In memory where there is such a folder: what is on the disk after a power cut is not what is looked at here.
    private static string Scratch() => Directory.CreateDirectory(
        Path.Combine(Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath(), $"reconciler-simulation-{Guid.NewGuid():N}")).FullName;

    private async Task RunAsync()
    {
        _world.Faults.Strike = false;
        var first = _world.Commit(works: true);
        if (_world.Faults.Happens(0.8))
        {
            _world.Converge(first);
            Current.Ledger.RecordConverged(SimulatedWorld.Production, SimulatedWorld.Application, first.Digest, first.CodeCommit!, first.CodeCommit);
        }
        _world.Faults.Strike = true;
        var until = _world.Time.GetUtcNow() + _world.Faults.Time(300, 1800);
        for (var commits = 1 + _world.Faults.Number(3); _world.Time.GetUtcNow() < until;)
        {
            if (commits > 0 && _world.Faults.Happens(0.3))
            {
                _ = CommitLaterAsync();
                commits--;
            }
            if (_world.Faults.Happens(0.05))
                Crash(_world.Faults.Pick([.. _world.Servers]));
            if (_world.MayMiss && _world.Faults.Happens(0.04))
                _world.Faults.Pick([.. _world.Servers]).Reboot(_world.Faults.Time(120, 590));
            await InTurnAsync();
            await _world.DelayAsync(_world.Faults.Time(1, 90));
        }
        await EndAsync();
    }

    private SimulatedController Current => _controller ??= new(++_controllers, _world);

    /// <summary>In the middle of a turn as well as between two.</summary>
    private async Task CommitLaterAsync()
    {
        await _world.DelayAsync(_world.Faults.Time(0, 60));
        _world.Commit(works: _world.Faults.Happens(0.75));
    }

    private void Crash(SimulatedServer server)
    {
        if (server.Serves is null)
            return;
        _world.Tell($"the service of {server.Name} dies");
        server["Service"] = "down";
    }

    /// <summary>One turn of whoever is in charge; null when it broke off.</summary>
    private async Task<Verdict?> InTurnAsync()
    {
        var controller = Current;
        try
        {
            var turn = controller.TurnAsync(_world.Environment, TurnOptions.Watch with { ByPerson = _world.Faults.Strike && _world.Faults.Happens(0.03) });
            if (await Task.WhenAny(turn, controller.Stopped) == turn)
            {
                var verdict = await turn;
                _world.Tell($"turn: {verdict.Standing}: {verdict.Headline}");
                return verdict;
            }
            _ = WatchAsync(turn, controller);
        }
        catch (Exception fault) when (fault is KilledException or LedgerException)
        {
            _world.Tell($"controller {controller.Number} ends: {fault.Message}");
        }
        await SucceedAsync(controller);
        return null;
    }

    /// <summary>What it does after its time: it may end as it likes, but by no fault of its own.</summary>
    private async Task WatchAsync(Task turn, SimulatedController controller)
    {
        try
        {
            await turn;
        }
        catch (Exception fault) when (fault is KilledException or LedgerException)
        {
            _world.Tell($"controller {controller.Number} ends: {fault.Message}");
        }
        catch (Exception fault)
        {
            _world.Truth.Say($"controller {controller.Number}: {fault}");
        }
    }

    /// <summary>The lease runs out, and the next one begins; one that only stood still goes on some time after.</summary>
    private async Task SucceedAsync(SimulatedController controller)
    {
        await _world.DelayAsync(_world.Faults.Time(1, 60));
        if (controller.IsPaused && _world.Faults.Happens(0.5))
            GoOnWithACopy(controller);
        else
            controller.Depose();
        if (_world.Weakness == Weakness.Intent)
            using (var database = SqliteStore.Open(Path.Combine(_world.Folder, "ledger.db"), Microsoft.Data.Sqlite.SqliteOpenMode.ReadWrite))
                database.Execute("DELETE FROM steps WHERE state = $state", ("$state", StepState.Intended));
        _controller = null;
        if (!controller.IsPaused)
            return;
        _paused.Add(controller);
        _ = ContinueLaterAsync(controller);
    }

    /// <summary>As from a backup: there are two ledgers with one name, and only the servers' fences keep the older one from acting.</summary>
    private void GoOnWithACopy(SimulatedController controller)
    {
        _world.Tell($"controller {controller.Number} keeps a ledger of its own");
        _world.Truth.Strangers.Add(controller.Number);
        var copy = Directory.CreateDirectory(Path.Combine(_world.Folder, "next"));
        foreach (var file in Directory.EnumerateFiles(_world.Folder, "ledger.db*"))
            File.Copy(file, Path.Combine(copy.FullName, Path.GetFileName(file)));
        _world.Folder = copy.FullName;
    }

    private async Task ContinueLaterAsync(SimulatedController controller)
    {
        await _world.DelayAsync(_world.Faults.Time(0, 300));
        controller.Continue();
    }

    private async Task EndAsync()
    {
        _world.Tell("no faults any more");
        _world.Faults.Strike = false;
        foreach (var controller in _paused)
            controller.Continue();
        await _world.DelayAsync(TimeSpan.FromMinutes(10));
        await ComesToAnEndAsync([Standing.Synced, Standing.Held, Standing.SetAside]);
        _world.Commit(works: true);
        await ComesToAnEndAsync([Standing.Synced]);
        foreach (var resource in _world.Wanted.Resources.Where(resource => resource.Spec is ToySpec))
            if (_world.ServerOf(resource.Id.Server)[resource.Id.Kind].Split(' ')[0] is var live && live != ((ToySpec)resource.Spec).Wanted)
                _world.Truth.Say($"{resource.Id} counts as synced and is {live}");
        foreach (var server in _world.Servers.Where(server => !server.IsOpen || server.Serves != (server.Code == "none" ? null : server.Code)))
            _world.Truth.Say($"{server.Name} counts as synced: {server}");
        _world.Truth.LookAtSite();
        foreach (var controller in _paused.Where(controller => controller is { IsDead: false, IsDeposed: false }).Append(Current))
        {
            _world.Truth.LookAtJournal(controller.Ledger, controller.Number);
            controller.Depose();
        }
    }

    /// <summary>A turn that ends so and does nothing.</summary>
    private async Task ComesToAnEndAsync(IReadOnlyList<Standing> ends)
    {
        Verdict? verdict = null;
        for (var turn = 0; turn < MostTurns; turn++)
        {
            var begun = _world.Truth.Begun;
            verdict = await InTurnAsync();
            if (verdict is not null && ends.Contains(verdict.Standing) && begun == _world.Truth.Begun)
                return;
            await _world.DelayAsync(LongestRetry);
        }
        _world.Truth.Say($"it does not come to an end: {verdict?.Standing}: {verdict?.Reason}");
    }
}
