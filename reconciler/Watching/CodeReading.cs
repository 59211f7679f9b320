using Reconciler.Model;

namespace Reconciler.Watching;

internal enum CodeRefusal
{
    /// <summary>No connection to the git host.</summary>
    Unreachable,

    /// <summary>The git host refuses, or the address or a branch name is not allowed.</summary>
    Refused,
    NoSuchBranch,

    /// <summary>The commit is on none of the application's branches (or nowhere).</summary>
    NotOnBranches,

    /// <summary>A requirements file is missing, outside the repository, or takes itself in.</summary>
    Requirements,
    Wheelhouse,
    Settings,

    /// <summary>The mirror is broken, or the disk is full.</summary>
    Unreadable,
}

/// <summary>What is known of a commit of code, or why it is not run.</summary>
internal abstract record CodeReading
{
    public sealed record Known(CodeFacts Facts) : CodeReading;

    /// <param name="Sentence">What is wrong and what would mend it.</param>
    public sealed record Refused(CodeRefusal Reason, string Sentence, bool WorthRetrying) : CodeReading;
}

/// <summary>Something in a commit's content refuses it.</summary>
internal sealed class CodeRefusedException(CodeRefusal reason, string message) : Exception(message)
{
    public CodeRefusal Reason { get; } = reason;
}
