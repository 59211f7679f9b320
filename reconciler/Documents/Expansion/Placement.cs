using Reconciler.Documents.Kinds;

namespace Reconciler.Documents.Expansion;

/// <summary>Which servers <c>on:</c> means: roles and names, sorted by name.</summary>
internal sealed class Placement(DesiredEnvironment environment)
{
    public IReadOnlyList<string> InUse { get; } = environment.ServersOn(null);

    /// <summary>Reachable, and to be left without our services.</summary>
    public IReadOnlyList<string> Retired { get; } = [.. environment.ServersOnWithRetired(null).Except(environment.ServersOn(null))];

    public IReadOnlyList<string> On(IReadOnlyList<string> on) => environment.ServersOn(on);

    public IReadOnlyList<string> RetiredOn(IReadOnlyList<string> on) => [.. environment.ServersOnWithRetired(on).Intersect(Retired)];

    public ServerEntry this[string server] => environment.Servers.Value[server];
}
