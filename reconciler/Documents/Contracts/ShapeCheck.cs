using System.Text.Json.Serialization.Metadata;
using Reconciler.Documents.Yaml;
using Reconciler.Model;

namespace Reconciler.Documents.Contracts;

/// <summary>
/// Walks the contract of a kind along the nodes of one file and reports every fault that the file has by itself: unknown keys, wrong
/// types, forms. What is missing is judged after merging (<see cref="Completeness"/>), since each file may be partial.
/// </summary>
internal sealed class ShapeCheck(ICollection<Diagnostic> diagnostics)
{
    private readonly LeafCheck _leaves = new(diagnostics);

    public void Check(Node node, JsonTypeInfo type, PropertyRules rules)
    {
        if (TypeRules.Shorthand(type) is { } shorthand && node is ScalarNode)
            Check(node, TypeOf(shorthand.PropertyType), PropertyRules.Of(shorthand));
        else if (type.Kind == JsonTypeInfoKind.Object)
            CheckObject(node, type);
        else if (type.Kind == JsonTypeInfoKind.Dictionary)
            CheckMap(node, type, rules);
        else if (type.Kind == JsonTypeInfoKind.Enumerable)
            CheckList(node, type, rules);
        else
            _leaves.Check(node, type.Type, rules);
    }

    private void CheckObject(Node node, JsonTypeInfo type)
    {
        if (!IsMap(node, out var map))
            return;
        var known = TypeRules.Keys(type).ToDictionary(property => property.Name);
        foreach (var entry in map.Entries)
        {
            if (!known.TryGetValue(entry.Key, out var property))
                ReportUnknown(entry, type.Type, known.Keys);
            else if (HasValue(entry))
                Check(entry.Value, TypeOf(property.PropertyType), PropertyRules.Of(property));
        }
    }

    private void CheckMap(Node node, JsonTypeInfo type, PropertyRules rules)
    {
        if (!IsMap(node, out var map))
            return;
        var form = rules.Keys.Count > 0 ? rules.Keys[0] : Form.Name;
        foreach (var entry in map.Entries)
        {
            if (Forms.Of(form).Judge(entry.Key) is { } fault)
                Report("bad-name", entry.KeyPlace, $"{Shown.Value(entry.Key)} {fault}", $"it must be {Forms.Of(form).Allowed}");
            if (HasValue(entry))
                Check(entry.Value, TypeOf(type.ElementType!), rules.Inner);
        }
    }

    private void CheckList(Node node, JsonTypeInfo type, PropertyRules rules)
    {
        if (node is not SequenceNode list)
        {
            Report("wrong-type", node.Place, $"{Describe(node)} stands where a list is expected", "write [a, b], or one `- item` per line");
            return;
        }
        if (rules.NotEmpty && list.Items.Count == 0)
            Report("empty-list", node.Place, "the list is empty", "name at least one");
        var seen = new Dictionary<string, Place>();
        foreach (var item in list.Items)
        {
            if (item is ScalarNode scalar && !seen.TryAdd(scalar.Text, scalar.Place))
                Report("duplicate-item", item.Place, $"{Shown.Value(scalar.Text)} stands here a second time, first at {seen[scalar.Text]}", "keep one of the two");
            if (item is ScalarNode { IsNull: true } or ScalarNode { Plain: true, Text: "" })
                Report("null-not-allowed", item.Place, "an item without a value", "write it, or remove the line");
            else
                Check(item, TypeOf(type.ElementType!), rules);
        }
    }

    /// <summary>False for null, which removes what the base says, and for nothing at all, which is refused.</summary>
    private bool HasValue(MapEntry entry)
    {
        if (entry.Value is not ScalarNode { Plain: true } scalar)
            return true;
        if (scalar.Text is "" or "~" or "Null" or "NULL")
            Report("empty-value", scalar.Place, $"{Shown.Value(entry.Key)} has no value", "write one; the word null removes what base/ says");
        return scalar.Text is not ("" or "~" or "Null" or "NULL" or "null");
    }

    private bool IsMap(Node node, out MapNode map)
    {
        map = node as MapNode ?? new MapNode(node.Place, []);
        if (node is not MapNode)
            Report("wrong-type", node.Place, $"{Describe(node)} stands where a map is expected", "write {key: value}, or one `key: value` per line");
        return node is MapNode;
    }

    private void ReportUnknown(MapEntry entry, Type type, IReadOnlyCollection<string> known)
    {
        if (TypeRules.NotYet(type).Contains(entry.Key))
            Report("not-in-this-version", entry.KeyPlace, $"`{entry.Key}` is not in this version", "remove it; a later version brings it");
        else
            Report("unknown-key", entry.KeyPlace, $"{Shown.Value(entry.Key)} is not known here", Nearest.Hint(entry.Key, known));
    }

    private void Report(string code, Place place, string what, string fix) => diagnostics.Add(Diagnostic.Error(code, place, what, fix));

    internal static string Describe(Node node) => node switch
    {
        MapNode => "a map",
        SequenceNode => "a list",
        ScalarNode scalar => Shown.Value(scalar.Text),
        _ => "a value",
    };

    internal static JsonTypeInfo TypeOf(Type type) => DocumentContracts.Default.Options.GetTypeInfo(type);
}
