using Reconciler.Model;

namespace Reconciler.Resources.NginxSite;

/// <summary>
/// A site of nginx (B10, D37): tried before it is placed, enabled, and proven to be what nginx serves, because <c>nginx -t</c> passes and a reload
/// exits 0 while the new configuration is not in use.
/// </summary>
internal sealed class NginxSiteKind : ResourceKind<NginxSiteSpec, NginxSiteFacts>
{
    public override string Name => "NginxSite";

    protected override Probe Probe(Resource resource, NginxSiteSpec spec, NginxSiteFacts? last) => new(NginxSiteProbe.Script(spec));

    /// <summary>What nginx serves changes only with its workers: a reload starts others.</summary>
    protected override Traces Traces(NginxSiteSpec spec, NginxSiteFacts? facts) => new()
    {
        Paths = [spec.Path, PlacedFile.Folder + spec.Path, spec.Link, $"{StoredResult.Folder}/{NginxSiteProbe.TryResult(spec)}", .. ForeignSites.Folders],
        Trees = [.. ForeignSites.Folders],
        PidFiles = [Cover.NginxPid],
    };

    protected override Reading Read(Resource resource, NginxSiteSpec spec, NginxSiteFacts? last, string output, bool dearer) =>
        NginxSiteProbe.Read(output) is { } facts ? Reading.Found(facts) : Reading.Unknown($"the site {spec.FileName} could not be read");

    protected override IEnumerable<Difference> Compare(Resource resource, NginxSiteSpec spec, NginxSiteFacts? facts, ReadMarkers reads)
    {
        if (facts is null or { File: SiteFile.Absent })
        {
            yield return Of(DifferenceType.Add, $"the site {spec.FileName} is not on this server yet", null);
            yield break;
        }
        if (facts.File == SiteFile.Foreign && facts.Resealed == spec.Digest)
            yield return Of(DifferenceType.Change, $"{spec.Path} was edited by hand, and git says the same by now: its digest is written anew", "edited");
        else if (facts.File == SiteFile.Foreign)
            yield return Of(DifferenceType.Change, $"{spec.Path} was edited by hand", "edited") with
            {
                Gate = "drift",
                Refusal = "bring the edit into git or undo it; or acknowledge drift, and it is replaced and a copy kept",
            };
        else if (facts.FileDigest != spec.Digest)
            yield return Of(DifferenceType.Change, $"{spec.Path} is not what git says", facts.FileDigest);
        if (facts.Link != SiteLink.Right)
            yield return LinkDifference(facts.Link);
        var onDisk = facts.FileDigest == spec.Digest && facts.Link == SiteLink.Right;
        if (onDisk && facts.ServedDigest != spec.Digest && !facts.CannotAsk)
            yield return Of(DifferenceType.Change, ServedSentence(spec, facts), facts.ServedDigest ?? facts.Served.State) with
            {
                // Until it is loaded neither cover nor notice is in force, and pages are not the site's: it is mended as the flag is followed, always. An
                // nginx that is down is somebody else's to start.
                HealedAs = AnswersOtherwise(facts) ? "Maintenance" : Name,
            };

        Difference LinkDifference(SiteLink link) => link switch
        {
            SiteLink.Absent => Of(DifferenceType.Add, $"{spec.FileName} is not enabled: {spec.Link} is missing", "not enabled"),
            SiteLink.Elsewhere => Of(DifferenceType.Change, $"{spec.Link} points elsewhere than to {spec.Path}", "another target"),
            _ => Of(DifferenceType.Change, $"{spec.Link} is a file of its own, not a link to {spec.Path}", "a file") with
            {
                Gate = "drift",
                Refusal = "move it out of the way; or acknowledge drift, and it is moved aside and kept",
            },
        };

        Difference Of(DifferenceType type, string sentence, string? observed) =>
            new(resource.Id, type, sentence, Short(spec.Digest), observed is null ? null : Short(observed)) { Origin = resource.Origin };
    }

    protected override IEnumerable<Unmanaged> Beside(Resource resource, NginxSiteSpec spec, NginxSiteFacts facts) =>
        ForeignSites.Say(resource.Id, spec, facts.Foreign);

    protected override IEnumerable<Step> Steps(Resource resource, NginxSiteSpec spec, NginxSiteFacts? facts, Change change) => change.Passing is { } passing
        ? NginxSiteSteps.PassingOn(resource, spec, facts, passing)
        :
    [
        .. change.Differences.Count == 0 ? [] : NginxSiteSteps.All(resource, spec, facts),
        // Where the file or its link is not as git says, and is left so, a reload would only bring a hand's edit into force.
        .. change.StopsWeb && resource.IsBalancer && (change.Differences.Count > 0 || IsInPlace(spec, facts))
            ? [NginxSiteSteps.ForgetFailures(resource, spec, facts)]
            : Array.Empty<Step>(),
    ];

    private static bool IsInPlace(NginxSiteSpec spec, NginxSiteFacts? facts) =>
        facts is { File: SiteFile.Sealed, Link: SiteLink.Right } && facts.FileDigest == spec.Digest;

    /// <summary>Something speaks HTTP there, and it is not the site as it lies there.</summary>
    private static bool AnswersOtherwise(NginxSiteFacts facts) => facts.Served.State is [>= '1' and <= '5', _, _];

    private static string ServedSentence(NginxSiteSpec spec, NginxSiteFacts facts) => facts.Served.State switch
    {
        "refused" => $"nothing listens on {spec.Ask.Endpoint}: nginx is down, or has not taken the configuration on disk",
        "late" or "silent" or "alien" => $"{spec.Ask.Endpoint} does not answer as nginx would: {facts.Served.Fault(NginxSiteProbe.Served(spec))}",
        _ when facts.ServedDigest is not null => "the configuration on disk is not the one that nginx serves: a reload did not take (is a port taken?)",
        _ => $"the configuration on disk is not the one that nginx serves: another answers on {spec.Ask.Endpoint} for {spec.Ask.Host}"
            + " (did a reload not take, is the port another program's, does another file claim this server_name?)",
    };

    private static string Short(string digest) => digest.Length > 12 ? digest[..12] : digest;
}
