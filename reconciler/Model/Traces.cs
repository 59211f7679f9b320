namespace Reconciler.Model;

/// <summary>
/// What an observation hangs on: while none of it changes, it is what it was, and need not be made again. It names what anybody who changes the thing
/// cannot but change as well; what escapes it (a folder above that was replaced by a link to a copy, say) the next thorough look finds.
/// </summary>
internal sealed record Traces
{
    /// <summary>Absolute. Of each, whether it is there, its inode, size, mode, owner and times; of a link its own.</summary>
    public ValueList<string> Paths { get; init; } = [];

    /// <summary>Folders below which no file may have changed; <c>.git</c> and <c>__pycache__</c> do not count.</summary>
    public ValueList<string> Trees { get; init; } = [];

    /// <summary>
    /// Folders in which nothing may have been added, removed or replaced, nor in the folders right in them. What lies deeper may be thousands of folders, and
    /// costs more than all the rest.
    /// </summary>
    public ValueList<string> Folders { get; init; } = [];

    /// <summary>Process ids; of each, that it lives, and since when.</summary>
    public ValueList<long> Processes { get; init; } = [];

    /// <summary>Files whose first line is a process id: it, and the processes that it has started, are the same.</summary>
    public ValueList<string> PidFiles { get; init; } = [];

    /// <summary>TCP ports: who listens there, by address.</summary>
    public ValueList<int> Ports { get; init; } = [];

    /// <summary>Users: every process of theirs.</summary>
    public ValueList<string> Users { get; init; } = [];

    public static Traces Of(params IEnumerable<string> paths) => new() { Paths = [.. paths] };

    /// <summary>All of them, each thing once.</summary>
    public static Traces Union(IReadOnlyCollection<Traces> all) => new()
    {
        Paths = [.. all.SelectMany(one => one.Paths).Distinct()],
        Trees = [.. all.SelectMany(one => one.Trees).Distinct()],
        Folders = [.. all.SelectMany(one => one.Folders).Distinct()],
        Processes = [.. all.SelectMany(one => one.Processes).Distinct()],
        PidFiles = [.. all.SelectMany(one => one.PidFiles).Distinct()],
        Ports = [.. all.SelectMany(one => one.Ports).Distinct()],
        Users = [.. all.SelectMany(one => one.Users).Distinct()],
    };
}
