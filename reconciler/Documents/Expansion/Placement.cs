using Reconciler.Documents.Kinds;

namespace Reconciler.Documents.Expansion;

/// <summary>Which servers <c>on:</c> means: roles and names, those in use, sorted by name.</summary>
internal sealed class Placement(IReadOnlyDictionary<string, ServerEntry> servers)
{
    public IReadOnlyList<string> InUse { get; } = [.. servers.Where(entry => entry.Value.InUse).Select(entry => entry.Key).Order(StringComparer.Ordinal)];

    /// <summary>Reachable, and to be left without our services.</summary>
    public IReadOnlyList<string> Retired { get; } =
        [.. servers.Where(entry => entry.Value is { Retired: true, Gone: null }).Select(entry => entry.Key).Order(StringComparer.Ordinal)];

    public IReadOnlyList<string> On(IEnumerable<string> on) => Among(InUse, on);

    public IReadOnlyList<string> RetiredOn(IEnumerable<string> on) => Among(Retired, on);

    public ServerEntry this[string server] => servers[server];

    private List<string> Among(IReadOnlyList<string> names, IEnumerable<string> on)
    {
        var wanted = on.ToHashSet(StringComparer.Ordinal);
        return [.. names.Where(name => wanted.Contains(name) || servers[name].Roles.Any(wanted.Contains))];
    }
}
