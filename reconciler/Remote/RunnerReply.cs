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
    public sealed record Refused(RunnerCode Code, string Sentence) : RunnerReply
    {
        /// <summary>The connection was lost after the request was sent, and only the question what became of it was refused.</summary>
        public bool MayHaveBegun { get; init; }
    }

    /// <summary>Exit code 0, but the effect is not there.</summary>
    /// <param name="Output">What the last try of the proof printed, both streams.</param>
    public sealed record ProofFailed(Receipt Receipt, string Output) : RunnerReply;

    /// <summary>Proven not to have begun, and it never will under this operation id: a new attempt may be sent.</summary>
    public sealed record NotStarted(string Why) : RunnerReply
    {
        /// <summary>Set when there was no session to send it over.</summary>
        public SessionException? Failure { get; init; }
    }

    /// <summary>Only from <see cref="RunnerQuestions.SettleAsync"/>: these operations still run; ask again.</summary>
    public sealed record Running(string Operations) : RunnerReply;

    /// <summary>It may have run, or may be running still: only a look at its effect can tell.</summary>
    public sealed record Unknown(string Why) : RunnerReply;

    /// <param name="proof">What the proof printed after the step, and its exit code; null when there is none.</param>
    public static RunnerReply Of(Receipt receipt, (string Text, int Code)? proof) => receipt switch
    {
        { Refusal: { } refusal } => new Refused(refusal.Code, refusal.Sentence),
        { ExitCode: not 0 } => new Failed(receipt, proof is null ? null : proof.Value.Code == 0),
        _ when proof is { Code: not 0 } => new ProofFailed(receipt, proof.Value.Text),
        _ => new Done(receipt),
    };
}
