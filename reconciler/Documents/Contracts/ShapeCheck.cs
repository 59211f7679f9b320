using System.Text.Json.Serialization.Metadata;
using Reconciler.Documents.Yaml;
using Reconciler.Model;

namespace Reconciler.Documents.Contracts;

/// <summary>
/// Walks the contract of a kind along the nodes of one file and reports every fault that the file has by itself: unknown keys, wrong
/// types, forms. What is missing is judged after merging (<see cref="Completeness"/>), since each file may be partial. It returns the
/// nodes mended, so that the rules after it find their faults too: a commit with any fault is refused whole, but all are told at once.
/// </summary>
/// <param name="nullRemoves">Something may lie beneath this file, of which the word null removes a part.</param>
internal sealed class ShapeCheck(bool nullRemoves, ICollection<Diagnostic> diagnostics)
{
    private readonly LeafCheck _leaves = new(diagnostics);

    /// <returns>Null when it is faulty in a way that nothing can be made of it: it then counts as left out.</returns>
    public Node? Check(Node node, JsonTypeInfo type, PropertyRules rules)
    {
        if (TypeRules.Shorthand(type) is { } shorthand && node is ScalarNode)
            return Check(node, TypeOf(shorthand.PropertyType), PropertyRules.Of(shorthand));
        return type.Kind switch
        {
            JsonTypeInfoKind.Object => CheckObject(node, type),
            JsonTypeInfoKind.Dictionary => CheckMap(node, type, rules),
            JsonTypeInfoKind.Enumerable => CheckList(node, type, rules),
            _ => _leaves.Check(node, type.Type, rules),
        };
    }

    private MapNode CheckObject(Node node, JsonTypeInfo type)
    {
        var map = AsMap(node);
        var known = TypeRules.Keys(type).ToDictionary(property => property.Name);
        var mended = new List<MapEntry>();
        foreach (var entry in map.Entries)
        {
            if (!known.TryGetValue(entry.Key, out var property))
                ReportUnknown(entry, type.Type, known.Keys);
            else if (IsRemoval(entry))
                mended.Add(entry);
            else if (HasValue(entry) && Check(entry.Value, TypeOf(property.PropertyType), PropertyRules.Of(property)) is { } value)
                mended.Add(entry with { Value = value });
            else if (property.IsRequired)
                mended.Add(entry with { Value = Blank(entry.Value.Place, TypeOf(property.PropertyType)) });
        }
        return new MapNode(map.Place, mended);
    }

    private MapNode CheckMap(Node node, JsonTypeInfo type, PropertyRules rules)
    {
        var map = AsMap(node);
        var mended = new List<MapEntry>();
        var form = rules.Keys.Count > 0 ? rules.Keys[0] : Form.Name;
        foreach (var entry in map.Entries)
        {
            if (Forms.Of(form).Judge(entry.Key) is { } fault)
                Report("bad-name", entry.KeyPlace, $"{Shown.Value(entry.Key)} {fault}", $"it must be {Forms.Of(form).Allowed}");
            if (IsRemoval(entry))
                mended.Add(entry);
            else if (HasValue(entry) && Check(entry.Value, TypeOf(type.ElementType!), rules.Inner) is { } value)
                mended.Add(entry with { Value = value });
        }
        return new MapNode(map.Place, mended);
    }

    private SequenceNode CheckList(Node node, JsonTypeInfo type, PropertyRules rules)
    {
        if (node is not SequenceNode list)
        {
            Report("wrong-type", node.Place, $"{Describe(node)} stands where a list is expected", "write [a, b], or one `- item` per line");
            return new SequenceNode(node.Place, []);
        }
        if (rules.NotEmpty && list.Items.Count == 0)
            Report("empty-list", node.Place, "the list is empty", "name at least one");
        var mended = new List<Node>();
        var seen = new Dictionary<string, Place>();
        foreach (var item in list.Items)
        {
            if (item is ScalarNode scalar && !seen.TryAdd(scalar.Text, scalar.Place))
                Report("duplicate-item", item.Place,
                    $"{Shown.Value(scalar.Text)} stands here a second time, first at {seen[scalar.Text]}", "keep one of the two");
            if (item is ScalarNode { IsNull: true } or ScalarNode { Plain: true, Text: "" })
                Report("null-not-allowed", item.Place, "an item without a value", "write it, or remove the line");
            else if (Check(item, TypeOf(type.ElementType!), rules) is { } value)
                mended.Add(value);
        }
        return new SequenceNode(list.Place, mended);
    }

    /// <summary>Stands for a required value that was reported, so that it is not reported as missing too.</summary>
    private static Node Blank(Place place, JsonTypeInfo type) => type.Kind switch
    {
        JsonTypeInfoKind.None => new ScalarNode(place, LeafCheck.Blank(Nullable.GetUnderlyingType(type.Type) ?? type.Type), Plain: false),
        JsonTypeInfoKind.Enumerable => new SequenceNode(place, []),
        _ => new MapNode(place, []),
    };

    private bool IsRemoval(MapEntry entry) => nullRemoves && entry.Value is ScalarNode { IsNull: true };

    /// <summary>Nothing at all is refused: only the word null removes what the base says.</summary>
    private bool HasValue(MapEntry entry)
    {
        if (entry.Value is not ScalarNode { Plain: true, Text: "" or "~" or "null" or "Null" or "NULL" } scalar)
            return true;
        Report("empty-value", scalar.Place, $"{Shown.Value(entry.Key)} has no value",
            nullRemoves ? "write one; the word null removes what base/ says"
            : "write one, or remove the key: nothing lies beneath this file");
        return false;
    }

    private MapNode AsMap(Node node)
    {
        if (node is MapNode map)
            return map;
        Report("wrong-type", node.Place, $"{Describe(node)} stands where a map is expected",
            "write {key: value}, or one `key: value` per line");
        return new MapNode(node.Place, []);
    }

    private void ReportUnknown(MapEntry entry, Type type, IReadOnlyCollection<string> known)
    {
        if (TypeRules.NotYet(type).Contains(entry.Key))
            Report("not-in-this-version", entry.KeyPlace, $"`{entry.Key}` is not in this version", "remove it; a later version brings it");
        else
            Report("unknown-key", entry.KeyPlace, $"{Shown.Value(entry.Key)} is not known here", Nearest.Hint(entry.Key, known));
    }

    private void Report(string code, Place place, string what, string fix) => diagnostics.Add(Diagnostic.Error(code, place, what, fix));

    /// <summary>A single value is not shown: somebody may have put a secret where its declaration belongs.</summary>
    internal static string Describe(Node node) => node switch
    {
        MapNode => "a map",
        SequenceNode => "a list",
        _ => "a single value",
    };

    internal static JsonTypeInfo TypeOf(Type type) => DocumentContracts.Default.Options.GetTypeInfo(type);
}
