using System.Text.Json;
using System.Text.Json.Serialization;

namespace Reconciler.Documents.Contracts;

/// <summary>Enums are words in camel case, never numbers.</summary>
internal sealed class WordConverter<T>() : EnumTextConverter<T>(JsonNamingPolicy.CamelCase)
    where T : struct, Enum;

/// <summary>Enums that are written as they are named: signals, phases of the safe order.</summary>
internal sealed class NameConverter<T>() : EnumTextConverter<T>(null)
    where T : struct, Enum;

/// <summary>The words that an enum is written with.</summary>
internal interface IWords
{
    IReadOnlyList<string> Words { get; }
}

/// <summary>In place of the framework's converter, of which nothing can be compiled ahead for an enum of ours: every start paid for that.</summary>
internal abstract class EnumTextConverter<T>(JsonNamingPolicy? policy) : JsonConverter<T>, IWords
    where T : struct, Enum
{
    private readonly T[] _values = (T[])typeof(T).GetEnumValues();

    private readonly string[] _words = Array.ConvertAll(typeof(T).GetEnumNames(), name => policy?.ConvertName(name) ?? name);

    public IReadOnlyList<string> Words => _words;

    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Array.IndexOf(_words, reader.GetString()) is >= 0 and var at ? _values[at] : throw new JsonException($"not one of {string.Join(", ", _words)}");

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
        writer.WriteStringValue(policy?.ConvertName(value.ToString()) ?? value.ToString());
}
