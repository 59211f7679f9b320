namespace Reconciler.Hosting;

/// <summary>What kept a git host from answering as asked.</summary>
internal enum GitHostFailure
{
    /// <summary>No connection, no answer in time, or an error of its own: worth another try.</summary>
    Unreachable,

    /// <summary>The token is missing, wrong, or may not do this.</summary>
    Refused,

    /// <summary>No such repository or commit; git hosts say the same of those that the token may not see.</summary>
    NotFound,

    /// <summary>Too many requests: not before <see cref="GitHostException.Until"/>.</summary>
    RateLimited,

    /// <summary>The answer is not what its published description says.</summary>
    Unreadable,
}

/// <summary>A git host could not be asked; the message says where, what, and what would mend it, and never holds a token.</summary>
internal sealed class GitHostException(GitHostFailure failure, string message, Exception? inner = null) : Exception(message, inner)
{
    public GitHostFailure Failure => failure;

    /// <summary>When it may be asked again; null when that is not known.</summary>
    public DateTimeOffset? Until { get; init; }
}
