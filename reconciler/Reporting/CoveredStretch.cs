using Reconciler.Journaling;
using Reconciler.Model;

namespace Reconciler.Reporting;

/// <summary>
/// How long users saw the maintenance page because of a run: the whole unbroken stretch up to its end, with the runs that failed or were
/// held before it. The stretch of the flag, which succeeds with the page on, is not one of a deploy.
/// </summary>
internal static class CoveredStretch
{
    private const int MostRuns = 50;

    /// <summary>Since when the page lay there that this run found; null when it found none, or the flag's.</summary>
    public static DateTimeOffset? FoundBy(Run run, IReadOnlyList<StepRecord> steps, ILedgerReader ledger)
    {
        if (!steps.Any(step => step.Phase is Phase.Cover or Phase.Uncover))
            return null;
        DateTimeOffset? since = null;
        var before = ledger.Runs(run.Environment, run.Application, MostRuns)
            .Where(other => other.StartedAt <= run.StartedAt && other.Id != run.Id);
        foreach (var earlier in before)
        {
            var changes = Changes(ledger.Steps(earlier.Id));
            if (earlier.State is RunState.Succeeded or RunState.Incomplete || changes.Exists(step => step.Phase == Phase.Uncover))
            {
                // It may have opened the site and covered it again.
                var last = earlier.State is RunState.Succeeded or RunState.Incomplete ? []
                    : changes[(changes.FindLastIndex(step => step.Phase == Phase.Uncover) + 1)..];
                return last.Count > 0 ? last[0].ReceiptAt : since;
            }
            since = changes.Count > 0 ? changes[0].ReceiptAt : since;
        }
        return since;
    }

    /// <summary>From each first cover to the last page that went away after it.</summary>
    /// <param name="found">As <see cref="FoundBy"/> says.</param>
    /// <param name="end">Of the run, or now.</param>
    public static (TimeSpan? Covered, bool Left) Of(IReadOnlyList<StepRecord> steps, DateTimeOffset? found, DateTimeOffset end)
    {
        TimeSpan? covered = null;
        DateTimeOffset? began = found, opened = null;
        foreach (var step in Changes(steps))
        {
            if (step.Phase == Phase.Uncover)
                opened = began is null ? null : step.ReceiptAt;
            else if (began is null || opened is not null)
            {
                covered = Sum(covered, began, opened);
                (began, opened) = (step.ReceiptAt, null);
            }
        }
        return (Sum(covered, began, opened ?? (began is null ? null : end)), began is not null && opened is null);
    }

    /// <summary>Since when the page lies there now; null when it does not, by what these steps did.</summary>
    public static DateTimeOffset? Since(IReadOnlyList<StepRecord> steps, DateTimeOffset? found)
    {
        var changes = Changes(steps);
        return changes.LastOrDefault() switch
        {
            null => found,
            { Phase: Phase.Cover } => found ?? changes.Find(step => step.Phase == Phase.Cover)!.ReceiptAt,
            _ => null,
        };
    }

    private static List<StepRecord> Changes(IReadOnlyList<StepRecord> steps) =>
        [.. steps.Where(step => step is { State: StepState.Verified or StepState.Received, ReceiptAt: not null }
            && (step.Phase == Phase.Cover && step.Summary.StartsWith(Cover.RaiseWords, StringComparison.Ordinal)
                || step.Phase == Phase.Uncover && step.Summary.StartsWith(Cover.LiftWords, StringComparison.Ordinal)))];

    private static TimeSpan? Sum(TimeSpan? covered, DateTimeOffset? began, DateTimeOffset? opened) =>
        began is { } from && opened is { } to ? (covered ?? TimeSpan.Zero) + (to - from) : covered;
}
