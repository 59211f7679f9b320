using Reconciler.Journaling;

namespace Reconciler.Turns;

/// <summary>Runs that a controller left in the middle when it ended, and what becomes of each; for one that starts, or takes an environment over.</summary>
internal static class RunsFoundOpen
{
    /// <returns>ENVIRONMENT/APPLICATION, and a sentence.</returns>
    public static IEnumerable<(string About, string Sentence)> Of(ILedgerReader ledger, string environment) =>
        ledger.OpenRuns().Where(run => run.State == RunState.Running && run.Environment == environment)
            .Select(run => ($"{run.Environment}/{run.Application}", Sentence(ledger, run)));

    private const string BrokeOff = ", and run ";

    /// <summary>Why the run that finishes one is begun: what that was begun for, however often it broke off.</summary>
    public static string CauseAfter(Run broken) =>
        $"{broken.Cause?.Split(BrokeOff)[0] ?? "git asks for it"}{BrokeOff}{broken.Id} for it broke off";

    private static string Sentence(ILedgerReader ledger, Run run)
    {
        var steps = ledger.Steps(run.Id);
        var open = steps.Where(step => step.State == StepState.Intended).ToList();
        var phase = (open.Count > 0 ? open[0] : steps.Count > 0 ? steps[^1] : null)?.Phase ?? run.Phase;
        var asked = open.Count == 0 ? "" : " first what became of "
            + string.Join(" and ", open.Select(step => $"\"{step.Summary}\" on {step.Resource.Split('/')[0]}")) + " is asked, then";
        return $"run {run.Id}, begun {run.StartedAt:yyyy-MM-ddTHH:mm:ssZ}, broke off{(phase is null ? " before its first phase" : $" in {phase}")}"
            + $" (its controller ended):{asked} the next turn goes on from what it sees";
    }
}
