using System.Text.Json;
using Reconciler.Benchmarks.Recording;
using Reconciler.Benchmarks.Scale;
using Reconciler.Diffing;
using Reconciler.Documents.Expansion;
using Reconciler.Journaling;
using Reconciler.Observing;
using Planner = Reconciler.Planning.Planner;
using Reconciler.Resources;
using Reconciler.Turns;

namespace Reconciler.Benchmarks.Planning;

/// <summary>One size, measured in this process.</summary>
/// <param name="ExpandSeconds">From the documents in git to resources, with the digest of each unit.</param>
/// <param name="NothingSeconds">Of a core, collector and compiler included, for diff and plan of all units where all is as git says; median.</param>
/// <param name="CommitSeconds">The same after a commit that gives every server other code; median.</param>
/// <param name="Steps">Of that plan, with those that follow when all is prepared.</param>
/// <param name="HeldKiB">Memory for each server: its resources and what was seen of them.</param>
/// <param name="PeakMiB">Resident, of the whole process.</param>
internal sealed record PlanRow(
    int Environments, int Servers, int Resources, double ExpandSeconds, double NothingSeconds, double CommitSeconds, int Steps, double HeldKiB, double PeakMiB)
{
    public const string Name = "plan-of";

    private const int Rounds = 5;

    /// <summary>Microseconds of one server.</summary>
    public double Each(double seconds) => seconds / Environments / Servers * 1_000_000;

    public static async Task<int> MeasureAsync(string recording, int environments, int servers)
    {
        using var world = await SimulatedWorld.MakeAsync(recording, environments, servers);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var (expanded, expandSeconds) = await world.ExpandAsync();
        var observer = new Observer(new ReplayedSessions(world.Recorded, SimulatedWorld.SitesIn(world.Folder), delays: false), ResourceKinds.All, TimeProvider.System);
        var seen = new List<Observed>();
        foreach (var environment in expanded)
            seen.Add(await observer.LookAsync(new ServerAddresses(null).Of(environment), environment.Units.SelectMany(unit => unit.Resources), CancellationToken.None));
        observer = null;
        var held = GC.GetTotalMemory(forceFullCollection: true) - before;
        using var ledger = SqliteLedger.OpenForWriting(world.State, TimeProvider.System);
        foreach (var (environment, unit) in expanded.SelectMany(environment => environment.Units.Select(unit => (environment, unit))))
            ledger.RecordConverged(environment.Name, unit.Application, unit.Digest, environment.Revision, unit.CodeCommit);
        var planning = new UnitPlanning(new Differ(ResourceKinds.All), new Planner(ResourceKinds.All), ledger, TimeProvider.System);
        var (nothing, none) = Time(planning, expanded, seen);
        if (none > 0)
            throw new InvalidOperationException($"{none} steps were planned where all is as git says.");
        var resources = expanded.Sum(environment => environment.Units.Sum(unit => unit.Resources.Count));
        await world.DeployNextAsync();
        (expanded, _) = await world.ExpandAsync();
        var (commit, steps) = Time(planning, expanded, seen);
        Console.WriteLine(JsonSerializer.Serialize(new PlanRow(environments, servers, resources, expandSeconds, nothing, commit, steps, held / 1024.0 / environments / servers,
            ProcessUse.Of(Environment.ProcessId).Peak)));
        return 0;
    }

    private static (double Seconds, int Steps) Time(UnitPlanning planning, IReadOnlyList<ExpandedEnvironment> environments, List<Observed> seen)
    {
        var (times, steps) = (new List<double>(), 0);
        for (var round = 0; round <= Rounds; round++)
        {
            // Of a core: holds on a machine that has other things to do.
            var began = Environment.CpuUsage.TotalTime;
            steps = environments.Zip(seen, (environment, observed) => environment.Units.Sum(unit => planning.Make(environment, unit, observed, healKinds: null).Plan.Steps.Count)).Sum();
            if (round > 0)
                times.Add((Environment.CpuUsage.TotalTime - began).TotalSeconds);
        }
        return (times.Order().ElementAt(Rounds / 2), steps);
    }
}
