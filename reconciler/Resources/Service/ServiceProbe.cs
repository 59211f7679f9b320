using Reconciler.Model;

namespace Reconciler.Resources.Service;

/// <summary>
/// The cheap look: the process noted at the last start, or the one seen in the turn before, is still the same (pid and start ticks). It
/// reads files with the shell's own means and starts two small programs at most; supervisor is asked, through the runner, only when neither is there.
/// </summary>
internal static class ServiceProbe
{
    public static Probe Cheap(ServiceSpec spec, ServiceFacts? last) => new(
        StartedProcess.Look(spec.FullName) + "\n"
        + """
        [ -z "${boot-}" ] || [ "$boot" = "$now" ] || echo 'rebooted yes'
        read -r boot </proc/sys/kernel/random/boot_id && printf 'boot %s\n' "$boot"
        read -r up rest </proc/uptime && printf 'uptime %s\n' "${up%.*}"

        """ + Parents(spec) + Seen(last) + Placed(spec) + Overrides.Look(spec) + Active(spec, last) + Boot(spec) + Port(spec));

    /// <summary>Asks who keeps it running, and reads the content of a definition that may not be the one that was placed.</summary>
    public static Probe Dear(ServiceSpec spec, ServiceFacts? last) => new(
        Cheap(spec, last).Script
        + (Definition.Of(spec) is { } definition ? $"printf 'content %s\n' \"$(sha256sum <{Shell.Quote(definition.Path)})\"\n{Written(definition)}" : ""))
    { Request = RunnerRequest.Lookup(Lookup.Of(spec)) };

    /// <summary>Of a process that nobody noted, found in the turn before.</summary>
    private static string Seen(ServiceFacts? last) => last is null or { IsNoted: true } or { Processes.Count: 0 } ? "" :
        $"""
        for p in {string.Join(' ', last.Processes.Select(process => process.Pid))}; do
          read -r line <"/proc/$p/stat" && printf 'stat %s\n' "$line"
        done

        """;

    /// <summary>Orphans belong to process 1. ($f is the note, as the look at it leaves it.)</summary>
    private static string Parents(ServiceSpec spec) => spec.Manager is not (ServiceManager.OwnProgram or ServiceManager.ExistingProgram or ServiceManager.DeclaredProgram)
        ? "" :
        """
        read -r init </proc/1/comm
        [ "$init" = supervisord ] || [ ! -f "$f" ] || while read -r w p t; do
          [ "$w" = pid ] && read -r line <"/proc/$p/stat" || continue
          set -- ${line##*) }
          [ "${20}" != "$t" ] || printf 'parent %s\n' "$2"
        done <"$f"

        """;

    /// <summary>What it says is read only where the runner noted that it placed another one than git says.</summary>
    private static string Placed(ServiceSpec spec) => Definition.Of(spec) is not { } definition ? "" :
        $$"""
        {{PlacedFile.Look(definition.Path)}}
        n=; read -r n x <{{Shell.Quote(PlacedFile.Folder + definition.Path)}}
        [ "$n" = {{DefinitionReading.Digest(definition)}} ] || {{Written(definition)}}
        """;

    private static string Written(Definition definition) => $"sed 's/^/text /' {Shell.Quote(definition.Path)}\n";

    /// <summary>Where systemd keeps what is started at boot: enabling, disabling and masking write into one of these, or into a folder in the first.</summary>
    public static IEnumerable<string> BootPaths(string unit) => ["/etc/systemd/system", $"/etc/systemd/system/{unit}", "/run/systemd/system"];

    /// <summary>Exit 0 when something listens. State 0A is LISTEN (Linux, include/net/tcp_states.h); ports stand there in hexadecimal.</summary>
    public static string Listens(int port) => $"grep -qs ': [0-9A-F]*:{port:X4} [0-9A-F]*:0000 0A ' /proc/net/tcp /proc/net/tcp6";

    /// <summary>A unit without a process of its own (it only starts others) is active or not; only systemd can say.</summary>
    private static string Active(ServiceSpec spec, ServiceFacts? last) => spec.UnitName is null || last is not { Runs: true, Processes.Count: 0 } ? "" :
        $"""
        printf 'active %s\n' "$(systemctl is-active {Shell.Quote(spec.UnitName)})"

        """;

    /// <summary>Enabled is a link among what some target wants; systemctl is asked only where there is none (generated, static, aliased units).</summary>
    private static string Boot(ServiceSpec spec) => spec.BootUnit is not { } unit ? "" :
        $"""
        if [ -d /run/systemd/system ]; then
          u={Shell.Quote(unit)} e=
          for f in /etc/systemd/system/*.wants/"$u" /etc/systemd/system/*.requires/"$u"; do
            [ ! -L "$f" ] || e=enabled
          done
          [ ! -c "/etc/systemd/system/$u" ] || e=masked
          [ -n "$e" ] || e=$(systemctl --root=/ is-enabled "$u")
          printf 'enabled %s\n' "$e"
        else
          echo no-systemd
        fi

        """;

    private static string Port(ServiceSpec spec) => spec.Port is not { } port ? "" :
        $"""
        if {Listens(port)}; then echo 'listening yes'; else echo 'listening no'; fi

        """;
}
