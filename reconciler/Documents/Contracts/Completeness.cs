using System.Text.Json.Serialization.Metadata;
using Reconciler.Documents.Yaml;
using Reconciler.Model;

namespace Reconciler.Documents.Contracts;

/// <summary>What is missing once base and environment are merged.</summary>
internal static class Completeness
{
    /// <param name="place">The key of the thing, where a person would add what is missing.</param>
    /// <param name="name">What the thing is called: <c>spec.gunicorn</c>.</param>
    public static void Check(Node node, JsonTypeInfo type, Place place, string name, ICollection<Diagnostic> diagnostics)
    {
        if (node is MapNode map && type.Kind == JsonTypeInfoKind.Object)
            CheckObject(map, type, place, name, diagnostics);
        else if (node is MapNode entries && type.Kind == JsonTypeInfoKind.Dictionary)
            foreach (var entry in entries.Entries)
                Check(entry.Value, ShapeCheck.TypeOf(type.ElementType!), entry.KeyPlace, $"{name}.{entry.Key}", diagnostics);
        else if (node is SequenceNode list && type.Kind == JsonTypeInfoKind.Enumerable)
            foreach (var item in list.Items)
                Check(item, ShapeCheck.TypeOf(type.ElementType!), item.Place, name, diagnostics);
    }

    private static void CheckObject(MapNode map, JsonTypeInfo type, Place place, string name, ICollection<Diagnostic> diagnostics)
    {
        foreach (var property in TypeRules.Keys(type))
        {
            if (map[property.Name] is { } entry)
                Check(entry.Value, ShapeCheck.TypeOf(property.PropertyType), entry.KeyPlace, $"{name}.{property.Name}", diagnostics);
            else if (property.IsRequired)
                diagnostics.Add(Diagnostic.Error("missing-key", place, $"`{name}` has no `{property.Name}`",
                    $"write it: {PropertyRules.Of(property).Description?.TrimEnd('.')}"));
        }
    }
}
