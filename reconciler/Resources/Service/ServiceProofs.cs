using Reconciler.Model;

namespace Reconciler.Resources.Service;

/// <summary>Read-only fragments that look whether a step had its effect: exit 0 when it had.</summary>
internal static class ServiceProofs
{
    /// <summary>What "stays up" means: longer than a program that fails at its first use of something.</summary>
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(3);

    /// <summary>The process that was noted is alive, has read what it should, and its port is listened on.</summary>
    public static string Started(ServiceSpec spec, IReadOnlyList<KeyValuePair<string, string>> markers) =>
        IsAlive(spec, markers) + (spec.Port is { } port ? ServiceProbe.Listens(port) + "\n" : "");

    /// <summary>The process that was noted is still the same some seconds after its start: nobody had to start it again.</summary>
    public static string StaysUp(ServiceSpec spec) =>
        IsAlive(spec, [])
        + $$"""
        read -r up rest </proc/uptime
        [ $(( ${up%.*} * 100 - youngest )) -ge {{(long)(Settled.TotalSeconds * 100)}} ]

        """;

    /// <summary>No process is left: not the main one, nor one of its process group (workers that outlived their master) or unit.</summary>
    public static string Stopped(ServiceSpec spec, ServiceFacts facts) =>
        spec.Manager is ServiceManager.BareProcess bare ? NoneMatches(bare)
        : spec.UnitName is { } unit ? UnitEmpty(unit)
        : GroupsGone(spec, facts);

    /// <summary>
    /// Supervisor makes each program the leader of a process group, whose number is its pid. Numbers of before a reboot say nothing, and one that a younger
    /// process leads by now was given away, which the kernel does only when the group of before is empty.
    /// </summary>
    private static string GroupsGone(ServiceSpec spec, ServiceFacts facts) =>
        $$"""
        all= b=
        while read -r k v w; do
          case $k in pid) all="$all $v:$w";; boot) b=$v;; esac
        done <{{NoteOf(spec)}}
        read -r boot </proc/sys/kernel/random/boot_id
        [ "$b" = "$boot" ] || all=
        [ {{Shell.Quote(facts.Boot)}} != "$boot" ] || all="$all {{string.Join(' ', facts.Processes.Select(process => $"{process.Pid}:{process.Ticks}"))}}"
        groups=' '
        for one in $all; do
          if { read -r line <"/proc/${one%:*}/stat"; } 2>/dev/null; then
            set -- ${line##*) }
            [ "${one#*:}" = 0 ] || [ "${20}" = "${one#*:}" ] || continue
          fi
          groups="$groups${one%:*} "
        done
        for f in /proc/[0-9]*/stat; do
          read -r line <"$f" || continue
          set -- ${line##*) }
          case $1 in Z|X) continue;; esac
          case $groups in *" $3 "*) echo "process ${line%%)*}) still runs"; exit 1;; esac
        done

        """;

    private static string NoteOf(ServiceSpec spec) => Shell.Quote($"{StartedProcess.Folder}/{spec.FullName}");

    /// <summary>
    /// Exits unless every noted process is alive, the same, and noted to have read <paramref name="markers"/>: with 99, which ends the waiting, when
    /// one has ended, for the site may be down meanwhile. It leaves in <c>$youngest</c> the
    /// latest start, in ticks since boot; more conditions may follow.
    /// </summary>
    private static string IsAlive(ServiceSpec spec, IReadOnlyList<KeyValuePair<string, string>> markers) =>
        $$"""
        all= b= youngest=0
        while read -r k v w; do
          case $k in pid) all="$all $v:$w";; boot) b=$v;; esac
        done <{{NoteOf(spec)}}
        read -r boot </proc/sys/kernel/random/boot_id
        [ "$b" = "$boot" ] || exit 1
        {{(spec.UnitName is { } unit ? $"[ -n \"$all\" ] || systemctl is-active --quiet {Shell.Quote(unit)} || exit 1" : "[ -n \"$all\" ] || exit 1")}}
        for one in $all; do
          { read -r line <"/proc/${one%:*}/stat"; } 2>/dev/null || exit 99
          set -- ${line##*) }
          [ "$1" != Z ] && [ "$1" != X ] && [ "${20}" = "${one#*:}" ] || exit 99
          [ "${20}" -le "$youngest" ] || youngest=${20}
        done

        """
        + string.Concat(markers.Select(marker => $"grep -qxF {Shell.Quote($"read {marker.Key} {marker.Value}")} {NoteOf(spec)} || exit 1\n"));

    private static string UnitEmpty(string unit) =>
        $"""
        for f in /sys/fs/cgroup/system.slice/{Shell.Quote(unit)}/cgroup.procs /sys/fs/cgroup/systemd/system.slice/{Shell.Quote(unit)}/cgroup.procs; do
          [ ! -e "$f" ] || [ -z "$(cat "$f")" ] || exit 1
        done

        """;

    private static string NoneMatches(ServiceManager.BareProcess bare) =>
        $"""
        for f in $(find /proc -maxdepth 1 -name '[1-9]*' -user {Shell.Quote(bare.User)}); do
          ! tr '\0' ' ' <"$f/cmdline" | sed 's/ $//' | grep -qE -e {Shell.Quote(bare.Pattern)} || exit 1
        done

        """;
}
