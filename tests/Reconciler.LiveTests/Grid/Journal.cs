using Reconciler.Journaling;

namespace Reconciler.LiveTests.Grid;

/// <summary>What the controller's ledger says when all is over.</summary>
/// <param name="Runs">How many there are.</param>
/// <param name="Open">Intents without an end, and runs that neither ended nor are held.</param>
/// <param name="Held">Why a run is held; null when none is.</param>
/// <param name="Operations">Of each step that ever was intended, and how it ended.</param>
internal sealed record Journal(int Runs, IReadOnlyList<string> Open, string? Held, IReadOnlyDictionary<string, StepState> Operations)
{
    private static readonly string[] Applications = ["host", "coralnet"];

    public static Journal Of(string state)
    {
        using var ledger = SqliteLedger.OpenForReading(state, TimeProvider.System);
        var runs = Applications.SelectMany(application => ledger.Runs("grid", application, 1000)).ToList();
        var held = ledger.HeldRun("grid", "coralnet") ?? ledger.HeldRun("grid", "host");
        return new(runs.Count,
            [
                .. ledger.OpenIntents().Select(step => $"intent {step.Operation} \"{step.Summary}\" has no end"),
                .. ledger.OpenRuns().Where(run => run.State == RunState.Running).Select(run => $"run {run.Id} has no end"),
            ],
            held is null ? null : held.Reason ?? "",
            runs.SelectMany(run => ledger.Steps(run.Id)).ToDictionary(step => step.Operation.ToString(), step => step.State));
    }
}
