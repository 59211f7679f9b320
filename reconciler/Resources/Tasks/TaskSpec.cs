using Reconciler.Model;

namespace Reconciler.Resources.Tasks;

/// <summary>A command that is run once for each number.</summary>
/// <param name="Name">Of the task, without its number.</param>
/// <param name="Run">Its number: a higher one has it run once more.</param>
/// <param name="After">The phase at whose end it is run.</param>
/// <param name="Command">Words for sh, quoted: run without a shell of its own.</param>
internal sealed record TaskSpec(ApplicationRuntime Runtime, string Name, int Run, Phase After, string Command) : ResourceSpec
{
    /// <summary>Words for sh: where it exits 0, the task counts as done.</summary>
    public string? Unless { get; init; }

    public bool Cover { get; init; }

    public bool Irreversible { get; init; }

    public TimeSpan Deadline { get; init; }

    /// <summary>It collects static files into the folder that this leads to, where that was collected by us: those are no edits by hand.</summary>
    public string? Collects { get; init; }

    /// <summary>Where the application's user keeps what became of it: in the checkout, and no part of it.</summary>
    internal string Record => $"{Runtime.Path}/.git/reconciler-task-{Name}";
}

/// <summary>How far a number of a task has come.</summary>
internal enum TaskProgress
{
    /// <summary>It was begun, and nothing says that it ended: it runs, or the server went down meanwhile, or its deadline passed.</summary>
    Begun,

    Ended,

    /// <summary>It was not needed: what it would bring about was so already.</summary>
    Unneeded,
}

/// <summary>What the record on the server says, of the last number that was begun there.</summary>
/// <param name="ExitCode">Of one that ended.</param>
internal sealed record TaskFacts(long Run, TaskProgress Progress, int ExitCode) : ResourceFacts((string?)null)
{
    public bool IsDone => Progress == TaskProgress.Unneeded || this is { Progress: TaskProgress.Ended, ExitCode: 0 };
}
