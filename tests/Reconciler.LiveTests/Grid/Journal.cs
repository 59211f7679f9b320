using Reconciler.Journaling;
using Reconciler.Model;

namespace Reconciler.LiveTests.Grid;

/// <summary>What the controller's ledger says when all is over.</summary>
/// <param name="Runs">How many there are.</param>
/// <param name="Open">Intents without an end, and runs that neither ended nor are held.</param>
/// <param name="Held">Why a run is held; null when none is.</param>
/// <param name="Operations">Of each step that ever was intended, and how it ended.</param>
/// <param name="Told">How many beginnings of maintenance users were told of: another one, when a controller came back too late for the first.</param>
/// <param name="WaysBack">How many runs went back: each starts the services of before.</param>
internal sealed record Journal(int Runs, IReadOnlyList<string> Open, string? Held, IReadOnlyDictionary<string, StepState> Operations, int Told, int WaysBack)
{
    private static readonly string[] Applications = ["host", "coralnet"];

    public static Journal Of(string state)
    {
        using var ledger = SqliteLedger.OpenForReading(state, TimeProvider.System);
        var runs = Applications.SelectMany(application => ledger.Runs("grid", application, 1000)).ToList();
        var steps = runs.SelectMany(run => ledger.Steps(run.Id)).ToList();
        var held = ledger.HeldRun("grid", "coralnet") ?? ledger.HeldRun("grid", "host");
        return new(runs.Count,
            [
                .. ledger.OpenIntents().Select(step => $"intent {step.Operation} \"{step.Summary}\" has no end"),
                .. ledger.OpenRuns().Where(run => run.State == RunState.Running).Select(run => $"run {run.Id} has no end"),
            ],
            held is null ? null : held.Reason ?? "",
            steps.ToDictionary(step => step.Operation.ToString(), step => step.State),
            steps.Where(step => step.Phase == Phase.Announce && step.State is not (StepState.NotStarted or StepState.Skipped)).DistinctBy(step => step.Summary).Count(),
            runs.Count(run => run.State == RunState.RolledBack));
    }
}
