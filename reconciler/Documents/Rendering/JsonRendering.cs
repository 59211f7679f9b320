using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Reconciler.Documents.Contracts;
using Reconciler.Documents.Reading;
using Reconciler.Documents.Yaml;
using Reconciler.Model;

namespace Reconciler.Documents.Rendering;

/// <summary>
/// Merged documents as JSON: <c>{environment, revision, baseRevision, documents: [{kind, name, spec, origins}]}</c>. <c>spec</c> holds what is written, typed by
/// the schema; <c>origins</c> the <c>file:line:column</c> of every value by JSON pointer (RFC 6901) from the spec.
/// </summary>
internal static class JsonRendering
{
    public static string Render(DesiredEnvironment environment)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream,
            new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartObject();
            writer.WriteString("environment", environment.Name);
            writer.WriteString("revision", environment.Revision);
            writer.WriteString("baseRevision", environment.BaseRevision);
            writer.WriteStartArray("documents");
            foreach (var document in MergedDocument.Of(environment))
                Write(writer, document);
            writer.WriteEndArray();
            writer.WriteEndObject();
        }
        return Encoding.UTF8.GetString(stream.ToArray()) + "\n";
    }

    private static void Write(Utf8JsonWriter writer, MergedDocument document)
    {
        writer.WriteStartObject();
        writer.WriteString("kind", document.Kind);
        writer.WriteString("name", document.Folder);
        writer.WritePropertyName("spec");
        Write(writer, document.Spec, DocumentKind.Named(document.Kind).Spec);
        writer.WriteStartObject("origins");
        foreach (var (pointer, place) in Origins(document.Spec, ""))
            writer.WriteString(pointer, place.ToString());
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, Node node, JsonTypeInfo type)
    {
        switch (node)
        {
            case MapNode map:
                writer.WriteStartObject();
                foreach (var entry in map.Entries)
                {
                    writer.WritePropertyName(entry.Key);
                    Write(writer, entry.Value, TypeOfEntry(type, entry.Key));
                }
                writer.WriteEndObject();
                break;
            case SequenceNode list:
                writer.WriteStartArray();
                foreach (var item in list.Items)
                    Write(writer, item, ShapeCheck.TypeOf(type.ElementType!));
                writer.WriteEndArray();
                break;
            case ScalarNode scalar when (Nullable.GetUnderlyingType(type.Type) ?? type.Type) is var leaf
                && (leaf == typeof(bool) || leaf == typeof(int)):
                writer.WriteRawValue(scalar.Text);
                break;
            case ScalarNode scalar:
                writer.WriteStringValue(scalar.Text);
                break;
        }
    }

    private static JsonTypeInfo TypeOfEntry(JsonTypeInfo type, string key) =>
        ShapeCheck.TypeOf(type.Kind == JsonTypeInfoKind.Dictionary ? type.ElementType! : type.Properties
            .Single(property => property.Name == key).PropertyType);

    private static IEnumerable<(string Pointer, Place Place)> Origins(Node node, string pointer) => node switch
    {
        MapNode map => map.Entries.SelectMany(entry => Origins(entry.Value, $"{pointer}/{entry.Key.Replace("~", "~0").Replace("/", "~1")}")
            .Prepend(($"{pointer}/{entry.Key.Replace("~", "~0").Replace("/", "~1")}",
                entry.Value is ScalarNode ? entry.Value.Place : entry.KeyPlace))),
        SequenceNode list =>
            list.Items.SelectMany((item, index) => Origins(item, $"{pointer}/{index}").Prepend(($"{pointer}/{index}", item.Place))),
        _ => [],
    };
}
