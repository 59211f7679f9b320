using System.Collections.Concurrent;
using System.ComponentModel;
using System.Reflection;
using System.Text.Json.Serialization.Metadata;

namespace Reconciler.Documents.Contracts;

/// <summary>What the attributes of a property ask of its value, beside its type.</summary>
/// <param name="Keys">Forms of the keys of maps, outermost first.</param>
internal sealed record PropertyRules(Form? Form, IReadOnlyList<Form> Keys, bool Templated, BoundsAttribute? Bounds, bool NotEmpty,
    bool AsWritten, string? Description)
{
    private static readonly ConcurrentDictionary<JsonPropertyInfo, PropertyRules> Known = [];

    public static PropertyRules Of(JsonPropertyInfo property) => Known.GetOrAdd(property, Read);

    /// <summary>For the values of a map whose keys have been judged.</summary>
    public PropertyRules Inner => Keys.Count == 0 ? this : this with { Keys = [.. Keys.Skip(1)] };

    /// <summary>For a spec that is itself a map of named things.</summary>
    public static PropertyRules Named(Form keys) => new(null, [keys], false, null, false, false, null);

    private static PropertyRules Read(JsonPropertyInfo property)
    {
        var attributes = property.AttributeProvider?.GetCustomAttributes(inherit: true) ?? [];
        return new PropertyRules(
            Find<FormAttribute>(attributes)?.Form,
            Find<KeysAttribute>(attributes)?.Forms ?? [],
            Find<TemplatedAttribute>(attributes) is not null,
            Find<BoundsAttribute>(attributes),
            Find<NotEmptyAttribute>(attributes) is not null,
            Find<AsWrittenAttribute>(attributes) is not null,
            Find<DescriptionAttribute>(attributes)?.Description);
    }

    private static T? Find<T>(object[] attributes) where T : Attribute => attributes.OfType<T>().FirstOrDefault();
}

/// <summary>What the attributes of a type say.</summary>
internal static class TypeRules
{
    public static IReadOnlyList<string> NotYet(Type type) => type.GetCustomAttribute<NotYetAttribute>()?.Words ?? [];

    /// <summary>The property that a plain scalar sets instead of the whole; null for most types.</summary>
    public static JsonPropertyInfo? Shorthand(JsonTypeInfo type) =>
        type.Type.GetCustomAttribute<ShorthandAttribute>() is { } shorthand ? type.Properties
            .Single(property => property.Name == shorthand.Property) : null;

    /// <summary>Those that may be written as keys.</summary>
    public static IEnumerable<JsonPropertyInfo> Keys(JsonTypeInfo type)
    {
        var shorthand = Shorthand(type);
        return type.Properties.Where(property => property != shorthand);
    }

    /// <summary>The words of an enum as they are written.</summary>
    public static IReadOnlyList<string> Words(Type type) =>
        ((IWords)ShapeCheck.TypeOf(type).Converter).Words;
}
