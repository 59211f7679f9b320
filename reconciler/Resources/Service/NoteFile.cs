using Reconciler.Model;

namespace Reconciler.Resources.Service;

/// <summary>
/// What the runner notes when it starts a service, <c>started/NAME</c>: lines <c>pid PID TICKS</c>, <c>boot ID</c> and <c>read KEY MARKER</c>.
/// The login may read it.
/// </summary>
internal static class NoteFile
{
    /// <summary>Quoted for the shell.</summary>
    public static string PathOf(ServiceSpec spec) => Shell.Quote($"/var/lib/reconciler/server/started/{spec.FullName}");

    /// <param name="lines">In any order; null when they do not hold a whole note.</param>
    public static StartNote? Parse(IEnumerable<string> lines)
    {
        var (pid, ticks, boot) = (-1, 0L, (string?)null);
        var markers = new Dictionary<string, string>();
        foreach (var words in lines.Select(line => line.Split(' ')))
        {
            if (words is ["pid", var number, var start] && int.TryParse(number, out var p) && long.TryParse(start, out var t))
                (pid, ticks) = (p, t);
            else if (words is ["boot", var id])
                boot = id;
            else if (words is ["read", var key, var marker])
                markers[key] = marker;
        }
        return pid < 0 || boot is null ? null : new(pid, ticks, boot, markers);
    }

    /// <summary>
    /// A fragment, exit 0 when the noted process is alive, the same, and noted to have read <paramref name="markers"/>. It leaves in <c>$p</c> and
    /// <c>$t</c> pid and start ticks; to be followed by more conditions.
    /// </summary>
    public static string IsAlive(ServiceSpec spec, IReadOnlyList<KeyValuePair<string, string>> markers) =>
        $$"""
        p= t= b=
        while read -r k v w; do
          case $k in pid) p=$v t=$w;; boot) b=$v;; esac
        done <{{PathOf(spec)}}
        read -r boot </proc/sys/kernel/random/boot_id
        [ -n "$p" ] && [ "$b" = "$boot" ] || exit 1

        """
        + string.Concat(markers.Select(marker => $"grep -qxF {Shell.Quote($"read {marker.Key} {marker.Value}")} {PathOf(spec)} || exit 1\n"))
        + (spec.UnitName is { } unit ? $"[ \"$p\" != 0 ] || exec systemctl is-active --quiet {Shell.Quote(unit)}\n" : "")
        + """
        read -r line <"/proc/$p/stat" || exit 1
        set -- ${line##*) }
        [ "$1" != Z ] && [ "$1" != X ] && [ "${20}" = "$t" ] || exit 1

        """;
}
