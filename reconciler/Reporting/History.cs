using Reconciler.Journaling;

namespace Reconciler.Reporting;

/// <summary>One run, as <c>history</c> tells it; stable in JSON.</summary>
/// <param name="State">
/// <c>Running</c>, <c>Waiting</c>, <c>Held</c>, <c>Succeeded</c>, <c>Failed</c>, <c>RolledBack</c>, <c>Withdrawn</c> or
/// <c>Superseded</c>.
/// </param>
/// <param name="Cause">Who or what began it; null for one of an earlier version of the program.</param>
/// <param name="Commit">Of the code; null for the servers themselves.</param>
/// <param name="Phase">The furthest that it reached.</param>
/// <param name="CoveredSeconds">For how long users saw the maintenance page because of it; null when they never did.</param>
/// <param name="LeftCovered">It ended, or is held, with the page on.</param>
internal sealed record RunEntry(
    string Id, string Environment, string Application, string State, DateTimeOffset Started, DateTimeOffset? Ended, string? Cause,
        string Revision,
    string? Commit, string? Phase, double? CoveredSeconds, bool LeftCovered, string? Reason)
{
    /// <summary>The phase in which it failed first; null when it did not.</summary>
    public string? FailedIn { get; init; }

    public static RunEntry Of(Run run, IReadOnlyList<StepRecord> steps, DateTimeOffset now)
    {
        var (covered, left) = CoveredIn(steps, run.EndedAt ?? now);
        return new(run.Id, run.Environment, run.Application, $"{run.State}", run.StartedAt, run.EndedAt, run.Cause, run.Revision,
            run.CodeCommit,
            run.Phase?.ToString(), covered?.TotalSeconds, left, run.Reason)
        {
            FailedIn = run.FailedIn?.ToString(),
        };
    }

    /// <summary>From each first cover to the last page that went away after it.</summary>
    private static (TimeSpan? Covered, bool Left) CoveredIn(IReadOnlyList<StepRecord> steps, DateTimeOffset end)
    {
        TimeSpan? covered = null;
        DateTimeOffset? began = null, opened = null;
        foreach (var step in steps.Where(step =>
            step is { State: StepState.Verified, ReceiptAt: not null, Phase: Model.Phase.Cover or Model.Phase.Uncover }))
        {
            if (step.Phase == Model.Phase.Uncover)
                opened = began is null ? null : step.ReceiptAt;
            else if (began is null || opened is not null)
            {
                covered = Sum(covered, began, opened);
                (began, opened) = (step.ReceiptAt, null);
            }
        }
        return (Sum(covered, began, opened ?? (began is null ? null : end)), began is not null && opened is null);
    }

    private static TimeSpan? Sum(TimeSpan? covered, DateTimeOffset? began, DateTimeOffset? opened) =>
        began is { } from && opened is { } to ? (covered ?? TimeSpan.Zero) + (to - from) : covered;
}

/// <summary>A step of a run as <c>describe run</c> tells it.</summary>
/// <param name="Output">What it printed at the end; never a secret.</param>
internal sealed record StepEntry(
    string Phase, string Server, string Resource, string Summary, string State, int Attempt, DateTimeOffset Began, double? Seconds,
        int? ExitCode,
    string? Output)
{
    public static StepEntry Of(StepRecord step)
    {
        var parts = step.Resource.Split('/', 2);
        return new($"{step.Phase}", parts[0], parts[^1], step.Summary, $"{step.State}", step.Operation.Attempt, step.IntentAt,
            ((step.SettledAt ?? step.ReceiptAt) - step.IntentAt)?.TotalSeconds, step.ExitCode, string.IsNullOrWhiteSpace(step.Output)
                ? null : step.Output);
    }
}

/// <summary>A run with its steps, in the order in which they were intended.</summary>
internal sealed record RunDescription(RunEntry Run, IReadOnlyList<StepEntry> Steps);
