using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization.Metadata;

namespace Reconciler.Documents.Contracts;

/// <summary>
/// The contract of a spec as JSON Schema, for editors. Both halves of a document, base and environment, are judged by one schema: so nothing within a spec
/// is required (its description says what must be there after merging), and null, which removes what the base says, may stand for every value of
/// a map. Kinds that never stand in base/ are whole, and keep both.
/// </summary>
/// <param name="whole">Never merged.</param>
internal sealed class SchemaWriter(bool whole)
{
    public static JsonObject Write(JsonTypeInfo spec, Form keys, bool whole)
    {
        var writer = new SchemaWriter(whole);
        var options = new JsonSchemaExporterOptions { TreatNullObliviousAsNonNullable = true, TransformSchemaNode = writer.Transform };
        var schema = spec.GetJsonSchemaAsNode(options).AsObject();
        if (spec.Kind == JsonTypeInfoKind.Dictionary)
            schema["propertyNames"] = Names(keys);
        return schema;
    }

    private JsonNode Transform(JsonSchemaExporterContext context, JsonNode node)
    {
        var rules = context.PropertyInfo is { } property ? PropertyRules.Of(property) : null;
        var schema = Describe(context.TypeInfo, node, rules);
        if (rules?.Description is { } description)
            schema["description"] = IsRequired(context) && !whole ? $"{description} Required once base and environment are merged."
                : description;
        if (context.PropertyInfo is { } declared
            && Binder.DefaultsOf(ShapeCheck.TypeOf(declared.DeclaringType)).TryGetValue(declared.Name, out var usual)
            && usual.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array))
            schema["default"] = JsonNode.Parse(usual.GetRawText());
        return schema;
    }

    private static bool IsRequired(JsonSchemaExporterContext context) => context.PropertyInfo is { IsRequired: true };

    private JsonObject Describe(JsonTypeInfo type, JsonNode exported, PropertyRules? rules) => type.Kind switch
    {
        JsonTypeInfoKind.Object => DescribeObject(type, exported.AsObject()),
        JsonTypeInfoKind.Dictionary => DescribeMap(type, exported.AsObject(), rules),
        JsonTypeInfoKind.Enumerable => DescribeList(type, exported.AsObject(), rules),
        _ => Leaf(type.Type, rules),
    };

    private JsonObject DescribeObject(JsonTypeInfo type, JsonObject exported)
    {
        var properties = new JsonObject();
        foreach (var property in TypeRules.Keys(type))
            properties[property.Name] = exported["properties"]![property.Name]!.DeepClone();
        var schema = new JsonObject { ["type"] = Or("object"), ["additionalProperties"] = false, ["properties"] = properties };
        var required = TypeRules.Keys(type).Where(property => property.IsRequired).Select(property => (JsonNode)property.Name).ToArray();
        if (whole && required.Length > 0)
            schema["required"] = new JsonArray(required);
        return TypeRules.Shorthand(type) is { } shorthand ? new JsonObject { ["anyOf"] = new JsonArray(Leaf(shorthand.PropertyType, null),
            schema) } : schema;
    }

    private JsonObject DescribeMap(JsonTypeInfo type, JsonObject exported, PropertyRules? rules) => new()
    {
        ["type"] = Or("object"),
        ["propertyNames"] = Names(rules is { Keys.Count: > 0 } ? rules.Keys[0] : Form.Name),
        ["additionalProperties"] = Element(type, exported["additionalProperties"], rules?.Inner),
    };

    private JsonObject DescribeList(JsonTypeInfo type, JsonObject exported, PropertyRules? rules)
    {
        var schema = new JsonObject { ["type"] = Or("array"), ["items"] = Element(type, exported["items"], rules), ["uniqueItems"] = true };
        if (rules?.NotEmpty == true)
            schema["minItems"] = 1;
        return schema;
    }

    /// <summary>What is inside a list or map has no attributes of its own: those of the property hold for it. The exporter leaves out what it
    /// knows nothing of, as it does of our words and durations.</summary>
    private JsonNode Element(JsonTypeInfo type, JsonNode? exported, PropertyRules? rules)
    {
        var element = ShapeCheck.TypeOf(type.ElementType!);
        return element.Kind == JsonTypeInfoKind.Object ? exported?.DeepClone() ?? true : Describe(element, exported ?? new JsonObject(), rules);
    }

    private JsonObject Leaf(Type type, PropertyRules? rules)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type.IsEnum)
            return new JsonObject { ["enum"] = new JsonArray([.. TypeRules.Words(type).Select(word => (JsonNode)word),
                .. whole ? Array.Empty<JsonNode?>() : [null]]) };
        if (type == typeof(bool))
            return new JsonObject { ["type"] = Or("boolean") };
        if (type == typeof(int))
            return new JsonObject { ["type"] = Or("integer"), ["minimum"] = rules?.Bounds?.Lowest ?? int.MinValue,
                ["maximum"] = rules?.Bounds?.Highest ?? int.MaxValue };
        if (type == typeof(TimeSpan))
            return new JsonObject { ["type"] = Or("string"), ["pattern"] = DurationConverter.Pattern };
        return type == typeof(DateTimeOffset) ? new JsonObject { ["type"] = Or("string"),
            ["pattern"] = LeafCheck.TimePattern } : Text(rules);
    }

    private JsonObject Text(PropertyRules? rules)
    {
        var form = Forms.Of(rules?.Form ?? Form.Line);
        return new JsonObject
        {
            ["type"] = rules?.AsWritten == true ? Or("string", "number", "boolean") : Or("string"),
            ["pattern"] = rules?.Templated == true ? $"{form.Pattern}|\\{{\\{{" : form.Pattern,
            ["maxLength"] = form.Longest,
        };
    }

    /// <summary>A type, or null where the value may be removed.</summary>
    private JsonNode Or(params string[] types) =>
        whole && types.Length == 1 ? types[0] : new JsonArray([.. types.Select(type => (JsonNode)type),
            .. whole ? Array.Empty<JsonNode>() : ["null"]]);

    private static JsonObject Names(Form form) => new() { ["pattern"] = Forms.Of(form).Pattern, ["maxLength"] = Forms.Of(form).Longest };
}
