using Reconciler.Model;

namespace Reconciler.Resources.Service;

/// <summary>
/// What the runner notes when it starts a service, <c>started/NAME</c>: lines <c>pid PID TICKS</c> (one each process), <c>boot ID</c> and <c>read KEY MARKER</c>.
/// The login may read it.
/// </summary>
internal static class NoteFile
{
    /// <summary>Quoted for the shell.</summary>
    public static string PathOf(ServiceSpec spec) => Shell.Quote($"/var/lib/reconciler/server/started/{spec.FullName}");

    /// <param name="lines">In any order; null when they do not hold a whole note.</param>
    public static StartNote? Parse(IEnumerable<string> lines)
    {
        var processes = new List<ServiceProcess>();
        string? boot = null;
        var markers = new Dictionary<string, string>();
        foreach (var words in lines.Select(line => line.Split(' ')))
        {
            if (words is ["pid", var number, var start] && int.TryParse(number, out var p) && long.TryParse(start, out var t))
                processes.Add(new(p, t));
            else if (words is ["boot", var id])
                boot = id;
            else if (words is ["read", var key, var marker])
                markers[key] = marker;
        }
        return boot is null ? null : new([.. processes.Where(process => process.Pid > 0)], boot, markers);
    }

    /// <summary>
    /// A fragment, exit 0 when every noted process is alive, the same, and noted to have read <paramref name="markers"/>. It leaves in <c>$youngest</c>
    /// the latest start, in ticks; to be followed by more conditions.
    /// </summary>
    public static string IsAlive(ServiceSpec spec, IReadOnlyList<KeyValuePair<string, string>> markers) =>
        $$"""
        all= b= youngest=0
        while read -r k v w; do
          case $k in pid) all="$all $v:$w";; boot) b=$v;; esac
        done <{{PathOf(spec)}}
        read -r boot </proc/sys/kernel/random/boot_id
        [ "$b" = "$boot" ] || exit 1

        """
        + string.Concat(markers.Select(marker => $"grep -qxF {Shell.Quote($"read {marker.Key} {marker.Value}")} {PathOf(spec)} || exit 1\n"))
        + (spec.UnitName is { } unit ? $"[ -n \"$all\" ] || systemctl is-active --quiet {Shell.Quote(unit)} || exit 1\n" : "[ -n \"$all\" ] || exit 1\n")
        + """
        for one in $all; do
          read -r line <"/proc/${one%:*}/stat" || exit 1
          set -- ${line##*) }
          [ "$1" != Z ] && [ "$1" != X ] && [ "${20}" = "${one#*:}" ] || exit 1
          [ "${20}" -le "$youngest" ] || youngest=${20}
        done

        """;
}
