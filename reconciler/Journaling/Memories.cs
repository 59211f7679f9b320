namespace Reconciler.Journaling;

/// <summary>The revision of desired state that is in force in an environment.</summary>
internal sealed record Accepted(string Environment, string Revision, DateTimeOffset At);

/// <summary>What was last brought about and seen to be so.</summary>
/// <param name="CodeCommit">Null for servers themselves.</param>
internal sealed record Converged(string Environment, string Application, string Digest, string Revision, string? CodeCommit, DateTimeOffset At);

/// <summary>One code commit together with one base content, as an environment saw it: what <c>promotedFrom</c> asks for.</summary>
/// <param name="HealthySince">Since when it ran there without a break; null when it never was healthy, or is no longer the one that runs.</param>
/// <param name="SetAsideAt">When it failed there; null if it did not since.</param>
internal sealed record Release(
    string Environment, string Application, string CodeCommit, string BaseDigest, DateTimeOffset? HealthySince, DateTimeOffset? SetAsideAt);

/// <summary>A desired state that failed and is not tried again without a person.</summary>
/// <param name="LostServer">
/// The server that was lost, where that alone is why: it lapses once that server answers. Null otherwise, and where it was tried again
/// already.
/// </param>
internal sealed record SetAside(
    string Environment, string Application, string Digest, string Reason, string? Run, DateTimeOffset At, string? LostServer = null);

/// <summary>What a person has asked for and what is not over yet: to try again, or for the first time, this desired state.</summary>
/// <param name="By">Who, and how; null when that is not known.</param>
/// <param name="HealAll">Edits on the servers are replaced.</param>
internal sealed record PersonsWord(string Environment, string Application, string Digest, string? By, bool HealAll);

/// <summary>What users were told.</summary>
/// <param name="StartsAt">The promised beginning; a newer commit keeps it.</param>
internal sealed record Announcement(string Environment, string Application, string Digest, DateTimeOffset AnnouncedAt, DateTimeOffset StartsAt);

/// <summary>When a maintenance flag covers, as judged when its commit was first seen.</summary>
/// <param name="AskedFor">What git said then; another time is judged anew.</param>
/// <param name="Why">Why it is not what git says; null when it is.</param>
internal sealed record JudgedFlag(string Environment, string Application, DateTimeOffset? AskedFor, DateTimeOffset StartsAt, string? Why,
    DateTimeOffset At);

/// <summary>Conditions and verdict as of one time.</summary>
/// <param name="Body">JSON, whose shape is the reporter's.</param>
/// <param name="SeenAgain">The last look that found all as it was then; null when there was none since.</param>
internal sealed record StatusSnapshot(string Environment, string Application, string Body, DateTimeOffset At, DateTimeOffset? SeenAgain);

/// <summary>Why this ledger may change an environment: a person's first <c>converge</c>, or <c>bootstrap: allow</c> in git.</summary>
internal sealed record Admission(string Environment, string Why, DateTimeOffset At);

/// <summary>What the last look at the desired-state repository came to.</summary>
/// <param name="Body">JSON, whose shape is the reporter's.</param>
internal sealed record LookSnapshot(string Body, DateTimeOffset At);

/// <summary>What a person asked for while another process holds the ledger.</summary>
/// <param name="Kind">The command's word: <see cref="NewRequest.Retry"/>.</param>
/// <param name="Arguments">JSON, whose shape is that of the kind.</param>
/// <param name="By">Who asked.</param>
/// <param name="DoneAt">When it was answered.</param>
/// <param name="Outcome">The answer, a sentence; null until it was dealt with.</param>
internal sealed record Request(
    long Id, string Kind, string? Environment, string? Application, string Arguments, string By, DateTimeOffset At, DateTimeOffset? DoneAt, string? Outcome)
{
    /// <summary>When the holder of the ledger began with it; each is begun once, whatever becomes of its holder.</summary>
    public DateTimeOffset? TakenAt { get; init; }

    /// <summary>When a person first saw the answer on a terminal; null until then.</summary>
    public DateTimeOffset? ShownAt { get; init; }
}

/// <summary>A request as it is made.</summary>
internal sealed record NewRequest(string Kind, string? Environment, string? Application, string Arguments, string By)
{
    /// <summary>Try again what is held, set aside or reported: a person's word.</summary>
    public const string Retry = "retry";

    /// <summary>Change nothing for a time.</summary>
    public const string Suspend = "suspend";

    public const string Resume = "resume";

    /// <summary>Stop the run before its next phase; taken by the run itself.</summary>
    public const string Hold = "hold";
}
