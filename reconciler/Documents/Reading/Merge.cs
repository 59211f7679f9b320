using Reconciler.Documents.Yaml;

namespace Reconciler.Documents.Reading;

/// <summary>JSON merge patch (RFC 7396): maps merge, everything else is replaced, null removes. Every value keeps its own place.</summary>
internal static class Merge
{
    /// <param name="under">The base; null when it says nothing.</param>
    /// <param name="over">The environment.</param>
    public static Node Apply(Node? under, Node over)
    {
        if (over is not MapNode patch)
            return over;
        var target = under as MapNode;
        var entries = new List<MapEntry>();
        foreach (var entry in target?.Entries ?? [])
        {
            if (patch[entry.Key] is not { } replaced)
                entries.Add(entry);
            else if (replaced.Value is not ScalarNode { IsNull: true })
                entries.Add(replaced with { Value = Apply(entry.Value, replaced.Value) });
        }
        foreach (var entry in patch.Entries)
            if (target?[entry.Key] is null && entry.Value is not ScalarNode { IsNull: true })
                entries.Add(entry with { Value = Apply(null, entry.Value) });
        return new MapNode(patch.Place, entries);
    }
}
