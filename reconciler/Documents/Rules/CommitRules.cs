using Reconciler.Documents.Contracts;
using Reconciler.Documents.Yaml;
using Reconciler.Model;

namespace Reconciler.Documents.Rules;

/// <summary>What must hold between environments.</summary>
internal static class CommitRules
{
    public static void Check(IReadOnlyDictionary<string, DesiredEnvironment> environments, Faults faults)
    {
        CheckAddresses(environments.Values, faults);
        CheckPromotions(environments, faults);
    }

    /// <summary>Two environments on one server would undo one another's work for ever.</summary>
    private static void CheckAddresses(IEnumerable<DesiredEnvironment> environments, Faults faults)
    {
        var known = new Dictionary<string, (string Server, Place Place)>();
        foreach (var environment in environments.OrderBy(environment => environment.Name, StringComparer.Ordinal))
        {
            foreach (var (name, server) in environment.Servers.Value.Where(server => server.Value is { Address: not null, Gone: null })
                .OrderBy(server => server.Key, StringComparer.Ordinal))
            {
                var place = environment.Servers.PlaceOf(name, "address");
                if (!known.TryAdd(Addresses.Canonical(server.Address!), ($"{environment.Name}/{name}", place)))
                    faults.Add("address-taken", place,
                        $"{Shown.Value(server.Address!)} is the address of {known[Addresses.Canonical(server.Address!)].Server} too, at {known[Addresses.Canonical(server.Address!)].Place}",
                        "one server, one address, in one environment");
            }
        }
    }

    /// <summary>Told once per cycle, at its first environment by name.</summary>
    private static void CheckPromotions(IReadOnlyDictionary<string, DesiredEnvironment> environments, Faults faults)
    {
        foreach (var start in environments.Values)
        {
            var path = new List<string> { start.Name };
            for (var at = Previous(start); at is not null && environments.TryGetValue(at,
                out var environment) && path.Count <= environments.Count; at = Previous(environment))
                path.Add(at);
            var closed = path.IndexOf(start.Name, 1);
            if (closed > 1 && path.Take(closed).Min(StringComparer.Ordinal) == start.Name)
                faults.Add("cycle", start.Environment.PlaceOf("promotedFrom", "environment"),
                    $"promotion runs in a circle: {string.Join(" from ", path.Take(closed + 1))}", "one environment must come first");
        }
    }

    private static string? Previous(DesiredEnvironment environment) => environment.Environment.Value.PromotedFrom?.Environment;
}
