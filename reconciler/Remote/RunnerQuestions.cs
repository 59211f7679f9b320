using Reconciler.Model;

namespace Reconciler.Remote;

/// <summary>What is asked of a runner beside steps: who it is, whom it obeys, and what became of a step.</summary>
internal static class RunnerQuestions
{
    /// <summary>For what is not a step's own time: sudo, locks, fsync, the way there and back.</summary>
    public static TimeSpan Margin { get; } = TimeSpan.FromSeconds(30);

    /// <summary>Null when no runner answers: the server is not enrolled, or sudo stands in the way.</summary>
    public static async Task<RunnerHello?> HelloAsync(IServerSession session, CancellationToken cancellation) =>
        (await AskAsync(session, new("hello", []), null, cancellation) as RunnerAnswer.Hello)?.Says;

    /// <summary>Raises the fencing number, so that every controller with a lower one is refused from now on, even while a step of it still runs.</summary>
    /// <returns>Null when it is raised, else why not.</returns>
    public static async Task<Refusal?> FenceAsync(IServerSession session, string ledger, long fence, CancellationToken cancellation) =>
        (await AskAsync(session, new("fence", []), Brief(ledger, fence), cancellation) as RunnerAnswer.Refused)?.Refusal;

    /// <summary>Makes the server obey this ledger instead of <paramref name="from"/>.</summary>
    /// <returns>Null when it does, else why not.</returns>
    public static async Task<Refusal?> TakeOverAsync(IServerSession session, string from, string ledger, long fence, CancellationToken cancellation) =>
        (await AskAsync(session, new("takeover", [from]), Brief(ledger, fence), cancellation) as RunnerAnswer.Refused)?.Refusal;

    /// <summary>The receipt of an operation, without locks and without changing anything; null while there is none.</summary>
    public static async Task<Receipt?> ReceiptAsync(IServerSession session, string operation, CancellationToken cancellation) =>
        (await AskAsync(session, new("receipt", [operation]), null, cancellation) as RunnerAnswer.Ended)?.Receipt;

    /// <summary>
    /// What became of an operation that was sent earlier, by this controller or one before it. When it has not begun, it is withdrawn: it never
    /// will under this id, and a new attempt may be sent.
    /// </summary>
    /// <param name="envelope">The operation's id, with the ledger and fence of who asks. <see cref="RunnerEnvelope.Patience"/>: how long a running one is waited for.</param>
    public static async Task<RunnerReply> SettleAsync(IServerSession session, RunnerEnvelope envelope, StepProof? proof, CancellationToken cancellation)
    {
        var answer = await AskAsync(session, new("settle", []), envelope, cancellation);
        return answer switch
        {
            RunnerAnswer.Ended { Receipt.Refusal.Code: RunnerCode.Withdrawn } =>
                new RunnerReply.NotStarted($"{session.Server}: {envelope.Operation} had not begun, and is withdrawn"),
            RunnerAnswer.Ended ended => await ProvenAsync(session, ended.Receipt, proof, cancellation),
            RunnerAnswer.Running running => new RunnerReply.Running(running.Operations),
            RunnerAnswer.Interrupted => new RunnerReply.Unknown(
                $"{session.Server}: {envelope.Operation} began and never ended: the server went down meanwhile, or somebody killed it"),
            RunnerAnswer.Refused refused => new RunnerReply.Refused(refused.Refusal.Code, refused.Refusal.Sentence),
            _ => new RunnerReply.Unknown($"{session.Server}: the runner does not know {envelope.Operation}"),
        };
    }

    /// <summary>For a step without a request: the proof alone, until it holds.</summary>
    /// <returns>Null when it holds, else what its last try printed.</returns>
    public static async Task<string?> ProveAsync(IServerSession session, StepProof proof, CancellationToken cancellation)
    {
        var script = new StepScript(proof, request: false);
        var reply = await session.RunAsync(new ShellRequest(script.Text, proof.Within + Margin), cancellation);
        return script.Part(reply.Text, "proof") is { } part ? part.Code == 0 ? null : part.Text : "its output was cut short";
    }

    private static async Task<RunnerReply> ProvenAsync(IServerSession session, Receipt receipt, StepProof? proof, CancellationToken cancellation)
    {
        if (proof is null || receipt.Refusal is not null)
            return RunnerReply.Of(receipt, null);
        // A step that failed is looked at once; waiting would not mend it.
        var seen = await ProveAsync(session, receipt.ExitCode == 0 ? proof : proof with { Within = TimeSpan.Zero }, cancellation);
        return RunnerReply.Of(receipt, (seen ?? "", seen is null ? 0 : 1));
    }

    private static async Task<RunnerAnswer> AskAsync(
        IServerSession session, RunnerRequest request, RunnerEnvelope? envelope, CancellationToken cancellation)
    {
        var limit = Margin + (envelope?.Patience ?? TimeSpan.Zero);
        var header = PayloadContent.Of(RunnerWire.Header(request, envelope, []));
        var reply = await session.RunAsync(new ShellRequest($"sudo -n {RunnerWire.Path} 2>&1", limit) { Payload = [header] }, cancellation);
        return ReceiptText.Read(reply.Text, reply.ExitCode);
    }

    private static RunnerEnvelope Brief(string ledger, long fence) => new("fence", ledger, fence, Margin);
}
