using Reconciler.Model;

namespace Reconciler.Remote;

/// <summary>Sends requests to the runner and makes one reply of what comes back.</summary>
internal sealed class RunnerClient(IPayloadSource payloads)
{
    /// <summary>
    /// One round trip: the proof (when it may skip), the runner, the proof until it holds. If the session is lost, it is opened once more and the
    /// runner asked for the receipt; the step itself is never sent twice.
    /// </summary>
    public Task<RunnerReply> SendAsync(
        IServerSession session, RunnerRequest request, RunnerEnvelope envelope, StepProof? proof, CancellationToken cancellation) =>
        throw new NotImplementedException($"{payloads} {session} {request} {envelope} {proof} {cancellation}");

    /// <summary>What the runner knows of an operation: its receipt when it ended, else why there is none.</summary>
    public Task<RunnerReply> AskAsync(IServerSession session, RunnerEnvelope envelope, StepProof? proof, CancellationToken cancellation) =>
        throw new NotImplementedException($"{payloads} {session} {envelope} {proof} {cancellation}");

    /// <summary>Raises the fencing number, so that every controller with a lower one is refused from now on.</summary>
    public Task<RunnerReply> FenceAsync(IServerSession session, string ledger, long fence, CancellationToken cancellation) =>
        throw new NotImplementedException($"{payloads} {session} {ledger} {fence} {cancellation}");

    /// <summary>Runner's version, ledger and fence; null fields where there is none yet.</summary>
    public Task<RunnerHello> HelloAsync(IServerSession session, CancellationToken cancellation) =>
        throw new NotImplementedException($"{payloads} {session} {cancellation}");
}

/// <summary>How a server's runner introduces itself.</summary>
/// <param name="Version">SHA-256 hex of the runner's file.</param>
/// <param name="Ledger">The ledger that it obeys; null before first contact.</param>
internal sealed record RunnerHello(string Version, string? Ledger, long Fence, string BootId);
