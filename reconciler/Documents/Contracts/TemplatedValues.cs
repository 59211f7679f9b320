using System.Text.Json.Serialization.Metadata;
using Reconciler.Documents.Yaml;

namespace Reconciler.Documents.Contracts;

/// <summary>A text of a document that holds placeholders.</summary>
/// <param name="Path">Keys from the spec down to it.</param>
internal sealed record TemplatedValue(IReadOnlyList<string> Path, ScalarNode Scalar, PropertyRules Rules)
{
    /// <summary>Those in a merged spec, found by its contract.</summary>
    public static IEnumerable<TemplatedValue> In(Node node, JsonTypeInfo type) => In(node, type, PropertyRules.Named(Form.Name), []);

    private static IEnumerable<TemplatedValue> In(Node node, JsonTypeInfo type, PropertyRules rules, IReadOnlyList<string> path) =>
        node switch
    {
        ScalarNode scalar when rules.Templated && scalar.Text.Contains("{{") => [new TemplatedValue(path, scalar, rules)],
        SequenceNode list when type.ElementType is not null =>
            list.Items.SelectMany((item, index) => In(item, ShapeCheck.TypeOf(type.ElementType), rules, [.. path, $"{index}"])),
        MapNode map when type.Kind == JsonTypeInfoKind.Dictionary =>
            map.Entries.SelectMany(entry => In(entry.Value, ShapeCheck.TypeOf(type.ElementType!), rules.Inner, [.. path, entry.Key])),
        MapNode map when type.Kind == JsonTypeInfoKind.Object =>
            TypeRules.Keys(type).Where(property => map[property.Name] is not null)
                .SelectMany(property => In(map[property.Name]!.Value, ShapeCheck.TypeOf(property.PropertyType), PropertyRules.Of(property),
                    [.. path, property.Name])),
        _ => [],
    };
}
