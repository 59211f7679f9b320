using Reconciler.Model;

namespace Reconciler.Resources.Service;

/// <summary>What the answer to <see cref="ServiceProbe"/> means. Lines that are not understood are left aside.</summary>
internal static class ServiceReading
{
    public static Reading Of(ServiceSpec spec, ServiceFacts? last, string output, bool dearer)
    {
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (Values(lines, "boot").FirstOrDefault() is not { } boot)
            return Reading.Unknown($"the server did not answer what was asked about {spec.Service}");
        var note = Note(lines);
        var found = Found(spec, last, lines, boot, note) ?? (dearer ? LookedUp(spec, lines, boot) : null);
        var definition = DefinitionReading.Of(spec, lines);
        if (!dearer && (found is null || definition is null))
            return new Reading.NeedsMore(ServiceProbe.Dear(spec, last));
        if (found is null)
            return Reading.Unknown($"the server did not say whether {spec.Service} runs");
        if (definition is null)
            return Reading.Unknown($"the definition of {spec.Service} could not be read");
        return Reading.Found(found with
        {
            Note = note,
            Parents = [.. Values(lines, "parent").Distinct().Select(parent => long.TryParse(parent, out var pid) ? pid : 0).Where(pid => pid > 1)],
            Orphaned = found.State == ServiceState.Running && Values(lines, "parent").Contains("1"),
            Rebooted = lines.Contains("rebooted yes"),
            Up = lines.Contains("rebooted yes") && long.TryParse(Values(lines, "uptime").FirstOrDefault(), out var up) ? TimeSpan.FromSeconds(up) : null,
            Wanted = !spec.Retired,
            Definition = definition.Value,
            Written = Values(lines, "text").Any() ? string.Join('\n', Values(lines, "text")) : null,
            Overrides = [.. Values(lines, "override").Distinct()],
            Enabled = Enabled(Values(lines, "enabled").FirstOrDefault()),
            Listening = spec.Port is null ? null : Values(lines, "listening").FirstOrDefault() == "yes",
        });
    }

    private static StartedProcess? Note(IEnumerable<string> lines)
    {
        try
        {
            return StartedProcess.Read(string.Join('\n', lines.Where(line => line.StartsWith("pid ", StringComparison.Ordinal)
                || line.StartsWith("read ", StringComparison.Ordinal))));
        }
        catch (FormatException)
        {
            // A note that cannot be read is none: then it is not known what the process has read.
            return null;
        }
    }

    /// <summary>The processes that were noted, or failing that those of the turn before, if they are still the same.</summary>
    private static ServiceFacts? Found(ServiceSpec spec, ServiceFacts? last, string[] lines, string boot, StartedProcess? note)
    {
        if (note is { Alive: true })
            return new(spec.Service, ServiceState.Running, [.. note.Processes.Select(pid => new ServiceProcess(pid, 0))], boot);
        if (last is not { State: ServiceState.Running, IsNoted: false } || last.Boot != boot)
            return null;
        var alive = Values(lines, "stat").Select(Process).ToList();
        var same = last.Processes.Count > 0 ? last.Processes.All(alive.Contains) : Values(lines, "active").Contains("active");
        return same ? new(spec.Service, ServiceState.Running, last.Processes, boot) : null;
    }

    /// <summary>The runner's lines, one each process: <c>STATE PID TICKS</c>.</summary>
    private static ServiceFacts? LookedUp(ServiceSpec spec, string[] lines, string boot)
    {
        var states = new List<ServiceState>();
        var processes = new List<ServiceProcess>();
        foreach (var words in lines.Select(line => line.Split(' ')))
            if (words is [var word, var number, var start] && StateOf(word) is { } state && long.TryParse(number, out var pid) && long.TryParse(start, out var ticks))
            {
                states.Add(state);
                if (pid > 0)
                    processes.Add(new(pid, ticks));
            }
        if (states.Count == 0)
            return null;
        var isYoung = long.TryParse(Values(lines, "uptime").FirstOrDefault(), out var up)
            && processes.Any(process => up * 100 - process.Ticks < Young.TotalSeconds * 100);
        return new(spec.Service, states.Min() == ServiceState.Running && isYoung ? ServiceState.Starting : states.Min(), processes, boot);
    }

    /// <summary>A process that we did not start and that is younger is perhaps one of many, each of which ends soon.</summary>
    private static readonly TimeSpan Young = TimeSpan.FromSeconds(5);

    private static ServiceState? StateOf(string word) => word switch
    {
        "running" => ServiceState.Running,
        "starting" => ServiceState.Starting,
        "stopped" => ServiceState.Stopped,
        "failed" => ServiceState.Failed,
        "absent" => ServiceState.Absent,
        _ => null,
    };

    /// <summary>Pid and start ticks of a line of /proc/PID/stat (proc(5): fields 1 and 22); zeros for a process that has ended and waits to be reaped.</summary>
    private static ServiceProcess Process(string stat)
    {
        // The second field is a name in parentheses that may itself hold blanks and parentheses.
        var fields = stat[(stat.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return fields is [not ("Z" or "X"), ..] && fields.Length > 19 && long.TryParse(stat.Split(' ')[0], out var pid) && long.TryParse(fields[19], out var ticks)
            ? new(pid, ticks)
            : default;
    }

    private static bool? Enabled(string? word) => word switch
    {
        null or "" or "not-found" => null,
        "disabled" or "masked" or "masked-runtime" => false,
        _ => true,
    };

    internal static IEnumerable<string> Values(IEnumerable<string> lines, string name) =>
        lines.Where(line => line.StartsWith(name + " ", StringComparison.Ordinal)).Select(line => line[(name.Length + 1)..]);
}
