using Reconciler.Documents.Yaml;
using Reconciler.Model;

namespace Reconciler.Documents.Rules;

/// <summary>
/// What a commit takes away from the one in force. Deleting is never the way to stop something: what was not retired first would run on, declared
/// by nobody.
/// </summary>
internal static class Deletions
{
    /// <param name="previous">The environments of the last accepted revision.</param>
    /// <param name="current">Those of the revision that is to follow it; without errors of its own.</param>
    public static IReadOnlyList<Diagnostic> Compare(IReadOnlyDictionary<string, DesiredEnvironment> previous, IReadOnlyDictionary<string, DesiredEnvironment> current) =>
        [.. previous.Values.OrderBy(environment => environment.Name, StringComparer.Ordinal)
            .SelectMany(environment => current.TryGetValue(environment.Name, out var now) ? Compare(environment, now)
                : DeletedEnvironment(environment))];

    private static IEnumerable<Diagnostic> DeletedEnvironment(DesiredEnvironment previous)
    {
        if (previous.InUse.Count > 0)
            yield return Diagnostic.Error("deleted-environment", Place.Of(previous.Name),
                $"the environment is deleted, and {string.Join(", ", previous.InUse.Select(server => server.Key))} were in use",
                "retire its applications and servers first, and delete it when that is done");
    }

    private static IEnumerable<Diagnostic> Compare(DesiredEnvironment previous, DesiredEnvironment current)
    {
        foreach (var (name, application) in previous.Applications
            .Where(application => !current.Applications.ContainsKey(application.Key) && !application.Value.Application.Value.Retired))
            yield return Diagnostic.Error("deleted-application", Place.Of($"{current.Name}/{name}"),
                $"the folder of {name}, which was never retired, is deleted",
                $"its services would run on: put it back with retired: true in {application.Application.Place.File}, and delete it when that is done");
        foreach (var (name, server) in previous.InUse.Where(server => !current.Servers.Value.ContainsKey(server.Key)))
            yield return Diagnostic.Error("deleted-server", current.Servers.Place,
                $"{name} ({Shown.Value(server.Address ?? "")}), which was neither retired nor gone, is deleted",
                "put it back with retired: true, or gone: with the reason when it cannot be reached any more");
    }
}
