namespace Reconciler.Watching;

/// <summary>What a look at the repository gave.</summary>
/// <param name="Revision">
/// The tip, or while there is trouble the last good one: what is in force. Null when there is none (nothing was ever read, nothing accepted).
/// </param>
/// <param name="Trouble">Null when the revision is the branch's tip as of <paramref name="LookedAt"/>.</param>
internal sealed record Watched(DesiredStateRevision? Revision, WatchTrouble? Trouble, DateTimeOffset LookedAt);

internal enum WatchTroubleReason
{
    Unreachable,

    /// <summary>No right to read it, or no such repository.</summary>
    Refused,
    NoSuchBranch,

    /// <summary>The branch's tip does not descend from what is accepted: rewound, or an unrelated history.</summary>
    Rewound,

    /// <summary>Anything else that keeps it from being read.</summary>
    Unreadable,
}

/// <param name="Sentence">For a person: what is wrong, what stays in force, what would mend it.</param>
/// <param name="Since">When this trouble was first met.</param>
/// <param name="RetriesAt">When the next look is due.</param>
/// <param name="Tip">The refused commit, where there is one.</param>
internal sealed record WatchTrouble(WatchTroubleReason Reason, string Sentence, DateTimeOffset Since, DateTimeOffset RetriesAt, string? Tip = null);
