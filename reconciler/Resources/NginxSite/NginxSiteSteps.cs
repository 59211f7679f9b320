using Reconciler.Model;

namespace Reconciler.Resources.NginxSite;

/// <summary>
/// Tried in Prepare; in Nginx placed and linked on all sites first, then one reload: the reloads of further sites find themselves proven.
/// </summary>
internal static class NginxSiteSteps
{
    public static IEnumerable<Step> All(Resource resource, NginxSiteSpec spec, NginxSiteFacts? facts)
    {
        var placed = facts is { File: SiteFile.Sealed } && facts.FileDigest == spec.Digest;
        var linked = facts is { Link: SiteLink.Right };
        if ((!placed || !linked) && facts?.Tried != spec.Digest)
            yield return Try(resource, spec);
        if (!placed)
            yield return Place(resource, spec);
        if (!linked)
            yield return Enable(resource, spec);
        yield return Reload(resource, spec, $"reload nginx, and prove that it serves {spec.FileName} as of {spec.Digest[..12]}") with
        {
            // Edits made by hand may be loaded under the very digest that is wanted.
            SkipWhenProven = facts?.ServedDigest != spec.Digest,
            BringsCover = facts is null or { ServedDigest: null, File: not SiteFile.Sealed },
        };
    }

    /// <summary>
    /// A reload lets the workers of before finish what they have begun, and gives them nothing new (nginx(8), "Changing Configuration"): so the
    /// connections to a server that is left out come to an end.
    /// </summary>
    public static IEnumerable<Step> PassingOn(Resource resource, NginxSiteSpec spec, NginxSiteFacts? facts, Passing passing)
    {
        var what = passing.Out.Count > 0 ? $"no more requests to {string.Join(", ", passing.Out)}" : $"requests to {string.Join(", ", passing.Back)} again";
        yield return Place(resource, spec) with { Summary = $"place {spec.Path}: {what}" };
        if (facts is not { Link: SiteLink.Right })
            yield return Enable(resource, spec);
        yield return Reload(resource, spec, $"reload nginx: {what}");
        if (passing.Out.Count == 0 || passing.Settle == TimeSpan.Zero)
            yield break;
        var connections = string.Join(" or ", passing.Out.SelectMany(server => SealedSite.EndpointsOf(spec.Unmarked!, server)).Select(endpoint => $"dst {endpoint}"));
        yield return new(Phase.Nginx, resource.Id,
            $"wait until {string.Join(", ", passing.Out)} answered what had begun, for {passing.Settle.TotalSeconds:0} s at most", null)
        {
            Rank = 3,
            Proof = $$"""
                if ! command -v ss >/dev/null; then sleep {{passing.Settle.TotalSeconds:0}}; exit 0; fi
                open() { ss -Htn state established {{Shell.Quote($"( {connections} )")}}; }
                n=$(open | wc -l)
                [ "$n" -gt 0 ] || { sleep 0.1; n=$(open | wc -l); }
                [ "$n" = 0 ] || { echo "$n connections are still open; what is not answered by then is cut off"; false; }
                """,
            ProofWithin = passing.Settle,
            MayFail = true,
        };
    }

    private static Step Place(Resource resource, NginxSiteSpec spec) => new(Phase.Nginx, resource.Id, $"place {spec.Path}",
        RunnerRequest.Place(spec.Path, "0644", "root", "root", spec.Digest, new PayloadPart.Text(spec.Content)))
    { Proof = $"[ \"$(\n{NginxSiteProbe.FileScript(spec)}\n)\" = 'file sealed {spec.Digest}' ]", Attempts = 2 };

    private static Step Enable(Resource resource, NginxSiteSpec spec) => new(Phase.Nginx, resource.Id, $"enable {spec.FileName}", RunnerRequest.Link(spec.Link, spec.Path))
    { Rank = 1, Proof = $"[ \"$(\n{NginxSiteProbe.LinkScript(spec)}\n)\" = 'link right' ]", Attempts = 2 };

    private static Step Reload(Resource resource, NginxSiteSpec spec, string summary) => new(Phase.Nginx, resource.Id, summary, RunnerRequest.Nginx("reload"))
    {
        Rank = 2,
        Proof = $"({PageScript.Proof(NginxSiteProbe.Served(spec))}) || {{ echo {Shell.Quote(NotServed(spec))}; false; }}",
        ProofWithin = TimeSpan.FromSeconds(15),
        Attempts = 2,
    };

    /// <summary>
    /// Each worker of nginx counts for itself which servers of an upstream failed, and asks none of those for 10 s (ngx_http_upstream_module,
    /// max_fails and fail_timeout): a page check that gets through says nothing about the other workers, and users would get 502 from them. New workers
    /// have counted nothing. Where it fails, it is as it was without it: somebody's broken file elsewhere is no reason to go back to the old code.
    /// </summary>
    public static Step ForgetFailures(Resource resource, NginxSiteSpec spec, NginxSiteFacts? facts) =>
        new(Phase.Check, resource.Id, "reload nginx: its workers have counted the stopped servers as failed", RunnerRequest.Nginx("reload"))
        {
            Rank = -1,
            Proof = facts is { CannotAsk: true } ? "true" : PageScript.Proof(NginxSiteProbe.Served(spec)),
            SkipWhenProven = false,
            ProofWithin = TimeSpan.FromSeconds(15),
            IsDispensable = true,
            MayFail = true,
        };

    private static string NotServed(NginxSiteSpec spec) =>
        $"so nginx does not serve {spec.FileName} as of {spec.Digest[..12]}: look for [emerg] in its error log (a port that is taken),"
        + $" and for another file with server_name {spec.Ask.Host}";

    /// <summary>The candidate is laid where nginx looks for it, whether or not there is a link by now.</summary>
    private static Step Try(Resource resource, NginxSiteSpec spec) =>
        new(Phase.Prepare, resource.Id, $"test the new configuration of {spec.FileName} beside the live one",
            RunnerRequest.NginxTry(NginxSiteProbe.TryResult(spec), spec.Digest,
                [spec.Link, .. spec.Secrets.Select(secret => secret.Key)],
                [new PayloadPart.Text(spec.Content), .. spec.Secrets.Select(secret => new PayloadPart.SecretFile(secret.Value))],
                [.. spec.Without]))
        {
            Rank = Ranks.Nginx,
            Proof = $"[ \"$(head -c 100 /var/lib/reconciler/server/results/{NginxSiteProbe.TryResult(spec)})\" = {spec.Digest} ]",
            // Tried again, the same configuration would fail again.
        };
}
