namespace Reconciler.Remote;

/// <summary>A fault of the session, not of what ran in it. The message is a sentence that says what to do.</summary>
internal sealed class SessionException(SessionFailure failure, string message) : Exception(message)
{
    public SessionFailure Failure { get; } = failure;

    /// <summary>The request had been sent, in part or whole: whether it ran is unknown.</summary>
    public bool Sent { get; init; }

    /// <summary>What had arrived of the output before the end.</summary>
    public ReadOnlyMemory<byte> Partial { get; init; }

    /// <summary>Whether the same request may work in a moment without anybody doing anything.</summary>
    public bool WorthRetrying => Failure
        is SessionFailure.Refused or SessionFailure.Unreachable or SessionFailure.TimedOut or SessionFailure.Lost or SessionFailure.NameNotResolved;
}
