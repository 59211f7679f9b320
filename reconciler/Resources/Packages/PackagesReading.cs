using System.Globalization;
using Reconciler.Model;

namespace Reconciler.Resources.Packages;

/// <summary>What the answers of <see cref="PackagesProbe"/> mean. Lines that are none of theirs are passed over.</summary>
internal static class PackagesReading
{
    public static Reading Cheap(PackagesSpec spec, PackagesFacts? last, string output)
    {
        var lines = output.Split('\n');
        if (!lines.Contains("end"))
            return Reading.Unknown("the list of installed packages was cut off");
        if (lines.Contains("same"))
            return last is null ? Reading.Unknown("the server says that its packages are unchanged, but they were never read")
                : Reading.Found(Standing(last, lines));
        // dpkg-query exits 1 when some names are unknown to it, 2 when it could not look at all.
        if (!lines.Contains("dpkg 0") && !lines.Contains("dpkg 1"))
            return Reading.Unknown("dpkg-query does not answer on the server");
        var facts = Of(spec, lines, []);
        return Absent(spec, facts) is [_, ..] absent
            ? new Reading.NeedsMore(new Probe(Cheap(spec) + PackagesProbe.Simulation(absent)))
            : Reading.Found(facts);

        static string Cheap(PackagesSpec spec) => PackagesProbe.Cheap(spec, null);
    }

    /// <summary>The whole cheap answer once more, then the simulation's: so a package installed in between is seen.</summary>
    public static Reading Dearer(PackagesSpec spec, PackagesFacts? last, string output)
    {
        var lines = output.Split('\n');
        if (lines.Count(line => line == "end") < 2)
            return Reading.Unknown("the list of installed packages was cut off");
        var disturbs = Words(lines, "upgrade").Select(words => $"upgrades {words[1]}")
            .Concat(Words(lines, "remove").Select(words => $"removes {words[1]}"));
        return Cheap(spec, last, output) switch
        {
            Reading.NeedsMore => Reading.Found(Of(spec, lines, [.. disturbs])),
            var reading => reading,
        };
    }

    private static PackagesFacts Of(PackagesSpec spec, string[] lines, IReadOnlyList<string> disturbs) => Standing(
        new(Signature(lines), PackagesProbe.Queried(spec), false, Installed(lines), Candidates(lines), disturbs)
        {
            Ours = [.. Words(lines, "ours").Where(words => words is [_, _, "installed"]).Select(words => words[1]).Distinct().Order(StringComparer.Ordinal)],
        }, lines);

    /// <summary>What every look reads anew.</summary>
    private static PackagesFacts Standing(PackagesFacts facts, string[] lines)
    {
        var boot = Words(lines, "boot").FirstOrDefault() ?? [];
        return facts with
        {
            RebootRequired = lines.Contains("reboot required"),
            RebootFor = string.Join(' ', Words(lines, "reboot-for").Select(words => words[^1]).Distinct().Order(StringComparer.Ordinal)),
            Kernel = Words(lines, "kernel").Select(words => words[^1]).FirstOrDefault() ?? "",
            System = string.Join(' ', Words(lines, "system").FirstOrDefault()?.Skip(1) ?? []),
            BootId = boot.ElementAtOrDefault(1) ?? "",
            Up = double.TryParse(boot.ElementAtOrDefault(2), NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds)
                ? TimeSpan.FromSeconds(seconds) : null,
        };
    }

    /// <summary>Those that are not there at all, as words for apt-get install.</summary>
    public static IReadOnlyList<string> Absent(PackagesSpec spec, PackagesFacts facts) =>
        [.. spec.Packages.Where(package => !facts.Installed.TryGetValue(package.Name, out var found) || !found.Unpacked).Select(AptWord)];

    public static string AptWord(WantedPackage package) => package.Version is null ? package.Name : $"{package.Name}={package.Version}";

    private static string Signature(string[] lines) => Words(lines, "signature").Select(words => words.ElementAtOrDefault(1)).FirstOrDefault() ?? "";

    private static Dictionary<string, InstalledPackage> Installed(string[] lines)
    {
        var installed = new Dictionary<string, InstalledPackage>();
        // "package NAME VERSION ii"; one line per architecture, of which a complete one counts. Without a version it is known by name only.
        foreach (var words in Words(lines, "package").Where(words => words is [_, _, _, { Length: 2 or 3 }]))
            if (!installed.TryGetValue(words[1], out var other) || !other.Complete)
                installed[words[1]] = new InstalledPackage(words[2], words[3]);
        return installed;
    }

    /// <summary>apt-cache policy: <c>name:</c> at the line's start, then <c>  Candidate: VERSION</c>, or <c>(none)</c>.</summary>
    private static Dictionary<string, string> Candidates(string[] lines)
    {
        var candidates = new Dictionary<string, string>();
        var name = "";
        foreach (var line in lines)
            if (line is [not ' ', .., ':'])
                name = line[..^1];
            else if (line.StartsWith("  Candidate: ", StringComparison.Ordinal) && !line.EndsWith("(none)", StringComparison.Ordinal))
                candidates[name] = line["  Candidate: ".Length..];
        return candidates;
    }

    private static IEnumerable<string[]> Words(string[] lines, string first) =>
        lines.Where(line => line.StartsWith(first + " ", StringComparison.Ordinal)).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
}
