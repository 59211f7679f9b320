using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Reconciler.Documents.Yaml;
using Reconciler.Model;

namespace Reconciler.Documents.Contracts;

/// <summary>Checked nodes to records, by way of JSON and the contracts.</summary>
internal static class Binder
{
    private static readonly ConcurrentDictionary<Type, IReadOnlyDictionary<string, JsonElement>> Defaults = [];

    /// <param name="node">
    /// Merged and mended. Required keys that are missing become blanks: they have been reported, and the rules go on to find more.
    /// </param>
    public static T Bind<T>(Node node)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
            Write(writer, node, ShapeCheck.TypeOf(typeof(T)));
        return JsonSerializer.Deserialize(stream.GetBuffer().AsSpan(0, (int)stream.Length), (JsonTypeInfo<T>)ShapeCheck.TypeOf(typeof(T)))
            ?? throw new InvalidOperationException("A document that was found without fault became nothing.");
    }

    /// <summary>
    /// What keys that are left out stand for. Written out because generated contracts lose the initialisers of init-only properties
    /// (dotnet/runtime 58770): they set every such property, to nothing when the key is absent.
    /// </summary>
    public static IReadOnlyDictionary<string, JsonElement> DefaultsOf(JsonTypeInfo type) =>
        Defaults.GetOrAdd(type.Type, _ => ReadDefaults(type));

    private static void Write(Utf8JsonWriter writer, Node node, JsonTypeInfo type)
    {
        if (type.Kind == JsonTypeInfoKind.Object)
            WriteObject(writer, node, type);
        else if (node is MapNode map)
            WriteMap(writer, map, type);
        else if (node is SequenceNode list)
            WriteList(writer, list, type);
        else
            WriteLeaf(writer, ((ScalarNode)node).Text, Nullable.GetUnderlyingType(type.Type) ?? type.Type);
    }

    private static void WriteObject(Utf8JsonWriter writer, Node node, JsonTypeInfo type)
    {
        writer.WriteStartObject();
        if (node is ScalarNode && TypeRules.Shorthand(type) is { } shorthand)
        {
            writer.WritePropertyName(shorthand.Name);
            Write(writer, node, ShapeCheck.TypeOf(shorthand.PropertyType));
        }
        foreach (var property in TypeRules.Keys(type))
        {
            if ((node as MapNode)?[property.Name] is { } entry)
            {
                writer.WritePropertyName(property.Name);
                Write(writer, entry.Value, ShapeCheck.TypeOf(property.PropertyType));
            }
            else if (DefaultsOf(type).TryGetValue(property.Name, out var value))
            {
                writer.WritePropertyName(property.Name);
                value.WriteTo(writer);
            }
            else if (property.IsRequired)
            {
                writer.WritePropertyName(property.Name);
                WriteBlank(writer, ShapeCheck.TypeOf(property.PropertyType));
            }
        }
        writer.WriteEndObject();
    }

    /// <summary>Sorted by name: where one of several must be chosen, it is the first by name.</summary>
    private static void WriteMap(Utf8JsonWriter writer, MapNode map, JsonTypeInfo type)
    {
        writer.WriteStartObject();
        foreach (var entry in map.Entries.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            writer.WritePropertyName(entry.Key);
            Write(writer, entry.Value, ShapeCheck.TypeOf(type.ElementType!));
        }
        writer.WriteEndObject();
    }

    private static void WriteList(Utf8JsonWriter writer, SequenceNode list, JsonTypeInfo type)
    {
        writer.WriteStartArray();
        foreach (var item in list.Items)
            Write(writer, item, ShapeCheck.TypeOf(type.ElementType!));
        writer.WriteEndArray();
    }

    private static void WriteLeaf(Utf8JsonWriter writer, string text, Type type)
    {
        if (type == typeof(bool))
            writer.WriteBooleanValue(text == "true");
        else if (type == typeof(int))
            writer.WriteNumberValue(int.Parse(text));
        else if (type == typeof(DateTimeOffset))
            writer.WriteStringValue(LeafCheck.ParseTime(text)!.Value);
        else
            writer.WriteStringValue(text);
    }

    private static void WriteBlank(Utf8JsonWriter writer, JsonTypeInfo type)
    {
        if (type.Kind == JsonTypeInfoKind.Enumerable)
            WriteList(writer, new SequenceNode(Place.Of(""), []), type);
        else if (type.Kind == JsonTypeInfoKind.None)
            WriteLeaf(writer, LeafCheck.Blank(type.Type), type.Type);
        else
            Write(writer, new MapNode(Place.Of(""), []), type);
    }

    private static Dictionary<string, JsonElement> ReadDefaults(JsonTypeInfo type)
    {
        var fresh = Activator.CreateInstance(type.Type)!;
        return type.Properties.Where(property => !property.IsRequired && property.Get?.Invoke(fresh) is not null)
            .ToDictionary(property => property.Name, property =>
                JsonSerializer.SerializeToElement(property.Get!(fresh), ShapeCheck.TypeOf(property.PropertyType)));
    }
}
