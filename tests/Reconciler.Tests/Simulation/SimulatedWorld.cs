using System.Globalization;
using Reconciler.Documents.Expansion;
using Reconciler.Model;
using Reconciler.Resources.Maintenance;
using Reconciler.Tests.Turns;

namespace Reconciler.Tests.Simulation;

/// <summary>One application on some servers, what git says of it, and the truth about what happened, of which no controller knows.</summary>
internal sealed class SimulatedWorld : IPastUnits
{
    public const string Production = "production";
    public const string Application = "coralnet";
    private const string Balancer = "lb1";

    private readonly Dictionary<string, Unit> _past = [];
    private readonly Dictionary<string, (string Schema, string Packages, bool IsBroken)> _versions = [];
    private readonly Dictionary<string, SimulatedServer> _servers;
    private readonly bool _isAnnounced;
    private readonly List<string> _webs;
    private readonly int _maxUnavailable;
    private readonly Rolling? _rolling;

    public SimulatedWorld(int seed, Weakness weakness, VirtualTime time, string folder)
    {
        (Weakness, Time, Folder) = (weakness, time, folder);
        Faults = new(seed, weakness);
        Truth = new(this);
        _webs = [.. Enumerable.Range(1, 1 + Faults.Number(3)).Select(number => $"web{number}")];
        var hasBalancer = weakness == Weakness.None && Faults.Happens(0.5);
        _maxUnavailable = weakness == Weakness.None ? Faults.Pick([0, 0, 1, 1, 2]) : 0;
        _servers = (hasBalancer ? _webs.Append(Balancer) : _webs).ToDictionary(name => name, name => new SimulatedServer(name, this));
        if (hasBalancer && Faults.Happens(0.6))
            _rolling = new(1 + Faults.Number(2), TimeSpan.FromSeconds(10), CoversMigrations: true);
        _isAnnounced = Faults.Happens(0.3);
        foreach (var server in Servers)
            (server["Maintenance"], server["Checks"]) = ("off", "fine");
        Tell($"{string.Join(", ", _servers.Keys)}; maxUnavailable is {_maxUnavailable}{(Rolls ? $"; rolling, {_rolling!.Batch} at a time" : "")}");
    }

    /// <summary>A run may go without some: then they stay away for long as well.</summary>
    public bool MayMiss => _maxUnavailable > 0;

    /// <summary>Old and new code may serve side by side, on one schema.</summary>
    public bool Rolls => _rolling is not null;

    /// <summary>Users get to it: of the servers behind a balancer, those that it is up for and passes requests on to.</summary>
    public bool IsReached(SimulatedServer server) => server.IsUp && server.IsOpen && (!_servers.TryGetValue(Balancer, out var balancer)
        || (balancer.IsUp && balancer.IsOpen && !balancer["NginxSite"].Split(' ')[0].Split('-').Contains(server.Name)));

    public Weakness Weakness { get; }

    public VirtualTime Time { get; }

    /// <summary>Of the ledger of whoever comes next.</summary>
    public string Folder { get; set; }

    public Faults Faults { get; }

    public Truth Truth { get; }

    public IReadOnlyCollection<SimulatedServer> Servers => _servers.Values;

    /// <summary>What happened, a line each, with the time.</summary>
    public List<string> Story { get; } = [];

    /// <summary>What git says now.</summary>
    public Unit Wanted { get; private set; } = null!;

    /// <summary>The effect of a step.</summary>
    public void Take(SimulatedServer server, SentRequest request)
    {
        Truth.Took(server, request);
        Truth.LookAtSite();
    }

    public SimulatedServer ServerOf(string name) => _servers[name];

    public Task DelayAsync(TimeSpan time) => Task.Delay(time > TimeSpan.Zero ? time : TimeSpan.Zero, Time);

    public void Tell(string line) => Story.Add($"{Time.GetUtcNow():HH:mm:ss.fff} {line}");

    /// <summary>A commit: other code, perhaps another schema, other packages, and perhaps it does not work.</summary>
    public Unit Commit(bool works)
    {
        var (number, before) = (_versions.Count, _versions.GetValueOrDefault($"code-{_versions.Count - 1}", ("schema-0", "packages-0", false)));
        var schema = Faults.Happens(0.5) ? $"schema-{number}" : before.Item1;
        var packages = Faults.Happens(0.2) ? $"packages-{number}" : before.Item2;
        _versions[$"code-{number}"] = (schema, packages, !works);
        Tell($"git says code-{number}, {schema}, {packages}{(works ? "" : ", which does not work")}");
        return Wanted = _past[RevisionOf(number)] = new Unit(Application, [.. Servers.SelectMany(server => server.Name == Balancer ? OnBalancer() : ResourcesOn(server, number, schema, packages))],
            [], $"digest-{number}", RevisionOf(number), "base", Flag: false, new HashSet<string>());
    }

    public bool IsBroken(string code) => _versions.TryGetValue(code, out var version) && version.IsBroken;

    public string SchemaOf(string code) => _versions[code].Schema;

    /// <summary>All servers as git says, as if it had been converged.</summary>
    public void Converge(Unit unit)
    {
        foreach (var resource in unit.Resources.OrderBy(resource => resource.Id.Kind, StringComparer.Ordinal))
            ServerOf(resource.Id.Server).Set($"{resource.Id}", resource.Spec switch { ToySpec toy => toy.Wanted, MaintenanceSpec => "off", _ => "up" });
    }

    public ExpandedEnvironment Environment => new(Production, Wanted.CodeCommit!,
        Servers.ToDictionary(server => server.Name, server => new DesiredServer(server.Name, server.Name, null, "reconciler", [], ["web"])), [Wanted],
        new EnvironmentPolicy(
            _isAnnounced ? new Dictionary<Phase, string>() : new Dictionary<Phase, string> { [Phase.Announce] = "nobody is told", [Phase.Wait] = "nobody is told" },
            BootstrapAllowed: true, null, new HashSet<string> { "Service", "Maintenance" }, _maxUnavailable, TimeSpan.FromMinutes(3)) { Rolling = _rolling });

    public Task<Unit> UnitAtAsync(string environment, string application, string revision, CancellationToken cancellation) =>
        Task.FromResult(_past[revision]);

    public Task<string?> NewerThanAsync(string environment, string revision, CancellationToken cancellation) =>
        Task.FromResult(Wanted?.CodeCommit is { } wanted && wanted != revision ? wanted : null);

    private static IEnumerable<Resource> ResourcesOn(SimulatedServer server, int number, string schema, string packages)
    {
        ResourceId Id(string kind) => new(server.Name, Application, kind, kind.ToLowerInvariant());
        Resource Toy(string kind, string wanted) => new(Id(kind), new ToySpec(wanted), Place.Of($"{kind}.yaml"));
        yield return Toy("Code", $"code-{number}");
        yield return Toy("Packages", packages);
        yield return Toy("Checks", "fine");
        yield return new(Id("Service"), TurnWorld.Gunicorn, Place.Of("services.yaml")) { Reads = [Id("Code")] };
        yield return new(Id("Maintenance"),
            new MaintenanceSpec(Application, false, "page", 120, [], server.Name == "web1" ? TurnWorld.Commands : null), Place.Of("maintenance.yaml"));
        if (server.Name == "web1")
            yield return Toy("Migrations", schema);
    }

    private IEnumerable<Resource> OnBalancer()
    {
        static ResourceId Id(string kind) => new(Balancer, Application, kind, kind.ToLowerInvariant());
        yield return new(Id("Maintenance"), new MaintenanceSpec(Application, false, "page", 120, [], null), Place.Of("maintenance.yaml"));
        yield return new(Id("NginxSite"), new ToySpec("ours") { Upstream = [.. _webs] }, Place.Of("nginx.yaml"));
    }

    private static string RevisionOf(int number) => number.ToString(CultureInfo.InvariantCulture).PadLeft(40, '0');
}
