using Reconciler.Model;

namespace Reconciler.Resources.StaticFiles;

/// <summary>Collected static files: a link to <c>PATH.d/DIGEST</c>.</summary>
/// <param name="Path">STATIC_ROOT, absolute; nginx serves it.</param>
/// <param name="Digest">Of all that collectstatic reads: static inputs of the commit, packages, settings; 16 hex digits.</param>
internal sealed record StaticFilesSpec(string Path, string Digest, ApplicationRuntime Runtime) : ResourceSpec
{
    public string Folder => $"{Path}.d/{Digest}";

    public string ReadyFile => $"{Path}.d/.{Digest}.ready";
}

/// <summary>What was seen.</summary>
/// <param name="Target">Where the link points; null when there is none.</param>
/// <param name="IsFolder">A real folder stands where the link should be.</param>
/// <param name="Ready">Digests of what was collected whole.</param>
internal sealed record StaticFilesFacts(string? Target, bool IsFolder, IReadOnlyList<string> Ready) : ResourceFacts(Target);

/// <summary>
/// Static files (A10): collected in Prepare by the new code into a folder beside the live one, which is bound over STATIC_ROOT where only
/// collectstatic sees it; switched by link in Static.
/// </summary>
internal sealed class StaticFilesKind : ResourceKind<StaticFilesSpec, StaticFilesFacts>
{
    public override string Name => "StaticFiles";

    protected override string? WantedMarker(StaticFilesSpec spec) => spec.Folder;

    protected override Probe Probe(Resource resource, StaticFilesSpec spec, StaticFilesFacts? last) => new($$"""
        s={{Shell.Quote(spec.Path)}}
        if [ -h "$s" ]; then echo "link $(readlink "$s")"; elif [ -d "$s" ]; then echo folder; fi
        for f in "$s".d/.*.ready; do [ -f "$f" ] && { f=${f##*/.}; echo "ready ${f%.ready}"; }; done
        """);

    protected override Reading Read(Resource resource, StaticFilesSpec spec, StaticFilesFacts? last, string output, bool dearer)
    {
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        string[] After(string word) => [.. lines.Where(line => line.StartsWith(word, StringComparison.Ordinal)).Select(line => line[word.Length..])];
        var facts = new StaticFilesFacts(After("link ").FirstOrDefault(), lines.Contains("folder"), After("ready "));
        return facts is { Target: null, IsFolder: false, Ready.Count: 0 } ? Reading.Absent : Reading.Found(facts);
    }

    protected override IEnumerable<Difference> Compare(Resource resource, StaticFilesSpec spec, StaticFilesFacts? facts, ReadMarkers reads)
    {
        if (facts is null || (facts.Target is null && !facts.IsFolder))
            yield return new(resource.Id, DifferenceType.Add, $"no static files were collected at {spec.Path} yet", spec.Digest) { Origin = resource.Origin };
        else if (facts.IsFolder)
            yield return new(resource.Id, DifferenceType.Change, $"{spec.Path} is a folder made by hand, not one that was collected for this commit", spec.Digest)
            { Origin = resource.Origin };
        else if (facts.Target != spec.Folder || !facts.Ready.Contains(spec.Digest))
            yield return new(resource.Id, DifferenceType.Change, $"{spec.Path} holds the static files of another commit or of other packages", spec.Digest,
                Path.GetFileName(facts.Target))
            { Origin = resource.Origin };
    }

    protected override IEnumerable<Step> Steps(Resource resource, StaticFilesSpec spec, StaticFilesFacts? facts, Change change)
    {
        if (change.Differences.Count == 0)
            yield break;
        if (!(facts?.Ready.Contains(spec.Digest) ?? false))
            foreach (var step in Collect(resource, spec, mountPoint: facts is null or { Target: null, IsFolder: false }))
                yield return step;
        yield return new(Phase.Static, resource.Id, $"switch {spec.Path} to the static files of this commit", RunnerRequest.Link(spec.Path, spec.Folder))
        { Proof = $"[ -h {Shell.Quote(spec.Path)} ] && [ {Shell.Quote(spec.Path)} -ef {Shell.Quote(spec.Folder)} ]" };
        foreach (var old in (facts?.Ready ?? []).Where(digest => digest != spec.Digest && $"{spec.Path}.d/{digest}" != facts?.Target))
            yield return new(Phase.Tidy, resource.Id, $"remove old static files {old}",
                RunnerRequest.Run(spec.Runtime.User, spec.Path + ".d", "-", new PayloadPart.Text($"rm -f ./.{old}.ready && rm -rf ./{Shell.Quote(old)}\n")))
            { Proof = $"[ ! -e {Shell.Quote($"{spec.Path}.d/.{old}.ready")} ]" };
    }

    /// <param name="mountPoint">Nothing is at STATIC_ROOT yet: an empty folder to bind over, which the switch replaces.</param>
    private static IEnumerable<Step> Collect(Resource resource, StaticFilesSpec spec, bool mountPoint)
    {
        var user = spec.Runtime.User;
        foreach (var folder in new[] { spec.Path + ".d", spec.Folder })
            yield return new(Phase.Prepare, resource.Id, $"make {folder}", RunnerRequest.Directory(folder, "0755", user, user))
            {
                Rank = Ranks.Directories,
                Proof = $"[ -d {Shell.Quote(folder)} ]",
            };
        if (mountPoint)
            yield return new(Phase.Prepare, resource.Id, $"link {spec.Path}, where nothing is yet", RunnerRequest.Link(spec.Path, spec.Folder))
            {
                Rank = Ranks.Directories + 1,
                Proof = $"[ -h {Shell.Quote(spec.Path)} ]",
            };
        var ready = Shell.Quote(spec.ReadyFile);
        yield return new(Phase.Prepare, resource.Id, "collect static files with the new code",
            spec.Runtime.Try("-", $"set -e\nrm -f {ready}\npython manage.py collectstatic --noinput --verbosity 0\n: >{ready}\n",
                KeyValuePair.Create(spec.Folder, spec.Path)))
        {
            Rank = Ranks.Trials,
            Deadline = TimeSpan.FromMinutes(20),
            Proof = $"[ -e {ready} ]",
        };
    }
}
