using Reconciler.Documents.Kinds;

namespace Reconciler.Importing;

/// <summary>What was found and is not in the documents.</summary>
internal sealed record LeftAlone(string What, string Why);

/// <param name="Key">In services.yaml.</param>
/// <param name="Part">By what it runs.</param>
/// <param name="Config">The application's own supervisor.conf that declares it, from the checkout's top; null otherwise.</param>
internal sealed record ImportedService(string Key, FoundService Found, Part Part, string? Config);

/// <param name="File">The path that nginx reads, which is to go.</param>
/// <param name="Block">That passes requests to the application.</param>
internal sealed record ImportedSite(SeenFile File, ServerBlock Block, int? Port);

/// <summary>What both looks together say of one application, before it is written down.</summary>
internal sealed record Findings(
    ImportRequest Request, ServerSeen Server, string User, SeenCheckout Checkout, IReadOnlyList<ImportedService> Services,
        ImportedSite? Site,
    IReadOnlyList<LeftAlone> LeftAlone)
{
    /// <summary>Jobs of the user's own crontab.</summary>
    public IReadOnlyList<CronJob> Cron { get; init; } = [];

    public SeenDjango? Django => Checkout.Django;

    public int? Port => Services.Where(service => service.Part == Part.Web).Select(service => service.Found.Port)
        .FirstOrDefault(port => port is not null) ?? Site?.Port;

    public string? Domain => Site?.Block.Name;

    /// <summary>Folder of manage.py from the top; empty for the top itself.</summary>
    public string Directory => Checkout.Tracked.Where(IsManage).Order(StringComparer.Ordinal)
        .FirstOrDefault() is { } manage && manage.Contains('/')
        ? manage[..manage.LastIndexOf('/')] : "";

    public string? Virtualenv => Checkout.Virtualenv ?? Services.Select(service => service.Found.Virtualenv)
        .FirstOrDefault(folder => folder is not null);

    public bool HasPostgreSql => Server.Running.Any(unit => unit.StartsWith("postgresql", StringComparison.Ordinal));

    public bool HasRedis => Server.Running.Contains("redis-server.service");

    public bool HasNginx => Server.Running.Contains("nginx.service");

    /// <summary>Of other applications too: servers.yaml says the same whichever of them is imported.</summary>
    private IEnumerable<Part?> Parts => Services.Select(service => (Part?)service.Part)
        .Concat(Importing.Services.Of(Server).Where(service => service.NotExpressible is null).Select(service => service.Part));

    public IReadOnlyList<string> Roles =>
    [
        .. new[] { (Part.Web, "web"), (Part.Worker, "worker"), (Part.Beat, "beat") }
            .Where(part => Parts.Contains(part.Item1) || (part.Item1 == Part.Web && (Site is not null || Services.Count == 0)))
            .Select(part => part.Item2),
        .. HasRedis ? ["redis"] : Array.Empty<string>(),
        .. HasPostgreSql ? ["database"] : Array.Empty<string>(),
    ];

    public static bool IsManage(string file) => file == "manage.py" || file.EndsWith("/manage.py", StringComparison.Ordinal);
}
