using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Reconciler.Documents.Contracts;

namespace Reconciler.Documents.Reading;

/// <summary>One JSON Schema (draft 2020-12) per kind, by file name: <c>application.schema.json</c>. Editors complete and check with them.</summary>
internal static class Schemas
{
    private static readonly JsonSerializerOptions Layout = new() { WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static IReadOnlyDictionary<string, string> All() =>
        DocumentKind.Written.ToDictionary(kind => $"{kind.Name.ToLowerInvariant()}.schema.json", Of);

    public static string Of(DocumentKind kind) => new JsonObject
    {
        ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
        ["title"] = kind.Name,
        ["description"] = kind.Description,
        ["type"] = "object",
        ["additionalProperties"] = false,
        ["required"] = new JsonArray("apiVersion", "kind", "metadata", "spec"),
        ["properties"] = new JsonObject
        {
            ["apiVersion"] = new JsonObject { ["const"] = EnvelopeReader.ApiVersion },
            ["kind"] = new JsonObject { ["const"] = kind.Name },
            ["metadata"] = new JsonObject
            {
                ["type"] = "object",
                ["additionalProperties"] = false,
                ["required"] = new JsonArray("name"),
                ["properties"] = new JsonObject { ["name"] = NameOf(kind) },
            },
            ["spec"] = SchemaWriter.Write(kind.Spec, kind.Keys, kind.AlwaysWhole),
        },
    }.ToJsonString(Layout) + "\n";

    private static JsonObject NameOf(DocumentKind kind) => kind == DocumentKind.Controller
        ? new JsonObject { ["const"] = ControllerReader.Name }
        : new JsonObject { ["type"] = "string", ["pattern"] = Forms.NamePattern, ["description"] = "The name of the document's folder." };
}
