using System.Text.RegularExpressions;
using Reconciler.Documents.Kinds;

namespace Reconciler.Importing;

/// <summary>
/// Which of nginx's server blocks is the application's: the one that passes requests to where its web service listens.
/// </summary>
internal static class SiteAnalysis
{
    private static readonly string[] Folders = ["/etc/nginx/sites-enabled", "/etc/nginx/conf.d"];

    private sealed record Passing(SeenFile File, ServerBlock Block)
    {
        public string To => Block.Passes!;
    }

    /// <returns>Null where there is none that documents can hold; then <paramref name="left"/> says why.</returns>
    public static ImportedSite? Of(ServerSeen server, Candidate candidate, IReadOnlyList<ImportedService> services,
        List<LeftAlone> left)
    {
        var web = services.FirstOrDefault(service => service.Part == Part.Web)?.Found;
        var passing = server.FilesIn(Folders).SelectMany(file => Blocks(server, file)).ToList();
        var its = passing.FindAll(one => web is null || LeadsTo(one, web));
        if (its.Count == 0)
        {
            LeaveUnknown(server, passing, left);
            return null;
        }
        // Where plain HTTP and TLS both pass requests on, users come by TLS.
        var meant = its.OrderByDescending(one => one.Block.Text.Contains("ssl", StringComparison.Ordinal)).First();
        if (WhyNot(meant.File, passing, server, candidate) is { } why)
        {
            left.Add(new($"nginx: {meant.File.Path}", why));
            return null;
        }
        left.AddRange(its.Where(one => one != meant).Select(one => new LeftAlone($"nginx: the server block at "
            + $"{one.File.Path}:{one.Block.Line}",
            "a site has one cover, and it is in the other block that passes requests on: under maintenance this one "
                + "goes on passing them")));
        return new(meant.File, meant.Block, NginxText.PortOf(meant.File.Text, meant.To));
    }

    private static IEnumerable<Passing> Blocks(ServerSeen server, SeenFile file) =>
        NginxText.Servers(file.Text, name =>
            server.Files.FirstOrDefault(one => one.Path == (name.StartsWith('/') ? name : $"/etc/nginx/{name}"))?.Text)
            .Where(block => block.Passes is not null).Select(block => new Passing(file, block));

    private static void LeaveUnknown(ServerSeen server, List<Passing> passing, List<LeftAlone> left)
    {
        var elsewhere = server.FilesIn("/etc/nginx").Except(server.FilesIn(Folders))
            .SelectMany(file => Blocks(server, file)).ToList();
        if (passing.Count > 0)
            left.Add(new($"nginx: {string.Join(", ", passing.Select(one => one.File.Path).Distinct())}",
                "no server block passes requests to the application as far as can be told: copy its text beside "
                    + "nginx.yaml, with {{> cover}} in its server block"));
        else if (elsewhere.Count > 0)
            left.Add(new($"nginx: the server block at {elsewhere[0].File.Path}:{elsewhere[0].Block.Line}",
                "sites are files in /etc/nginx/sites-enabled: move the block into one there, `nginx -t && systemctl reload "
                    + "nginx`, then import again"));
        else if (server.Running.Contains("nginx.service"))
            left.Add(new("nginx", "it runs, and nothing in /etc/nginx/sites-enabled or /etc/nginx/conf.d passes requests "
                + "on: without a site in nginx.yaml "
                + "no maintenance page covers a deploy"));
    }

    private static string? WhyNot(SeenFile file, List<Passing> passing, ServerSeen server, Candidate candidate)
    {
        if (file.Text.Contains("{{", StringComparison.Ordinal) || file.Text.Contains('\uFFFD'))
            return "it holds `{{` or is no UTF-8, which a template cannot: write it into nginx.yaml by hand";
        var others = Services.Of(server).Where(service => service.Part == Part.Web && service.User != candidate.User).ToList();
        return passing.Where(one => one.File == file)
            .Select(one =>
            (Passing: one,
                Service: others.Find(service => (service.Port ?? 0) > 0 || !service.MayListenOnTcp ? LeadsTo(one, service)
                    : false)))
            .FirstOrDefault(one => one.Service is not null) is { Passing: { } there, Service: { } other }
            ? $"its server block at line {there.Block.Line} is the site of another application ({other.Name}, of user "
                + $"{other.User}): give each a file of its own "
                + "in /etc/nginx/sites-enabled, `nginx -t && systemctl reload nginx`, then import again; without a site in "
                + "nginx.yaml no maintenance page covers a deploy"
            : null;
    }

    private static bool LeadsTo(Passing one, FoundService web)
    {
        if (NginxText.PortOf(one.File.Text, one.To) is { } port)
            return web.Port is null ? web.MayListenOnTcp : web.Port == port;
        // A socket: of the pass itself, or of the upstream that it names.
        var upstream = Regex.Match(one.File.Text, $@"upstream\s+{Regex.Escape(one.To)}\s*\{{([^}}]*)\}}").Groups[1].Value;
        var socket = Regex.Match($"{one.To} {upstream}", @"unix:([^:;\s]+)");
        return socket.Success && web.ListensOn(socket.Groups[1].Value);
    }
}
