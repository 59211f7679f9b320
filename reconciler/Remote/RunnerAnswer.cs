namespace Reconciler.Remote;

/// <summary>The runner's own words, before the client makes a <see cref="RunnerReply"/> of them.</summary>
internal abstract record RunnerAnswer
{
    public sealed record Ended(Receipt Receipt) : RunnerAnswer;

    public sealed record Refused(Refusal Refusal) : RunnerAnswer;

    /// <summary>It, or another step before it, still runs.</summary>
    public sealed record Running(string Operations) : RunnerAnswer;

    /// <summary>It began and will never end: the server went down, or the step was killed from outside.</summary>
    public sealed record Interrupted : RunnerAnswer;

    public sealed record Absent : RunnerAnswer;

    public sealed record Fenced : RunnerAnswer;

    /// <summary>Not in the form that the runner gives its answers: nothing is known by it.</summary>
    public sealed record Garbled(string Why) : RunnerAnswer;

    public sealed record Hello(RunnerHello Says) : RunnerAnswer;
}

/// <summary>How a server's runner introduces itself.</summary>
/// <param name="Version">SHA-256 hex of the runner's file.</param>
/// <param name="Ledger">The ledger that it obeys; null before first contact.</param>
internal sealed record RunnerHello(string Version, string? Ledger, long Fence, string BootId);
