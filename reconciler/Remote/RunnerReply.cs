namespace Reconciler.Remote;

/// <summary>How a request to the runner ended.</summary>
internal abstract record RunnerReply
{
    /// <summary>The proof held before: nothing was sent to the runner.</summary>
    public sealed record Skipped : RunnerReply;

    /// <summary>Exit code 0, and the proof, if there is one, holds.</summary>
    public sealed record Done(Receipt Receipt) : RunnerReply;

    /// <summary>The step ran and its exit code was not 0, or its deadline passed.</summary>
    /// <param name="Proven">Whether the proof holds all the same; null when there is none.</param>
    public sealed record Failed(Receipt Receipt, bool? Proven) : RunnerReply;

    /// <summary>Nothing was changed, for a reason that the runner gives.</summary>
    public sealed record Refused(RunnerCode Code, string Sentence) : RunnerReply;

    /// <summary>Exit code 0, but the effect is not there.</summary>
    /// <param name="Output">What the last try of the proof printed, both streams.</param>
    public sealed record ProofFailed(Receipt Receipt, string Output) : RunnerReply;

    /// <summary>Proven not to have started: it may be sent again as it is.</summary>
    public sealed record NotStarted(SessionException Failure) : RunnerReply;

    /// <summary>It may have run, may be running still, or may not have begun: ask again with the same operation id.</summary>
    public sealed record Unknown(string Why) : RunnerReply;
}
