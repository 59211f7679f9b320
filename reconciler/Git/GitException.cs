namespace Reconciler.Git;

internal enum GitFailure
{
    /// <summary>No connection, or it broke.</summary>
    Unreachable,

    /// <summary>The remote answered: no such repository, or no right to read it.</summary>
    Refused,

    /// <summary>The address or the branch name is one that is never given to git.</summary>
    NotAllowed,
    NoSuchBranch,
    NoSuchCommit,
    TimedOut,

    /// <summary>Another process works in the same mirror.</summary>
    Busy,
    DiskFull,

    /// <summary>The mirror itself is broken, or git said something that we do not know.</summary>
    Failed,
}

/// <summary>git could not do what was asked. The message is a sentence or two for a person: what happened, and what would help.</summary>
internal sealed class GitException(GitFailure failure, string message, Exception? inner = null) : Exception(message, inner)
{
    public GitFailure Failure { get; } = failure;

    /// <summary>Whether the same request may succeed later with nothing changed by a person.</summary>
    public bool WorthRetrying => Failure is GitFailure.Unreachable or GitFailure.TimedOut or GitFailure.Busy or GitFailure.DiskFull;
}
