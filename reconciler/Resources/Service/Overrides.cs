using Reconciler.Model;

namespace Reconciler.Resources.Service;

/// <summary>
/// Files beside ours that change what ours says. systemd.unit(5): <c>UNIT.d/*.conf</c>, and for a name with dashes those of each beginning of
/// it, in /etc and, until the next boot, in /run. (What holds for all services of a server, <c>service.d</c>, is its administrator's.)
/// supervisor reads every file of conf.d, and of two sections of one name the later wins, key by key.
/// </summary>
internal static class Overrides
{
    private const string Lasting = "/etc/systemd/system/";

    /// <summary>A fragment that prints <c>override PATH</c> for each; empty for what is not ours to define.</summary>
    public static string Look(ServiceSpec spec) => IsLookedInto(spec) ? OfProgram(spec.FullName) : UnitOf(spec) is { } unit ? OfUnit(unit) : "";

    /// <summary>Where supervisor reads programs from.</summary>
    public const string Programs = "/etc/supervisor/conf.d";

    /// <summary>Files of others there may hold a section of the same name.</summary>
    public static bool IsLookedInto(ServiceSpec spec) => spec is { Retired: false, Manager: ServiceManager.OwnProgram };

    /// <summary>Folders in which something that <see cref="Look"/> finds would stand.</summary>
    public static IEnumerable<string> Folders(ServiceSpec spec) => IsLookedInto(spec) ? [Programs] : UnitOf(spec) is { } unit ? FoldersOf(unit) : [];

    /// <summary>The unit that is ours to define; null where none is.</summary>
    private static string? UnitOf(ServiceSpec spec) => spec switch
    {
        { Retired: true } => null,
        { Manager: ServiceManager.OwnUnit } or { Manager: ServiceManager.DeclaredProgram { Leads: true }, Elsewhere.Count: 0 } => spec.BootUnit,
        _ => null,
    };

    /// <summary>The runner may remove it, and keeps a copy.</summary>
    public static bool IsRemovable(string path) => path.StartsWith(Lasting, StringComparison.Ordinal);

    public static IEnumerable<Difference> Differences(Resource resource, ServiceSpec spec, ServiceFacts facts) => facts.Overrides.Select(path =>
        ServiceComparison.Of(resource, DifferenceType.Change, $"{path} changes {ServiceComparison.Defined(spec)}, and git does not know of it") with
        {
            Refusal = IsRemovable(path) ? null : spec.Manager is ServiceManager.OwnProgram
                ? $"take [program:{spec.FullName}] out of {path} (then `supervisorctl update`), or bring what it says into git"
                : $"undo it on the server (`systemctl revert {spec.BootUnit} && systemctl restart {spec.BootUnit}`), or bring what it says into git",
        });

    public static Step Remove(Resource resource, string path, Phase phase, int rank) =>
        new(phase, resource.Id, $"remove {path} (a copy is kept)", RunnerRequest.Remove(path))
        {
            Rank = rank,
            Proof = $"[ ! -e {Shell.Quote(path)} ]",
        };

    private static IEnumerable<string> FoldersOf(string unit)
    {
        var stem = unit[..unit.LastIndexOf('.')];
        var kind = unit[stem.Length..];
        var names = Enumerable.Range(0, stem.Length - 1).Where(i => stem[i] == '-').Select(i => stem[..(i + 1)] + kind).Append(unit);
        return names.SelectMany(name => new[] { $"{Lasting}{name}.d", $"/run/systemd/system/{name}.d" });
    }

    private static string OfUnit(string unit) => $$"""
        for f in {{string.Join(' ', FoldersOf(unit).Select(folder => $"{Shell.Quote(folder)}/*.conf"))}}; do [ ! -e "$f" ] || printf 'override %s\n' "$f"; done

        """;

    private static string OfProgram(string program) => $$"""
        set --
        for f in {{Programs}}/*.conf; do [ "$f" = {{Shell.Quote(SupervisorProgram.PathOf(program))}} ] || [ ! -f "$f" ] || set -- "$@" "$f"; done
        [ $# = 0 ] || grep -ls '^\[program:{{program}}\]' -- "$@" | while IFS= read -r f; do printf 'override %s\n' "$f"; done

        """;
}
