using Reconciler.Model;

namespace Reconciler.Resources.Maintenance;

/// <summary>
/// The banner up and down: tried beside the live configuration, one file placed or removed atomically, one reload. Whoever dies in between leaves nginx with
/// or without it, and the next look says which.
/// </summary>
internal static class BannerSteps
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(15);

    /// <summary>Name under <c>results/</c> where the runner leaves the digest of the file that it tried with success.</summary>
    private static string TryResult(string application) => $"nginx-try-notice-{application}";

    public static IEnumerable<Step> On(Resource resource, MaintenanceSpec spec, NoticeBanner banner, MaintenanceFacts facts, DateTimeOffset start)
    {
        var (content, file, time) = (banner.Content(spec.Application, start), Cover.NoticeFile(spec.Application), NoticeSteps.TimeOf(start));
        var digest = MaintenanceKind.Digest(content);
        if (!facts.Folder)
            yield return new(Phase.Announce, resource.Id, $"make {Cover.Folder(spec.Application)}",
                RunnerRequest.Directory(Cover.Folder(spec.Application), "0755", "root", "root"))
            { Proof = $"[ -d {Cover.Folder(spec.Application)} ]", Attempts = 3 };
        var here = $"[ \"$(sha256sum <{file})\" = '{digest}  -' ]";
        var tried = $"/var/lib/reconciler/server/results/{TryResult(spec.Application)}";
        yield return new(Phase.Announce, resource.Id, $"test the banner of {spec.Application} beside nginx's live configuration",
            RunnerRequest.NginxTry(TryResult(spec.Application), digest, [file], [new PayloadPart.Text(content)]))
        { Rank = 1, Proof = $"{here} || [ \"$(head -c 100 {tried})\" = {digest} ]" };
        yield return new(Phase.Announce, resource.Id, $"place the banner of {spec.Application}: maintenance begins at {time}",
            RunnerRequest.Place(file, "0644", "root", "root", digest, new PayloadPart.Text(content)))
        { Rank = 2, Proof = here, Attempts = 3 };
        yield return new(Phase.Announce, resource.Id, $"reload nginx: users of {spec.Application} see on each page that maintenance begins at {time}",
            RunnerRequest.Nginx("reload"))
        {
            Rank = 3,
            Proof = string.Concat(Served(spec, banner, facts)
                .SelectMany(site => new[] { Loaded(spec, site, banner.Mark(spec.Application, start)), Seen(spec, site, banner, start) })
                .Select(fragment => $"(\n{fragment}\n) || exit 1\n")) + here,
            ProofWithin = Soon,
            Attempts = 3,
        };
    }

    public static IEnumerable<Step> Off(Resource resource, MaintenanceSpec spec, NoticeBanner banner)
    {
        yield return new(Phase.Uncover, resource.Id, $"remove the banner of {spec.Application}", RunnerRequest.Remove(Cover.NoticeFile(spec.Application)))
        { Rank = -1, Proof = $"[ ! -e {Cover.NoticeFile(spec.Application)} ]", Attempts = 3, IsDispensable = true };
        yield return new(Phase.Uncover, resource.Id, $"reload nginx: the pages of {spec.Application} are without the notice again", RunnerRequest.Nginx("reload"))
        {
            // While the page still lies over it; where nothing answers, nothing shows it.
            Proof = string.Concat(banner.Sites
                .Select(site => PageScript.Proof(Ask(spec.Application, site, banner.CheckToken) with { BodyHolds = "data-notice=" }))
                .Select(shown => $"! (\n{shown}\n) >/dev/null || {{ echo 'nginx still puts the notice of {spec.Application} into pages'; exit 1; }}\n")) + "true",
            ProofWithin = Soon,
            Attempts = 3,
            // Better an old notice than a page in front of everybody until somebody has taken a stray file away.
            IsDispensable = true,
        };
    }

    /// <summary>Asks nginx for a page of its own that is nothing but the end of one: what it answers is the notice that it has loaded, whatever the application does.</summary>
    public static PageRequest Ask(string application, PageTarget site, string token) =>
        new(site, Cover.NoticePath(application)) { Headers = [new(Cover.CheckHeader, token)], Where = "through nginx" };

    private static string Loaded(MaintenanceSpec spec, PageTarget site, string mark)
    {
        var hint = $"so nginx does not tell users of {spec.Application}: the site that it serves may have no {{{{> notice}}}} yet (converge that first, then `retry`)";
        var ask = Ask(spec.Application, site, spec.Banner!.CheckToken) with { BodyHolds = mark };
        return $"({PageScript.Proof(ask)}) || {{ echo {Shell.Quote(hint)}; false; }}";
    }

    /// <summary>A page of the application as users get it; one that is no HTML, or redirects, cannot tell.</summary>
    private static string Seen(MaintenanceSpec spec, PageTarget site, NoticeBanner banner, DateTimeOffset start) => PageScript.Proof(
        new(site, banner.Page) { BodyHolds = banner.Mark(spec.Application, start), OnlyHtml = true, Where = "through nginx" });

    /// <summary>Where no site of ours is served yet, nobody is there to be told.</summary>
    private static IEnumerable<PageTarget> Served(MaintenanceSpec spec, NoticeBanner banner, MaintenanceFacts facts) =>
        banner.Sites.Where(site => facts.Sites.ElementAtOrDefault(spec.Sites.ToList().IndexOf(site)) != SiteState.NotServed);
}
