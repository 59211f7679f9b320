using Reconciler.Model;

namespace Reconciler.Resources.StaticFiles;

/// <summary>Collected static files: a link to <c>PATH.d/DIGEST</c>.</summary>
/// <param name="Path">STATIC_ROOT, absolute; nginx serves it.</param>
/// <param name="Digest">Of all that collectstatic reads: static inputs of the commit, packages, settings; 16 hex digits.</param>
internal sealed record StaticFilesSpec(string Path, string Digest, ApplicationRuntime Runtime) : ResourceSpec
{
    public string Folder => $"{Path}.d/{Digest}";

    public string ReadyFile => $"{Path}.d/.{Digest}.ready";

    internal BuiltFolder Built => new(Path, Digest);
}

/// <summary>What was seen.</summary>
/// <param name="Target">Where the link points; null when there is none.</param>
/// <param name="IsFolder">A real folder stands where the link should be.</param>
/// <param name="Ready">Digests of what was collected whole.</param>
internal sealed record StaticFilesFacts(string? Target, bool IsFolder, IReadOnlyList<string> Ready) : ResourceFacts(Target)
{
    /// <summary>Of the wanted folder.</summary>
    public BuiltState Built { get; init; } = new(null, null);
}

/// <summary>
/// Static files (A10): collected in Prepare by the new code into a folder beside the live one, which is bound over STATIC_ROOT where only
/// collectstatic sees it; switched by link in Static. A live folder that was damaged is collected anew beside, for collectstatic leaves what is newer than
/// its source as it is, and takes its place in Static; ManifestStaticFilesStorage reads staticfiles.json at the start of a process, so that web services
/// start again with it. What the application itself puts there (a compressor's cache) is none of ours.
/// </summary>
internal sealed class StaticFilesKind : ResourceKind<StaticFilesSpec, StaticFilesFacts>
{
    public override string Name => "StaticFiles";

    protected override string? WantedMarker(StaticFilesSpec spec) => spec.Folder;

    protected override Probe Probe(Resource resource, StaticFilesSpec spec, StaticFilesFacts? last) => new($$"""
        s={{Shell.Quote(spec.Path)}}
        if [ -h "$s" ]; then echo "link $(readlink "$s")"; elif [ -d "$s" ]; then echo folder; fi
        for f in "$s".d/.*.ready; do [ -f "$f" ] && { f=${f##*/.}; echo "ready ${f%.ready}"; }; done
        [ -f {{Shell.Quote(spec.ReadyFile)}} ] || exit 0
        {{spec.Built.Look}}
        """);

    protected override Traces Traces(StaticFilesSpec spec, StaticFilesFacts? facts) => new()
    {
        Paths = [spec.Path, $"{spec.Path}.d", spec.ReadyFile, .. spec.Built.Records],
        Folders = facts?.Target == spec.Folder ? [spec.Folder] : [],
    };

    protected override Reading Read(Resource resource, StaticFilesSpec spec, StaticFilesFacts? last, string output, bool dearer)
    {
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        string[] After(string word) => [.. lines.Where(line => line.StartsWith(word, StringComparison.Ordinal)).Select(line => line[word.Length..])];
        var facts = new StaticFilesFacts(After("link ").FirstOrDefault(), lines.Contains("folder"), After("ready "));
        if (facts is { Target: null, IsFolder: false, Ready.Count: 0 })
            return Reading.Absent;
        if (BuiltFolder.Read(lines, dearer, last?.Built) is { } built)
            return Reading.Found(facts with { Built = built with { Damage = built.Damage?.AddedOnly(_ => false) } });
        return dearer
            ? Reading.Unknown($"{spec.Folder} could not be compared with what was collected")
            : new Reading.NeedsMore(spec.Built.Compare(spec.Runtime.User, Probe(resource, spec, last).Script));
    }

    protected override IEnumerable<Difference> Compare(Resource resource, StaticFilesSpec spec, StaticFilesFacts? facts, ReadMarkers reads)
    {
        Difference Of(string sentence, string? observed = null) =>
            new(resource.Id, facts is null or { Target: null, IsFolder: false } ? DifferenceType.Add : DifferenceType.Change, sentence, spec.Digest, observed)
            { Origin = resource.Origin };
        if (facts is null or { Target: null, IsFolder: false })
            yield return Of($"no static files were collected at {spec.Path} yet");
        else if (facts.IsFolder)
            yield return Of($"{spec.Path} is a folder made by hand, not one that was collected for this commit");
        else if (facts.Target != spec.Folder)
            yield return Of($"{spec.Path} holds the static files of another commit or of other packages", Path.GetFileName(facts.Target));
        else if (!facts.Ready.Contains(spec.Digest))
            yield return Of($"{spec.Path} was never collected whole, or the record of it is gone", "not whole");
        else if (facts.Built.Damage is { } damage)
            yield return Of(damage.IsGone ? $"{spec.Path} leads to nothing: {spec.Folder} is gone" : $"{spec.Path} {damage}", "damaged");
    }

    protected override IEnumerable<Step> Steps(Resource resource, StaticFilesSpec spec, StaticFilesFacts? facts, Change change)
    {
        if (change.Differences.Count == 0)
            yield break;
        var whole = facts is not null && facts.Ready.Contains(spec.Digest) && facts.Built.Damage is null;
        var mended = facts?.Target == spec.Folder;
        var built = mended ? spec.Built.Beside : spec.Built;
        if (!whole && !(mended && facts!.Ready.Contains(built.Name)))
            foreach (var step in StaticFilesSteps.Collect(resource, spec, built, mountPoint: facts is null or { Target: null, IsFolder: false }))
                yield return step;
        if (change.Rolls && !mended && facts?.Target is { } former && Path.GetDirectoryName(former) == $"{spec.Path}.d")
            yield return StaticFilesSteps.Keep(resource, spec, Path.GetFileName(former));
        yield return mended ? StaticFilesSteps.TakeOver(resource, spec) : StaticFilesSteps.Switch(resource, spec);
        foreach (var old in (facts?.Ready ?? []).Where(name => name != spec.Digest && name != built.Name && $"{spec.Path}.d/{name}" != facts?.Target))
            yield return StaticFilesSteps.Tidy(resource, spec, old);
    }
}
