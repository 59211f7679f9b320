using Reconciler.Model;

namespace Reconciler.Resources.Link;

/// <summary>
/// A symbolic link, such as <c>/cnhome</c> (seeds/002: 48). An absent one is made in Prepare, one that points elsewhere is switched in the phase
/// that git asks for. Something real in its place stops the plan: somebody put it there.
/// </summary>
internal sealed class LinkKind : ResourceKind<LinkSpec, LinkFacts>
{
    public override string Name => "Link";

    /// <summary><c>stat</c> says the type, and a complaint that tells an absent link from one that the login may not see; the target may hold any character but a newline.</summary>
    protected override Probe Probe(Resource resource, LinkSpec spec, LinkFacts? last) => new($"""
        p={Shell.Quote(spec.Path)}
        if [ -L "$p" ]; then echo "link $(readlink -- "$p")"; else LC_ALL=C stat -c 'found %F' -- "$p" 2>&1; fi
        {AllowedFolders.Look(spec.Path, link: true)}
        """);

    protected override Traces Traces(LinkSpec spec, LinkFacts? facts) => Model.Traces.Of(spec.Path, RunnerRoots.Configuration);

    protected override Reading Read(Resource resource, LinkSpec spec, LinkFacts? last, string output, bool dearer)
    {
        var lines = output.TrimEnd('\n').Split('\n');
        return Read(spec, lines[0], AllowedFolders.Read(lines));
    }

    private static Reading Read(LinkSpec spec, string seen, string? outside) => seen switch
    {
        var line when line.StartsWith("link ", StringComparison.Ordinal) => Reading.Found(new LinkFacts(line["link ".Length..], "symbolic link") { Outside = outside }),
        var line when line.StartsWith("found ", StringComparison.Ordinal) => Reading.Found(new LinkFacts(null, line["found ".Length..]) { Outside = outside }),
        var line when line.EndsWith(": No such file or directory", StringComparison.Ordinal) =>
            outside is null ? Reading.Absent : Reading.Found(LinkFacts.AbsentOutside(outside)),
        var line when line.EndsWith(": Permission denied", StringComparison.Ordinal) => Reading.Unknown($"the login may not enter the folder of {spec.Path}"),
        _ => Reading.Unknown($"stat does not answer for {spec.Path}"),
    };

    protected override string? WantedMarker(LinkSpec spec) => spec.Target;

    protected override IEnumerable<Difference> Compare(Resource resource, LinkSpec spec, LinkFacts? facts, ReadMarkers reads) =>
        facts?.Outside is { } real ? AllowedFolders.Refuse(Differences(resource, spec, facts), real) : Differences(resource, spec, facts);

    private static IEnumerable<Difference> Differences(Resource resource, LinkSpec spec, LinkFacts? facts)
    {
        if (facts is null or { IsAbsent: true })
            yield return Of(DifferenceType.Add, $"there is no link {spec.Path}", "absent");
        else if (facts.Target is null)
            yield return Of(DifferenceType.Change, $"a {facts.Type} stands at {spec.Path}, git wants a link to {spec.Target}", facts.Type) with
            {
                Refusal = $"move {spec.Path} out of the way; {resource.Id.YesToDrift}, and it is moved aside and kept",
                Gate = "drift",
            };
        else if (facts.Target != spec.Target)
            yield return Of(DifferenceType.Change, $"{spec.Path} points to {facts.Target}, git says {spec.Target}", facts.Target);

        Difference Of(DifferenceType type, string sentence, string observed) =>
            new(resource.Id, type, sentence, spec.Target, observed) { Origin = resource.Origin };
    }

    protected override IEnumerable<Step> Steps(Resource resource, LinkSpec spec, LinkFacts? facts, Change change)
    {
        if (change.Differences.Count == 0 || facts is { Outside: not null })
            yield break;
        var early = facts is null;
        yield return new Step(early ? Phase.Prepare : spec.Phase, resource.Id, $"link {spec.Path} to {spec.Target}",
            RunnerRequest.Link(spec.Path, spec.Target))
        {
            Proof = $"[ \"$(readlink -- {Shell.Quote(spec.Path)})\" = {Shell.Quote(spec.Target)} ]",
            Attempts = 3,
            Rank = early ? Ranks.Directories : 0,
        };
    }
}
