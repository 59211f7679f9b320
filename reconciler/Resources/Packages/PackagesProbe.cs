using Reconciler.Model;

namespace Reconciler.Resources.Packages;

/// <summary>The scripts that look at packages. Answers are lines that begin with a word; the last one is <c>end</c>.</summary>
internal static class PackagesProbe
{
    /// <summary>What the answers depend on: dpkg's record, and what apt chooses from.</summary>
    public const string Watched =
        "/var/lib/dpkg/status /var/lib/apt/lists /etc/apt/preferences /etc/apt/preferences.d /etc/apt/sources.list /etc/apt/sources.list.d "
        + "/etc/apt/apt.conf.d";

    /// <summary>
    /// What runs there, and whether it asks for a reboot (seeds/000: 113-118): read by the shell itself, no process is started.
    /// </summary>
    private const string Standing = """
        if [ -e /run/reboot-required ]; then echo 'reboot required'
            [ ! -r /run/reboot-required.pkgs ] || while read -r p; do echo "reboot-for $p"; done </run/reboot-required.pkgs
        fi
        read -r k </proc/sys/kernel/osrelease && echo "kernel $k"
        read -r b </proc/sys/kernel/random/boot_id && read -r u _ </proc/uptime && echo "boot $b $u"
        [ ! -r /etc/os-release ] || (. /etc/os-release && echo "system $PRETTY_NAME")
        """;

    /// <summary>A name without a file that says so was there before the runner, or came with another.</summary>
    public const string Inventory = "/var/lib/reconciler/server/installed";

    /// <summary>What a package's name cannot be.</summary>
    private const string Pruned = "/pruned";

    public static string Queried(PackagesSpec spec) => string.Join(' ', spec.Packages
        .Select(package => package.State == PackageState.Latest ? package.Name + "/latest" : package.Name)
        .Concat(spec.PruneAtMost is null ? [] : [Pruned]));

    private static string Ours(PackagesSpec spec) => spec.PruneAtMost is null ? "" : $"""
        [ ! -d {Inventory} ] || (cd {Inventory} && set -- * && [ -e "$1" ] && dpkg-query -W -f='ours ${"{Package}"} ${"{db:Status-Status}"}\n' "$@" 2>/dev/null)
        """;

    /// <summary>
    /// One stat when nothing changed since <paramref name="last"/> (<c>same</c>), else one dpkg-query, and one apt-cache where git wants the latest.
    /// </summary>
    public static string Cheap(PackagesSpec spec, PackagesFacts? last)
    {
        var latest = spec.Packages.Where(package => package.State == PackageState.Latest).Select(package => package.Name).ToList();
        var known = last is not null && last.Queried == Queried(spec) ? last.Signature : "";
        return $$"""
            export LC_ALL=C
            {{Standing}}
            s=$(stat --printf '%s,%.9Y,%i;' {{Watched}}{{(spec.PruneAtMost is null ? "" : $" {Inventory}")}} 2>/dev/null)
            if [ -n "$s" ] && [ "$s" = {{Shell.Quote(known)}} ]; then echo same; else
            echo "signature $s"
            dpkg-query -W -f='package ${Package} ${Version} ${db:Status-Abbrev}\n' {{Shell.Join(spec.Packages.Select(package => package.Name))}}
            echo "dpkg $?"
            {{Ours(spec)}}
            {{(latest.Count == 0 ? "" : "apt-cache policy " + Shell.Join(latest))}}
            fi
            echo end

            """;
    }

    /// <summary>
    /// What adding the absent ones would do to the rest. A simulation needs no lock and no rights, and writes nothing; the runner
    /// simulates again before it acts.
    /// </summary>
    public static string Simulation(IEnumerable<string> words) => $$"""
        export LC_ALL=C
        apt-get -s -qq -o Debug::NoLocking=1 install -- {{Shell.Join(words)}} | sed -n 's/^Inst \([^ ]*\) \[.*/upgrade \1/p; s/^Remv \([^ ]*\) .*/remove \1/p'
        echo end

        """;

    /// <summary>Exit 0 when none of them is installed.</summary>
    public static string Removed(IEnumerable<string> names) => string.Concat(names.Select(name =>
        $"! dpkg-query -W -f='${{db:Status-Status}}\\n' {Shell.Quote(name)} 2>/dev/null | grep -qxF installed || exit 1\n"));

    /// <summary>Exit 0 when each word (<c>name</c> or <c>name=version</c>) is installed.</summary>
    public static string Proof(IEnumerable<string> words) => string.Concat(words.Select(word => word.Split('=', 2) switch
    {
        [var name, var version] =>
            $"dpkg-query -W -f='${{db:Status-Status}} ${{Version}}\\n' {Shell.Quote(name)} 2>/dev/null | grep -qxF {Shell.Quote("installed " + version)} || exit 1\n",
        [var name, ..] =>
            $"dpkg-query -W -f='${{db:Status-Status}}\\n' {Shell.Quote(name)} 2>/dev/null | grep -qxF installed || exit 1\n",
        [] => "",
    }));
}
