using System.Diagnostics;
using Reconciler.LiveTests.Deploys;
using Reconciler.LiveTests.Support;
using Reconciler.Model;

namespace Reconciler.LiveTests.Grid;

/// <summary>The deploy once, undisturbed: its steps, and of the time just before each a copy of the server's files and of the controller's folder.</summary>
/// <param name="keeps">Of which steps, by number and name, copies are wanted.</param>
internal sealed class Recording(GridSite site, Func<int, string, bool> keeps, Action<string> say)
{
    private static readonly TimeSpan Soon = TimeSpan.FromMinutes(5);
    private static readonly string Executable =
        Environment.GetEnvironmentVariable("RECONCILER_STOPPING") ?? Path.Combine(AppContext.BaseDirectory, "stopping-reconciler");
    private readonly string _folder = $"{site.World}-recorded";

    private readonly Dictionary<int, GridStep> _starts = [];

    private GridStep? _kept;

    public List<GridStep> Steps { get; } = [];

    /// <summary>What was counted when all was done.</summary>
    public Effects End { get; private set; } = null!;

    /// <summary>Files and processes that are there when all was done.</summary>
    public IReadOnlySet<string> Left { get; private set; } = null!;

    /// <summary>How many beginnings of maintenance users were told of in all.</summary>
    public int Told { get; private set; }

    /// <param name="point">Where it stops; <c>none</c> for nowhere.</param>
    /// <param name="without">The safeguard that is taken out; empty for none.</param>
    /// <param name="state">Its folder.</param>
    public Controller Controller(string point, string step, string without, string state = "state") =>
        new("grid", site.World, Path.Combine(site.World, state), site.Outputs)
        {
            Executable = Executable,
            Environment = new Dictionary<string, string> { ["STOP_AT"] = point, ["STOP_STEP"] = step, ["WITHOUT"] = without },
        };

    public async Task RecordAsync()
    {
        await site.PrepareAsync();
        var acted = 0;
        for (var turn = 0; turn < 5; turn++)
        {
            await using var program = Controller("before-intent", "*", "").Start("converge", "grid");
            for (var stop = 0; await program.LineAsync("@stopped ", stop, Soon) is { } line; stop++)
            {
                acted = NoteActed(program, stop, acted);
                // Looked at once more after the wait, if that has not passed meanwhile: what a step is called must not hang on how fast this machine is.
                if (line.TrimEnd().Split(' ', 4)[3] is var name && (Steps.Count == 0 || Steps[^1].Name != name))
                    await KeepAsync(name);
                await program.TellAsync("go");
            }
            await program.EndedAsync(Soon);
            NoteActed(program, Steps.Count, acted);
            acted = 0;
            if (program.ExitCode is not (0 or 3))
                throw new InvalidOperationException($"The deploy that is recorded ended with {program.ExitCode}: {program.Output}");
            if (program.ExitCode == 0)
            {
                (End, Left, Told) = (await Effects.OnAsync(site.Host), await Leftovers.OnAsync(site), Journal.Of(Path.Combine(site.World, "state")).Told);
                return;
            }
        }
        throw new InvalidOperationException("The deploy does not come to its end.");
    }

    /// <summary>
    /// The copies from which a step may be reached, the nearest first: one that only looks after another one is no part of a plan that is made when the other
    /// is done, and what belongs to a deploy as a whole is taken only from its beginning on.
    /// </summary>
    public IReadOnlyList<GridStep> StartsFor(GridStep step)
    {
        if (_starts.TryGetValue(step.Number, out var known))
            return [known];
        var before = Steps.Take(step.Number - 1).Where(each => each is { Acts: true, IsKept: true }).Reverse().ToList();
        var first = before.LastOrDefault(each => each.Phase == step.Phase || each.Phase == nameof(Phase.Backup));
        return [.. before.Take(3).Prepend(step).Concat(first is null ? [] : [first]).DistinctBy(each => each.Number)];
    }

    public void NoteStart(GridStep step, GridStep start) => _starts[step.Number] = start;

    /// <summary>Server and controller as they were just before a step.</summary>
    public async Task RestoreAsync(GridStep step, Parts parts)
    {
        await site.Server.MendAsync();
        await Command.OkAsync(TestHosts.Script, "restore", site.Host.Lab, site.Host.Name, step.Tag);
        parts.Ended("boot");
        site.Host.MarkAsSearched();
        var state = Path.Combine(site.World, "state");
        foreach (var old in new[] { state, Path.Combine(site.World, "newer") }.Where(Directory.Exists))
            Directory.Delete(old, recursive: true);
        await Command.OkAsync("cp", "--archive", Path.Combine(_folder, step.Tag), state);
        await site.WakeAsync(step.Stopped);
        await site.Server.RecognisePlacedFilesAsync();
        parts.Ended("wake");
    }

    private int NoteActed(RunningProgram program, int stop, int before)
    {
        var acted = program.Output.Split('\n').Count(line => line.StartsWith("@acted", StringComparison.Ordinal));
        if (stop > 0 && acted > before)
            Steps[^1].Acts = true;
        return acted;
    }

    private async Task KeepAsync(string name)
    {
        if (!keeps(Steps.Count + 1, name))
        {
            Steps.Add(new(Steps.Count + 1, name, [], new(new Dictionary<string, int>())) { IsKept = false });
            return;
        }
        var began = Stopwatch.GetTimestamp();
        var pids = await site.Server.PidsAsync();
        var step = new GridStep(Steps.Count + 1, name, [.. SiteServer.Programs.Where(program => pids[program] == 0)], await Effects.OnAsync(site.Host));
        string[] like = _kept is null ? [] : [_kept.Tag];
        await Command.OkAsync(TestHosts.Script, ["snapshot", site.Host.Lab, site.Host.Name, step.Tag, .. like]);
        Directory.CreateDirectory(_folder);
        await Command.OkAsync("cp", "--archive", Path.Combine(site.World, "state"), Path.Combine(_folder, step.Tag));
        Steps.Add(_kept = step);
        say($"{step.Number,3} {step}{(step.Stopped.Count == 0 ? "" : $" (stopped: {string.Join(", ", step.Stopped)})")}, kept in {Stopwatch.GetElapsedTime(began).TotalSeconds:0.0} s");
    }
}
