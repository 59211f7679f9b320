using Reconciler.Documents.Kinds;
using Reconciler.Model;
using Reconciler.Resources.Checks;
using Reconciler.Resources.Maintenance;
using Reconciler.Resources.NginxSite;

namespace Reconciler.Documents.Expansion;

/// <summary>Sites, their cover, and the pages that are asked: what users see of an application.</summary>
/// <param name="web">Servers with a <c>part: web</c> service.</param>
/// <param name="runtime">How the application's commands run on a server.</param>
internal sealed class SiteExpansion(ExpansionInput input, Placement placement, DesiredApplication documents, IReadOnlyList<string> web, Func<string, ApplicationRuntime?> runtime)
{
    private readonly HashSet<string> _web = [.. web];
    private readonly Dictionary<string, string> _covers = [];
    private readonly Dictionary<string, Rendered> _rendered = [];
    private readonly string _token = Digests.CheckToken(input.DigestKey, input.Desired.Name, documents.Name);

    public IEnumerable<Resource> Expand()
    {
        var sites = documents.Nginx.Value
            .SelectMany(entry => placement.On(entry.Value.On).Select(server => Site(server, entry.Key, entry.Value)))
            .OrderBy(site => site.Id.ToString(), StringComparer.Ordinal)
            .GroupBy(site => site.Id.Server)
            .SelectMany(group => group.Select((site, i) =>
                site with { IsBalancer = i == 0 && web.Count > 0 && !_web.Contains(group.Key) }))
            .ToList();
        return
        [
            .. sites,
            .. sites.GroupBy(site => site.Id.Server).Select(group => Cover(group.Key, [.. group])),
            // Behind a balancer's nginx the application has no site of its own, and is where users are told all the same.
            .. web.Except(sites.Select(site => site.Id.Server)).Where(server => NoticeOn(server, input.Texts(documents, server)) is not null)
                .Select(server => Cover(server, [])),
            .. WithReadiness(documents.Checks.Value.OrderBy(entry => entry.Key, StringComparer.Ordinal).SelectMany(entry => ChecksOf(entry.Key, entry.Value, sites))),
        ];
    }

    private Resource Site(string server, string name, SiteEntry entry)
    {
        var texts = input.Texts(documents, server);
        var (text, site, target, hasUpstreams) = RenderedOn(server, name, TemplateOf(texts, entry), entry, texts);
        return new(new(server, documents.Name, "NginxSite", name),
            new NginxSiteSpec(documents.Name, name, site.Content, site.Digest, target, _token)
            {
                Without = [.. FileExpansion.GoneFromNginx(input, placement, documents, server)],
                Unmarked = hasUpstreams ? text : null,
            },
            documents.Nginx.KeyPlaceOf(name));
    }

    /// <summary>With the addresses of all servers it is as long as they are many: servers for which its values are the same share it.</summary>
    private Rendered RenderedOn(string server, string name, string template, SiteEntry entry, Texts texts)
    {
        var host = HostOf(texts, server);
        var key = string.Join('\0', [name, host, .. Texts.ValuesIn(template).Select(value => texts.Value(value))]);
        if (_rendered.TryGetValue(key, out var known))
            return known;
        if (!_covers.TryGetValue(name, out var cover))
            cover = _covers[name] = new CoverPartial(documents.Name, name, entry.Cover.Except, _token, CheckAddresses()) { Notice = Texts.HasNotice(template) }.Render();
        var text = texts.Site(template, cover);
        var site = SealedSite.Of(text);
        var target = ListenLine.TargetOf(site.Content, host, $"# The cover of {documents.Name}:") ?? new PageTarget("127.0.0.1", 80, false, host);
        return _rendered[key] = new(text, site, target, SealedSite.ServersIn(text).Count > 0);
    }

    private sealed record Rendered(string Text, SealedSite Site, PageTarget Target, bool HasUpstreams);

    private string TemplateOf(Texts texts, SiteEntry entry) =>
        entry.Template is { } template ? texts.Read(template) : Presets.Text(entry.Preset!.Value, documents);

    private Resource Cover(string server, IReadOnlyList<Resource> sites)
    {
        var texts = input.Texts(documents, server);
        var flag = documents.Maintenance.Value;
        var page = documents.Nginx.Value.OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => entry.Value.Cover.Page).FirstOrDefault(page => page is not null);
        var message = flag.Message ?? "We will be back as soon as we can. This page looks again by itself.";
        var html = page is null ? DefaultPage.Render($"{documents.Name} is under maintenance", message, 10) : texts.Page(page, new Dictionary<string, string>
        {
            ["message"] = message,
            ["startsAt"] = $"{flag.StartsAt:yyyy-MM-ddTHH:mm:ssZ}",
            ["endsAt"] = $"{flag.EndsAt:yyyy-MM-ddTHH:mm:ssZ}",
        });
        return new(new(server, documents.Name, "Maintenance", "cover"),
            new MaintenanceSpec(documents.Name, flag.Enabled, html, 120, [.. sites.Select(site => ((NginxSiteSpec)site.Spec).Ask)], NoticeOn(server, texts)) { Banner = BannerOn(server, texts, sites) },
            documents.Maintenance.PlaceOf("enabled"));
    }

    /// <summary>The application's own commands run where its code is: on servers with a <c>part: web</c> service.</summary>
    private Resources.Maintenance.NoticeCommands? NoticeOn(string server, Texts texts)
    {
        if (!_web.Contains(server) || documents.Application.Value is not { Notice: { Banner: false } notice, Python: not null } || runtime(server) is not { } its)
            return null;
        var flag = documents.Maintenance.Value;
        return notice.File is { } file
            ? new(NoticeFile.Write(texts.Plain(file), flag.EndsAt, flag.Message), NoticeFile.Remove(texts.Plain(file)), its)
            : new(texts.Notice(notice.On!, flag), texts.Notice(notice.Off!, flag), its);
    }

    /// <summary>Where nginx has a site with the part, whether or not the application runs beside it.</summary>
    private NoticeBanner? BannerOn(string server, Texts texts, IReadOnlyList<Resource> sites)
    {
        if (documents.Application.Value.Notice is not { Banner: true } notice)
            return null;
        var with = sites.Where(site => Texts.HasNotice(TemplateOf(texts, documents.Nginx.Value[site.Id.Name])))
            .Select(site => ((NginxSiteSpec)site.Spec).Ask).ToList();
        var page = documents.Checks.Value.OrderBy(check => check.Key, StringComparer.Ordinal).Select(check => check.Value)
            .FirstOrDefault(check => check is { At: not CheckAt.Application, Status: 200 });
        var flag = documents.Maintenance.Value;
        return with.Count == 0 ? null : new(texts.Banner(notice.TextFor(flag), flag.Message), flag.EndsAt, [.. with],
            page is null ? "/" : texts.Plain(page.Path), _token);
    }

    private IEnumerable<Resource> ChecksOf(string name, CheckEntry entry, IReadOnlyList<Resource> sites)
    {
        var first = sites.DistinctBy(site => site.Id.Server).ToDictionary(site => site.Id.Server);
        foreach (var server in placement.InUse.Where(server => entry.On is null || placement.IsOn(entry.On, server)))
        {
            var texts = input.Texts(documents, server);
            var host = entry.Host is { } own ? texts.Plain(own) : HostOf(texts, server);
            var application = entry.At != CheckAt.Nginx && _web.Contains(server) && PortOn(server) is { } port ? new PageTarget("127.0.0.1", port, false, host) : null;
            var nginx = entry.At != CheckAt.Application && first.GetValueOrDefault(server) is { } site
                ? ((NginxSiteSpec)site.Spec).Ask with { Host = host }
                : null;
            if (application is not null || nginx is not null)
                yield return new(new(server, documents.Name, "Checks", name),
                    new CheckSpec(documents.Name, name, texts.Plain(entry.Path), entry.Status, entry.Contains is { } text ? texts.Plain(text) : null, application, nginx, nginx is null ? null : _token),
                    documents.Checks.KeyPlaceOf(name));
        }
    }

    /// <summary>Of each server's checks the first that asks the application server.</summary>
    private static IEnumerable<Resource> WithReadiness(IEnumerable<Resource> checks)
    {
        var servers = new HashSet<string>();
        foreach (var check in checks)
        {
            var spec = (CheckSpec)check.Spec;
            yield return spec.ApplicationServer is not null && servers.Add(check.Id.Server) ? check with { Spec = spec with { TellsReadiness = true } } : check;
        }
    }

    private int? PortOn(string server) => documents.Services.Value
        .Where(service => service.Value.Part == Part.Web && placement.IsOn(service.Value.On, server))
        .Select(service => service.Value.Port)
        .FirstOrDefault(port => port is not null);

    /// <summary>
    /// What checks come from: the servers that carry the application's sites, each itself and the others, since a balancer passes a check on, with its
    /// header, to web servers that are covered as well.
    /// </summary>
    private List<string> CheckAddresses() =>
    [
        "127.0.0.1",
        "::1",
        .. documents.Nginx.Value
            .SelectMany(entry => placement.On(entry.Value.On))
            .Select(name => System.Net.IPAddress.TryParse(placement[name].Address, out var address) ? $"{address}" : null)
            .OfType<string>()
            .Distinct()
            .Order(StringComparer.Ordinal),
    ];

    private string HostOf(Texts texts, string server) => texts.Value("domain") ?? placement[server].Address!;
}
