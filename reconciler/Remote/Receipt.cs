namespace Reconciler.Remote;

/// <summary>What the runner has put on record about a step that has ended.</summary>
/// <param name="BootId">Of the boot in which it ran (/proc/sys/kernel/random/boot_id).</param>
/// <param name="Output">stdout and stderr together; at most the first and the last 32 KiB.</param>
internal sealed record Receipt(string Operation, long Fence, int ExitCode, string BootId, DateTimeOffset Started, DateTimeOffset Ended, string Output)
{
    /// <summary>The step's process group was ended because its deadline had passed.</summary>
    public bool DeadlinePassed { get; init; }

    /// <summary>Set when the verb refused to act, before it changed anything.</summary>
    public Refusal? Refusal { get; init; }

    /// <summary>The answer to a repeated request: the step ran earlier.</summary>
    public bool Replayed { get; init; }
}

/// <summary>Why the runner did nothing.</summary>
internal sealed record Refusal(RunnerCode Code, string Sentence);

/// <summary>The runner's own codes; they are exit codes and the word after <c>runner:</c>.</summary>
internal enum RunnerCode
{
    /// <summary>A simulation shows more change than was allowed.</summary>
    Simulation = 3,

    /// <summary>The request is not well-formed, or its payload was cut short.</summary>
    BadRequest = 64,

    /// <summary>A path or user outside the closed lists.</summary>
    NotAllowed = 65,

    /// <summary>What is asked for is not there: a kept copy, a program, a user.</summary>
    Missing = 66,

    /// <summary>The server cannot do it: disk full, a mount that is not allowed.</summary>
    CannotDo = 69,

    /// <summary>Another operation is still running, and did not end in time.</summary>
    Busy = 73,

    /// <summary>It was asked about before it began, and withdrawn.</summary>
    Withdrawn = 74,

    /// <summary>Another ledger, or a lower fencing number.</summary>
    Fenced = 75,

    /// <summary>The same operation began earlier and never ended (reboot, killed): whether it took effect is unknown.</summary>
    Interrupted = 76,

    /// <summary>Not from the runner: sudo, or the runner's file, stood in the way.</summary>
    NotEnrolled = 77,

    Deadline = 124,
}
