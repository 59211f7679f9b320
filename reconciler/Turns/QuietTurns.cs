using System.Collections.Concurrent;
using Reconciler.Documents.Expansion;
using Reconciler.Journaling;
using Reconciler.Model;
using Reconciler.Observing;

namespace Reconciler.Turns;

/// <summary>
/// Turns in which nothing is as it should not be, and nothing waits: while git, secrets and servers stay what they were, the next turn comes to the same, and need
/// not be gone through. What it hangs on besides (a person's word, a run) is in the ledger, and asked.
/// </summary>
internal sealed class QuietTurns(ILedgerReader ledger)
{
    private readonly ConcurrentDictionary<string, Quiet> _last = new();

    /// <param name="InForce">As it was expanded.</param>
    /// <param name="Desired">What was looked at for it.</param>
    internal sealed record Quiet(ExpandedEnvironment InForce, ExpandedEnvironment Desired, Observed Observed, IReadOnlyList<UnitVerdict> Verdicts);

    /// <returns>The last turn of it, where that was a quiet one, and the same is in force; else null.</returns>
    public Quiet? Of(ExpandedEnvironment inForce, TurnOptions options) =>
        options == TurnOptions.Watch && _last.TryGetValue(inForce.Name, out var last) && ReferenceEquals(last.InForce, inForce) && last.Verdicts.All(IsAlone) ? last : null;

    /// <summary>Until when each resource is known to have been as in the last quiet turn, through those that came to the same; none where that was not quiet.</summary>
    public IReadOnlyDictionary<ResourceId, DateTimeOffset> VerifiedBefore(string environment) =>
        _last.TryGetValue(environment, out var last) ? last.Observed.VerifiedAt : new Dictionary<ResourceId, DateTimeOffset>();

    /// <summary>One more that came to the same.</summary>
    public void SeenAgain(Quiet last, Observed observed) => _last[last.InForce.Name] = last with { Observed = observed };

    /// <summary>Whether a look found just what the last one did.</summary>
    public static bool IsSame(Quiet last, Observed observed)
    {
        if (observed.Unreachable.Count > 0 || observed.Resources.Count != last.Observed.Resources.Count)
            return false;
        foreach (var (id, observation) in observed.Resources)
            if (!last.Observed.Resources.TryGetValue(id, out var before) || !ReferenceEquals(before, observation))
                return false;
        return true;
    }

    public void Ended(ExpandedEnvironment inForce, ExpandedEnvironment desired, Observed observed, TurnOptions options, IReadOnlyList<UnitVerdict> verdicts)
    {
        if (options == TurnOptions.Watch && desired.Faults.Count == 0 && verdicts.All(IsQuiet))
            _last[inForce.Name] = new(inForce, desired, observed, verdicts);
        else
            _last.TryRemove(inForce.Name, out _);
    }

    private static bool IsQuiet(UnitVerdict each) => each is
    {
        Unit: { Refusal: null, Times: null, Begins: null, Flag: false, Missing.Count: 0 },
        Verdict: { Standing: Standing.Synced, Converged: false, Alarm: null, Deferral: null, Suspension: null, Ailments.Count: 0, Missing.Count: 0 },
    } && each.Verdict.Diff.IsEmpty && each.Verdict.Plan.IsEmpty;

    private bool IsAlone(UnitVerdict each)
    {
        var (environment, application) = (each.Environment.Name, each.Unit.Application);
        return ledger.SuspensionOf(environment, application) is null && ledger.OpenRun(environment, application) is null && ledger.HeldRun(environment, application) is null
            && ledger.AnnouncementFor(environment, application) is null && ledger.WordOf(environment, application) is null && ledger.FlagOf(environment, application) is null;
    }
}
