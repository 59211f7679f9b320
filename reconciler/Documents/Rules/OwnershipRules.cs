using System.Text.RegularExpressions;
using Reconciler.Documents.Kinds;
using Reconciler.Documents.Templates;
using Reconciler.Documents.Yaml;
using Reconciler.Model;

namespace Reconciler.Documents.Rules;

/// <summary>One owner per thing: two entries that claim one path, port, program, unit, server name or database on a server are refused, with both places.</summary>
internal static partial class OwnershipRules
{
    /// <param name="Type">"the path".</param>
    /// <param name="Owner">The same for all claims of one entry, which may repeat itself.</param>
    private sealed record Claim(string Server, string Type, string Value, string Owner, Place Place)
    {
        /// <summary>What else must be the same for two claims to be of one thing: of a server name the port; empty for all others.</summary>
        public string Port { get; init; } = "";

        public (string, string, string, string) Thing => (Server, Type, Value, Port);
    }

    public static void Check(RuleContext context)
    {
        var claimed = new Dictionary<(string, string, string, string), Claim>();
        var told = new HashSet<(Place, Place)>();
        foreach (var claim in context.Desired.Folders.SelectMany(folder => ClaimsOf(context, folder)))
        {
            if (!claimed.TryAdd(claim.Thing,
                claim) && claimed[claim.Thing] is var first && first.Owner != claim.Owner && told.Add((first.Place, claim.Place)))
                context.Fault("two-owners", claim.Place,
                    $"{claim.Type} {Shown.Value(claim.Value)}{(claim.Port.Length > 0 ? $" (port {Shown.Value(claim.Port)})" : "")} on {claim.Server} "
                        + $"is claimed here and at {first.Place}",
                    "one owner per thing: change one of the two");
        }
    }

    private static IEnumerable<Claim> ClaimsOf(RuleContext context, DesiredFolder folder) =>
    [
        .. folder is DesiredApplication { Application.Exists: true } application ? PathsOf(context, application) : [],
        .. folder.Services.Value.SelectMany(service => ServiceClaims(context, folder, service.Key, service.Value)),
        .. folder.Files.Value.SelectMany(file => FileClaims(context, folder, file.Key, file.Value)),
        .. folder.Nginx.Value.SelectMany(site => SiteClaims(context, folder, site.Key, site.Value)),
        .. folder.Databases.Value.SelectMany(database => context.Desired.ServersOn(database.Value.On ?? [])
            .Select(server => new Claim(server, "the database", database.Key, $"{folder.Name}/databases/{database.Key}",
                folder.Databases.KeyPlaceOf(database.Key)))),
    ];

    /// <summary>Of the application and its secrets files: on every server that has anything of it.</summary>
    private static IEnumerable<Claim> PathsOf(RuleContext context, DesiredApplication application)
    {
        var document = application.Application;
        var secrets = application.Secrets;
        var scope = new ValueScope(context.Desired, application, null);
        var paths = new List<(string? Path, string Owner, Place Place)>
        {
            (document.Value.Path, "path", document.PlaceOf("path")),
            (document.Value.Python?.Virtualenv, "virtualenv", document.PlaceOf("python", "virtualenv")),
            (document.Value.Django?.Static, "static", document.PlaceOf("django", "static")),
        };
        paths.AddRange(secrets.Value.Select(secret =>
            (Render(secret.Value.Path, scope) is { } path ? path.StartsWith('/') ? path : $"{document.Value.Path}/{path}" : null,
                $"secrets/{secret.Key}", secrets.PlaceOf(secret.Key, "path"))));
        return from server in context.Desired.ServersOf(application)
               from path in paths
               where path.Path is { Length: > 0 }
               select new Claim(server, "the path", path.Path, $"{application.Name}/{path.Owner}", path.Place);
    }

    private static IEnumerable<Claim> ServiceClaims(RuleContext context, DesiredFolder folder, string name, ServiceEntry service)
    {
        var things = new List<(string Type, string Value)>();
        if (service.Port is { } port)
            things.Add(("the port", $"{port}"));
        if (service.Command is not null)
            things.Add(service.Manager == ServiceManagerName.Systemd ? ("the unit", $"{folder.Name}-{name}.service") : ("the program",
                $"{folder.Name}-{name}"));
        if (service.Program is { } program)
            things.Add(("the program", service.Config is { } config ? $"{program} of {folder.Name}/{config}" : program));
        if (service.Unit is { } unit)
            things.Add(("the unit", unit.Contains('.') ? unit : unit + ".service"));
        var claims = from server in context.Desired.ServersOn(service.On)
                     from thing in things
                     select new Claim(server, thing.Type, thing.Value, $"{folder.Name}/services/{name}", folder.Services.KeyPlaceOf(name));
        return service is { Program: not null, Config: { } file } ? [.. claims, .. SupervisordClaims(context, folder, name, service, file)] : claims;
    }

    /// <summary>An application has one supervisord on a server; all services of the same file share it.</summary>
    private static IEnumerable<Claim> SupervisordClaims(RuleContext context, DesiredFolder folder, string name, ServiceEntry service, string file) =>
        from server in context.Desired.ServersOn(service.On)
        select new Claim(server, "the unit", $"{folder.Name}-supervisord.service", $"{folder.Name}/supervisord/{file}", folder.Services.PlaceOf(name, "config"));

    private static IEnumerable<Claim> FileClaims(RuleContext context, DesiredFolder folder, string name, FileEntry file) =>
        from scope in context.ScopesOn(folder, file.On)
        let path = Render(file.Path, scope)
        where path is { Length: > 0 }
        select new Claim(scope.Server!, "the path", path, $"{folder.Name}/files/{name}", folder.Files.PlaceOf(name, "path"));

    private static IEnumerable<Claim> SiteClaims(RuleContext context, DesiredFolder folder, string name, SiteEntry site)
    {
        var text = site.Template is null ? "server { listen 80; server_name {{domain}}; }"
            : context.Desired.ReadTemplate(folder.Name, site.Template)?.Text;
        if (text is null)
            yield break;
        foreach (var scope in context.ScopesOn(folder, site.On))
        {
            var rendered = Render(text, scope) ?? "";
            foreach (var (server, port) in NamesOf(rendered))
                yield return new Claim(scope.Server!, "the server name", server, $"{folder.Name}/nginx/{name}", folder.Nginx.KeyPlaceOf(name))
                {
                    Port = port,
                };
            foreach (Match match in DefaultServer().Matches(rendered))
                yield return new Claim(scope.Server!, "the default server of", match.Groups[1].Value, $"{folder.Name}/nginx/{name}",
                    folder.Nginx.KeyPlaceOf(name));
        }
    }

    /// <summary>Names with the ports that they are served on: nginx tells two sites of one name apart by the port.</summary>
    private static IEnumerable<(string Name, string Port)> NamesOf(string rendered) =>
        from block in NginxBlock.Read(rendered)
        where block.Words is ["server"]
        let ports = block.Directives.Where(words => words is ["listen", _, ..])
            .Select(words => PortOf(words[1])).DefaultIfEmpty("80").Distinct().ToList()
        from name in block.Directives.Where(words => words[0] == "server_name").SelectMany(words => words.Skip(1))
        where name != "_"
        from port in ports
        select (name.ToLowerInvariant(), port);

    /// <summary>Of what `listen` says: a port, an address with or without one, or a socket (https://nginx.org/r/listen).</summary>
    private static string PortOf(string endpoint)
    {
        if (endpoint.StartsWith("unix:", StringComparison.Ordinal))
            return endpoint;
        var last = endpoint[(endpoint.LastIndexOf(':') + 1)..];
        return last.Length > 0 && last.All(char.IsAsciiDigit) ? last : "80";
    }

    private static string? Render(string text, ValueScope scope) =>
        TemplateRenderer.Render(Template.Parse(text), scope, Standing.Plain) is { Faults.Count: 0 } rendered ? rendered.Text : null;

    [GeneratedRegex("^[ \\t]*listen[ \\t]+(\\S+)[ \\t][^;#]*default_server[^;#]*;", RegexOptions.Multiline)]
    private static partial Regex DefaultServer();
}
