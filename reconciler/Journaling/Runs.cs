using Reconciler.Model;

namespace Reconciler.Journaling;

/// <summary>One attempt to bring one application of one environment (or its servers themselves) to one desired state.</summary>
/// <param name="Id"><c>NUMBER-RANDOM</c>, as <c>17-3f9d1c07</c>: the number is for people, the rest keeps a restored ledger from meeting old receipts.</param>
/// <param name="Application"><see cref="ResourceId.Host"/> for the servers themselves.</param>
/// <param name="Revision">Commit of the desired-state repository.</param>
/// <param name="Digest">Of the application's expanded resources and secret versions.</param>
/// <param name="Fencing">The ledger's fencing number when it began.</param>
/// <param name="Phase">The furthest phase that it reached; null before the first.</param>
/// <param name="Reason">Why it stands where it stands; null while nothing is to be said.</param>
internal sealed record Run(
    string Id, string Environment, string Application, string Revision, string Digest, long Fencing,
    RunState State, DateTimeOffset StartedAt, DateTimeOffset? EndedAt, Phase? Phase, string? Reason)
{
    /// <summary>Of the code; null for the servers themselves.</summary>
    public string? CodeCommit { get; init; }

    /// <summary>Where it failed first: what was done after that, to go back or to stop what is left, may have reached any phase.</summary>
    public Phase? FailedIn { get; init; }

    /// <summary>Who or what began it, a few words after "because"; null for one of an earlier version of the program.</summary>
    public string? Cause { get; init; }
}

internal enum RunState
{
    Running,

    /// <summary>In Wait: it comes back by itself, and does not count as acting.</summary>
    Waiting,

    /// <summary>Stopped on purpose, until a person or a newer desired state.</summary>
    Held,
    Succeeded,

    /// <summary>Without some servers, within <c>maxUnavailable</c>: all that it was to bring about is so on the others. No success.</summary>
    Incomplete,

    /// <summary>Ended without success, nothing stopped or all undone by hand.</summary>
    Failed,

    /// <summary>Went back to what was before.</summary>
    RolledBack,

    /// <summary>Ended before Cover, notice taken back.</summary>
    Withdrawn,

    /// <summary>Another run took over: a newer desired state.</summary>
    Superseded,
}

internal enum StepState
{
    /// <summary>It was so already: nothing was sent.</summary>
    Skipped,

    /// <summary>Durable before anything is sent; from here on it may have happened.</summary>
    Intended,

    /// <summary>The runner's receipt is here: it ended, with an exit code.</summary>
    Received,

    /// <summary>A probe saw the effect.</summary>
    Verified,

    /// <summary>It ended, and a probe saw no effect, or its exit code says failure.</summary>
    Failed,

    /// <summary>Proven: no receipt, the runner's lock free, the probe unchanged.</summary>
    NotStarted,

    /// <summary>Nobody will ever know: the server is gone.</summary>
    Lost,
}

/// <summary>What the runner tells one step from another by: <c>RUN.STEP.ATTEMPT</c>.</summary>
/// <param name="Step">Number within the run, from 1.</param>
/// <param name="Attempt">From 1.</param>
internal sealed record OperationId(string Run, int Step, int Attempt)
{
    public override string ToString() => $"{Run}.{Step}.{Attempt}";
}

/// <summary>One attempt at one step of a run.</summary>
/// <param name="Resource">As <see cref="ResourceId.ToString"/>.</param>
/// <param name="Output">Excerpt, never a secret; null before the receipt.</param>
/// <param name="SettledAt">When it was verified, or known to have failed, not started, or be lost.</param>
internal sealed record StepRecord(
    OperationId Operation, Phase Phase, string Resource, string Summary, StepState State,
    DateTimeOffset IntentAt, DateTimeOffset? ReceiptAt, int? ExitCode, string? Output, DateTimeOffset? SettledAt);
