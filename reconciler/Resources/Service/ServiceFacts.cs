using Reconciler.Model;

namespace Reconciler.Resources.Service;

/// <summary>What its manager says, or what follows from a process that is known to be its own. Of several processes the worst counts, so they are sorted.</summary>
internal enum ServiceState
{
    /// <summary>The manager does not know it, or there is no manager.</summary>
    Absent,
    Stopped,
    Failed,

    /// <summary>Started by its supervisor a moment ago, or again and again; it may have no process just now.</summary>
    Starting,
    Running,
}

/// <summary>Whether the definition on the server is what git says.</summary>
internal enum DefinitionState
{
    NotOurs,
    Same,
    Missing,

    /// <summary>As we wrote it, but git says something else by now.</summary>
    Outdated,

    /// <summary>Not as we wrote it.</summary>
    Edited,
}

/// <summary>What was seen of a service.</summary>
/// <param name="Service">Its name, for <see cref="Ailment"/>.</param>
/// <param name="Processes">
/// Its main process; several for a program of several (<c>numprocs</c>), none for a unit that only starts others, though it is running.
/// </param>
/// <param name="Boot">Boot id, without which pid and ticks say nothing.</param>
internal sealed record ServiceFacts(string Service, ServiceState State, IReadOnlyList<ServiceProcess> Processes, string Boot) : ResourceFacts(Marker: null)
{
    /// <summary>What was noted at the last start that we made, whether or not that process still runs.</summary>
    public StartedProcess? Note { get; init; }

    public DefinitionState Definition { get; init; }

    /// <summary>What the definition on the server says, where it is not what git says and could be read.</summary>
    public string? Written { get; init; }

    /// <summary>Files of somebody else's that change what the definition says.</summary>
    public ValueList<string> Overrides { get; init; } = [];

    /// <summary>Started at boot; null when that is not ours to say.</summary>
    public bool? Enabled { get; init; }

    /// <summary>Whether something listens on its port; null when it has none.</summary>
    public bool? Listening { get; init; }

    /// <summary>It runs, but its supervisor was killed: nobody would start it again, and a new supervisor finds its port taken.</summary>
    public bool Orphaned { get; init; }

    /// <summary>Who would start it again: the processes that have started the noted ones, where those are a supervisor's.</summary>
    public ValueList<long> Parents { get; init; } = [];

    /// <summary>The server was rebooted since the start that was noted.</summary>
    public bool Rebooted { get; init; }

    /// <summary>How long the server has been up, in whole seconds; only where it was rebooted since the start that was noted.</summary>
    public TimeSpan? Up { get; init; }

    public bool Wanted { get; init; } = true;

    public bool Runs => State == ServiceState.Running;

    /// <summary>All or a part of it runs, or its manager is about to start it again.</summary>
    public bool MayRun => Processes.Count > 0 || State is ServiceState.Running or ServiceState.Starting;

    /// <summary>The running processes are the ones whose start we noted.</summary>
    public bool IsNoted => Note is { Alive: true };

    public override string? Ailment => !Wanted ? null : State switch
    {
        not ServiceState.Running when Listening == true && Processes.Count == 0 => $"{Service} is not running, and something else listens on its port",
        ServiceState.Running when Listening == false => $"{Service} runs, but nothing listens on its port",
        ServiceState.Running => null,
        ServiceState.Starting => $"{Service} is being started, perhaps again and again",
        ServiceState.Failed => $"{Service} is not running: its supervisor has given up on it",
        _ => $"{Service} is not running",
    };
}

/// <summary>One process, told apart from a later one with the same number.</summary>
/// <param name="Ticks">Its start: clock ticks (1/100 s) since boot, field 22 of /proc/PID/stat; 0 when the runner's note says that it is the same.</param>
internal readonly record struct ServiceProcess(long Pid, long Ticks);
