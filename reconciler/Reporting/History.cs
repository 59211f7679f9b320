using Reconciler.Journaling;

namespace Reconciler.Reporting;

/// <summary>One run, as <c>history</c> tells it; stable in JSON.</summary>
/// <param name="State">
/// <c>Running</c>, <c>Waiting</c>, <c>Held</c>, <c>Succeeded</c>, <c>Incomplete</c>, <c>Failed</c>, <c>RolledBack</c>, <c>Withdrawn</c> or
/// <c>Superseded</c>.
/// </param>
/// <param name="Cause">Who or what began it; null for one of an earlier version of the program.</param>
/// <param name="Commit">Of the code; null for the servers themselves.</param>
/// <param name="Phase">The furthest that it reached.</param>
/// <param name="CoveredSeconds">
/// For how long users had seen the maintenance page without a break when it opened the site or ended; null when they never did because
/// of it.
/// </param>
/// <param name="LeftCovered">It ended, or is held, with the page on.</param>
internal sealed record RunEntry(
    string Id, string Environment, string Application, string State, DateTimeOffset Started, DateTimeOffset? Ended, string? Cause,
        string Revision,
    string? Commit, string? Phase, double? CoveredSeconds, bool LeftCovered, string? Reason)
{
    /// <summary>The phase in which it failed first; null when it did not.</summary>
    public string? FailedIn { get; init; }

    /// <summary>How much of <see cref="CoveredSeconds"/> was over when it began, and counts for the runs before it as well; null when nothing was.</summary>
    public double? CoveredBeforeSeconds { get; init; }

    /// <param name="found">Since when the page lay there that it found; null when it found none.</param>
    public static RunEntry Of(Run run, IReadOnlyList<StepRecord> steps, DateTimeOffset? found, DateTimeOffset now)
    {
        var (covered, left) = CoveredStretch.Of(steps, found, run.EndedAt ?? now);
        return new(run.Id, run.Environment, run.Application, $"{run.State}", run.StartedAt, run.EndedAt, run.Cause, run.Revision,
            run.CodeCommit,
            run.Phase?.ToString(), covered?.TotalSeconds, left, run.Reason)
        {
            FailedIn = run.FailedIn?.ToString(),
            CoveredBeforeSeconds = covered is null ? null : (run.StartedAt - found)?.TotalSeconds,
        };
    }
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
