using Reconciler.Documents.Kinds;

namespace Reconciler.Documents.Expansion;

/// <summary>Which servers <c>on:</c> means: roles and names, sorted by name. Worked out once for each place in the documents, however many servers there are.</summary>
internal sealed class Placement(DesiredEnvironment environment)
{
    private readonly Dictionary<IReadOnlyList<string>, Placed> _known = new(ReferenceEqualityComparer.Instance);

    private sealed record Placed(IReadOnlyList<string> InUse, HashSet<string> Names, IReadOnlyList<string> Retired, HashSet<string> RetiredNames);

    /// <summary>Servers that are neither retired nor gone.</summary>
    public IReadOnlyList<string> InUse { get; } = environment.ServersOn(null);

    /// <summary>Reachable, and to be left without our services.</summary>
    public IReadOnlyList<string> Retired { get; } = [.. environment.ServersOnWithRetired(null).Except(environment.ServersOn(null))];

    public IReadOnlyList<string> On(IReadOnlyList<string> on) => PlacedOn(on).InUse;

    public bool IsOn(IReadOnlyList<string> on, string server) => PlacedOn(on).Names.Contains(server);

    public IReadOnlyList<string> RetiredOn(IReadOnlyList<string> on) => PlacedOn(on).Retired;

    public bool IsRetiredOn(IReadOnlyList<string> on, string server) => PlacedOn(on).RetiredNames.Contains(server);

    public ServerEntry this[string server] => environment.Servers.Value[server];

    private Placed PlacedOn(IReadOnlyList<string> on)
    {
        if (_known.TryGetValue(on, out var known))
            return known;
        var (servers, retired) = (environment.ServersOn(on), environment.ServersOnWithRetired(on).Intersect(Retired).ToList());
        return _known[on] = new(servers, [.. servers], retired, [.. retired]);
    }
}
