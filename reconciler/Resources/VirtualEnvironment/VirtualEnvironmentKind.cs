using Reconciler.Model;

namespace Reconciler.Resources.VirtualEnvironment;

/// <summary>
/// The packages of an application (A7): built beside the live virtualenv in Prepare, switched by link in Virtualenv. So is the successor of a live one
/// that was damaged, which takes its place there. Where files are only missing it does so in Prepare: nobody has loaded what is not there, and what is
/// tried next needs them.
/// </summary>
internal sealed class VirtualEnvironmentKind : ResourceKind<VirtualEnvironmentSpec, VirtualEnvironmentFacts>
{
    private const int MostNamed = 8;

    public override string Name => "VirtualEnvironment";

    protected override string? WantedMarker(VirtualEnvironmentSpec spec) => spec.Digest;

    /// <summary>
    /// No pip and no Python: the names of the dist-info folders are compared with those noted when the virtualenv was finished.
    /// </summary>
    protected override Probe Probe(Resource resource, VirtualEnvironmentSpec spec, VirtualEnvironmentFacts? last) => new($$"""
        v={{Shell.Quote(spec.Path)}} d={{spec.Digest}}
        if [ -h "$v" ]; then echo "link $(readlink "$v")"; elif [ -d "$v" ]; then echo folder; fi
        for f in "$v".d/.*.ready; do [ -f "$f" ] && { f=${f##*/.}; echo "ready ${f%.ready}"; }; done
        [ -f "$v.d/.$d.ready" ] || exit 0
        [ -x "$v.d/$d/bin/python" ] && echo works
        for f in "$v.d/$d"/lib/python3*/site-packages/*.dist-info "$v.d/$d"/lib/python3*/site-packages/*.egg-info; do
        [ -e "$f" ] && { f=${f##*/}; echo "now ${f%.*-info}"; }; done
        for f in "$v.d/$d"/lib/python3*/site-packages; do echo "in $f"; done
        while read -r f; do echo "was $f"; done <"$v.d/.$d.ready"
        {{spec.Built.Look}}
        """);

    protected override Traces Traces(VirtualEnvironmentSpec spec, VirtualEnvironmentFacts? facts) => new()
    {
        Paths = [spec.Path, $"{spec.Path}.d", spec.ReadyFile, .. spec.Built.Records, $"{spec.Folder}/bin/python"],
        Folders = facts?.Target == spec.Folder ? [$"{spec.Folder}/bin", .. facts.Packages] : [],
    };

    protected override Reading Read(Resource resource, VirtualEnvironmentSpec spec, VirtualEnvironmentFacts? last, string output, bool dearer)
    {
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        string[] After(string word) => [.. lines.Where(line => line.StartsWith(word, StringComparison.Ordinal)).Select(line => line[word.Length..])];
        var target = After("link ").FirstOrDefault();
        var isFolder = lines.Contains("folder");
        var ready = After("ready ");
        if (target is null && !isFolder && ready.Length == 0)
            return Reading.Absent;
        var (now, was) = (After("now ").ToHashSet(), After("was ").ToHashSet());
        var marker = target is not null && target.StartsWith(spec.Path + ".d/", StringComparison.Ordinal) ? target[(spec.Path.Length + 3)..] : target;
        var facts = new VirtualEnvironmentFacts(target, isFolder, ready,
            [.. now.Except(was).Order()], [.. was.Except(now).Order()], lines.Contains("works"), marker)
        {
            Packages = After("in "),
        };
        if (BuiltFolder.Read(lines, dearer, last?.Built) is { } built)
            return Reading.Found(facts with { Built = built with { Damage = built.Damage?.AddedOnly(MayRun) } });
        return dearer
            ? Reading.Unknown($"{spec.Folder} could not be compared with what was built")
            : new Reading.NeedsMore(spec.Built.Compare(spec.User, Probe(resource, spec, last).Script));
    }

    /// <summary>Packages keep caches of their own among their files; what Python imports or a shell finds is another matter.</summary>
    private static bool MayRun(string added) =>
        added.StartsWith("bin/", StringComparison.Ordinal) || added.EndsWith(".py", StringComparison.Ordinal)
        || added.EndsWith(".pth", StringComparison.Ordinal) || added.EndsWith(".so", StringComparison.Ordinal);

    protected override IEnumerable<Difference> Compare(Resource resource, VirtualEnvironmentSpec spec, VirtualEnvironmentFacts? facts, ReadMarkers reads)
    {
        if (facts is null || (facts.Target is null && !facts.IsFolder))
            yield return new(resource.Id, DifferenceType.Add, $"there is no virtualenv at {spec.Path}", spec.Digest) { Origin = resource.Origin };
        else if (facts.IsFolder)
            yield return new(resource.Id, DifferenceType.Change, $"{spec.Path} is a folder made by hand, not one that is built from the requirements", spec.Digest)
            { Origin = resource.Origin };
        else if (facts.Target != spec.Folder)
            yield return new(resource.Id, DifferenceType.Change, $"the packages are those of virtualenv {facts.Marker}, the requirements say {spec.Digest}",
                spec.Digest, facts.Marker)
            { Origin = resource.Origin };
        else if (!facts.Ready.Contains(spec.Digest) || !facts.InterpreterWorks)
            yield return new(resource.Id, DifferenceType.Change, $"virtualenv {spec.Digest} is broken (its interpreter or its record is gone)", spec.Digest, "broken")
            { Origin = resource.Origin };
        else if (facts.Added.Count + facts.Missing.Count > 0)
            yield return new(resource.Id, DifferenceType.Change, $"packages of {spec.Path} were changed by hand: {Changes(facts)}",
                spec.Digest, Changes(facts))
            { Origin = resource.Origin };
        else if (facts.Built.Damage is { } damage)
            yield return new(resource.Id, DifferenceType.Change, $"virtualenv {spec.Digest} {damage}", spec.Digest, "damaged") { Origin = resource.Origin };
    }

    protected override IEnumerable<Step> Steps(Resource resource, VirtualEnvironmentSpec spec, VirtualEnvironmentFacts? facts, Change change)
    {
        if (change.Differences.Count == 0)
            yield break;
        var live = facts?.Target == spec.Folder;
        var built = live ? spec.Built.Beside : spec.Built;
        if (facts?.IsIntact(spec) != true)
        {
            if (!(live && facts!.Ready.Contains(built.Name)))
                foreach (var step in VirtualEnvironmentSteps.Build(resource, spec, built))
                    yield return step;
            if (live)
                yield return VirtualEnvironmentSteps.TakeOver(resource, spec, facts!.OnlyLacks(spec) ? Phase.Prepare : Phase.Virtualenv);
        }
        if (!live)
            yield return VirtualEnvironmentSteps.Switch(resource, spec);
        foreach (var old in (facts?.Ready ?? []).Where(digest => digest != spec.Digest && digest != built.Name && digest != facts?.Marker))
            yield return VirtualEnvironmentSteps.Tidy(resource, spec, old);
    }

    private static string Changes(VirtualEnvironmentFacts facts)
    {
        var was = facts.Missing.Select(Parts).ToLookup(package => package.Name, package => package.Version,
            StringComparer.OrdinalIgnoreCase);
        var now = facts.Added.Select(Parts).ToLookup(package => package.Name, package => package.Version,
            StringComparer.OrdinalIgnoreCase);
        var all = now.Select(package => was.Contains(package.Key)
                ? $"{package.Key} is {string.Join(" and ", package)} in the place of {string.Join(" and ", was[package.Key])}"
                : $"{package.Key} {string.Join(" and ", package)} was added")
            .Concat(was.Where(package => !now.Contains(package.Key)).Select(package =>
                $"{package.Key} {string.Join(" and ", package)} is gone"))
            .ToList();
        return string.Join(", ", all.Take(MostNamed)) + (all.Count > MostNamed ? $" and {all.Count - MostNamed} more" : "");
    }

    /// <summary>As pip names their folders: <c>NAME-VERSION</c>, no dash in either.</summary>
    private static (string Name, string Version) Parts(string package) =>
        package.LastIndexOf('-') is var dash and > 0 ? (package[..dash], package[(dash + 1)..]) : (package, "");
}
