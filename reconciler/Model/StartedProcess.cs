using System.Globalization;

namespace Reconciler.Model;

/// <summary>What the runner noted when a service started, and whether those processes still run.</summary>
/// <param name="Alive">Every process noted still runs: same pid, same start, same boot, and not waiting to be reaped.</param>
/// <param name="Processes">Their ids; none for a unit that has no process of its own, which is then never known to be alive.</param>
/// <param name="Reads">Marker by key (<see cref="ResourceId.MarkerKey"/>) of what it has read.</param>
internal sealed record StartedProcess(bool Alive, IReadOnlyList<long> Processes, IReadOnlyDictionary<string, string> Reads)
{
    public const string Folder = "/var/lib/reconciler/server/started";

    /// <summary>
    /// A fragment that prints <c>pid PID alive|gone</c> for each process noted and the lines <c>read KEY MARKER</c>; nothing when nothing was noted. Shell
    /// builtins only. Field 22 of /proc/PID/stat is the start in ticks since boot (proc(5)).
    /// </summary>
    public static string Look(string name) => $$"""
        f={{Shell.Quote($"{Folder}/{name}")}}
        [ -f "$f" ] && {
        read -r now </proc/sys/kernel/random/boot_id
        boot=; while read -r w a b; do [ "$w" = boot ] && boot=$a; done <"$f"
        while read -r w a b; do case $w in
        pid) t=; [ -r "/proc/$a/stat" ] && read -r t <"/proc/$a/stat"; t=${t##*) }; set -- $t
        [ "$boot" = "$now" ] && [ "${20-}" = "$b" ] && [ "$1" != Z ] && echo "pid $a alive" || echo "pid $a gone";;
        read) echo "read $a $b";;
        esac; done <"$f"
        }
        """;

    /// <summary>Null when nothing was noted.</summary>
    /// <exception cref="FormatException">The output is not what the fragment prints.</exception>
    public static StartedProcess? Read(string output)
    {
        var processes = new List<long>();
        var reads = new Dictionary<string, string>();
        var alive = true;
        foreach (var line in output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            switch (line.Split(' '))
            {
                case ["pid", var pid, var state]:
                    processes.Add(long.Parse(pid, NumberStyles.None, CultureInfo.InvariantCulture));
                    alive &= state == "alive";
                    break;
                case ["read", var key, .. var marker]:
                    reads[key] = string.Join(' ', marker);
                    break;
                default:
                    throw new FormatException($"\"{line}\" is not what the look at a started service prints");
            }
        }
        return processes.Count == 0 && reads.Count == 0 ? null : new(alive && processes.Count > 0, processes, reads);
    }
}
