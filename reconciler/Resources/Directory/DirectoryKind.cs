using Reconciler.Model;

namespace Reconciler.Resources.Directory;

/// <summary>A directory with its mode and owner. An absent one is made in Prepare; one that is there gets its mode in the phase that git asks for.</summary>
internal sealed class DirectoryKind : ResourceKind<DirectorySpec, DirectoryFacts>
{
    public override string Name => "Directory";

    /// <summary>One stat, whose complaint tells an absent one from one behind a folder that the login may not enter.</summary>
    protected override Probe Probe(Resource resource, DirectorySpec spec, DirectoryFacts? last) =>
        new($"LC_ALL=C stat -c 'found|%F|%a|%U|%G' -- {Shell.Quote(spec.Path)} 2>&1\n{AllowedFolders.Look(spec.Path, directory: true)}");

    protected override Traces Traces(DirectorySpec spec, DirectoryFacts? facts) => Model.Traces.Of(spec.Path, RunnerRoots.Configuration);

    protected override Reading Read(Resource resource, DirectorySpec spec, DirectoryFacts? last, string output, bool dearer)
    {
        var lines = output.Trim().Split('\n');
        return Read(spec, lines[0].Split('|'), AllowedFolders.Read(lines));
    }

    private static Reading Read(DirectorySpec spec, string[] seen, string? outside) => seen switch
    {
        ["found", var type, { Length: > 0 } mode, var owner, var group] => Reading.Found(new DirectoryFacts(type, mode.PadLeft(4, '0'), owner, group) { Outside = outside }),
        [var complaint] when complaint.EndsWith(": No such file or directory", StringComparison.Ordinal) =>
            outside is null ? Reading.Absent : Reading.Found(DirectoryFacts.AbsentOutside(outside)),
        [var complaint] when complaint.EndsWith(": Permission denied", StringComparison.Ordinal) =>
            Reading.Unknown($"the login may not enter the folder of {spec.Path}"),
        [var complaint] when complaint.EndsWith(": Not a directory", StringComparison.Ordinal) =>
            Reading.Unknown($"a parent of {spec.Path} is a file"),
        _ => Reading.Unknown($"stat does not answer for {spec.Path}"),
    };

    protected override IEnumerable<Difference> Compare(Resource resource, DirectorySpec spec, DirectoryFacts? facts, ReadMarkers reads) =>
        facts?.Outside is { } real ? AllowedFolders.Refuse(Differences(resource, spec, facts), real, directory: true) : Differences(resource, spec, facts);

    private static IEnumerable<Difference> Differences(Resource resource, DirectorySpec spec, DirectoryFacts? facts)
    {
        if (facts is null or { IsAbsent: true })
            yield return Of(DifferenceType.Add, $"there is no directory {spec.Path}", $"{spec.Mode} {spec.Owner}:{spec.Group}", "absent");
        else if (!facts.IsDirectory)
            yield return Of(DifferenceType.Change, $"{spec.Path} is a {facts.Type}, git wants a directory", "directory", facts.Type) with
            {
                Refusal = $"move {spec.Path} out of the way, or name another path in git",
            };
        else
        {
            if (facts.Mode != spec.Mode)
                yield return Of(DifferenceType.Change, $"mode of {spec.Path} is {facts.Mode}, git says {spec.Mode}", spec.Mode, facts.Mode);
            if (facts.Owner != spec.Owner)
                yield return Of(DifferenceType.Change, $"owner of {spec.Path} is {facts.Owner}, git says {spec.Owner}", spec.Owner, facts.Owner);
            if (facts.Group != spec.Group)
                yield return Of(DifferenceType.Change, $"group of {spec.Path} is {facts.Group}, git says {spec.Group}", spec.Group, facts.Group);
        }

        Difference Of(DifferenceType type, string sentence, string wanted, string observed) =>
            new(resource.Id, type, sentence, wanted, observed) { Origin = resource.Origin };
    }

    protected override IEnumerable<Step> Steps(Resource resource, DirectorySpec spec, DirectoryFacts? facts, Change change)
    {
        if (change.Differences.Count == 0 || facts is { IsDirectory: false } or { Outside: not null })
            yield break;
        var early = facts is null;
        yield return new Step(early ? Phase.Prepare : spec.Phase, resource.Id,
            early ? $"make directory {spec.Path}" : $"set {spec.Path} to {spec.Mode} {spec.Owner}:{spec.Group}",
            RunnerRequest.Directory(spec.Path, spec.Mode, spec.Owner, spec.Group))
        {
            Proof = $"[ \"$(stat -c '%F %a %U:%G' -- {Shell.Quote(spec.Path)} 2>/dev/null)\" = {Shell.Quote($"directory {spec.Mode.TrimStart('0')} {spec.Owner}:{spec.Group}")} ]",
            Attempts = 3,
            Rank = early ? Ranks.Directories : 0,
        };
    }
}
