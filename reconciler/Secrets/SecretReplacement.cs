using System.Text.Encodings.Web;
using System.Text.Json;

namespace Reconciler.Secrets;

/// <summary>One value put in place of another in all that stands at a source; every other key stays as it is.</summary>
/// <param name="member">The key of the JSON object; null: all that stands there is the value.</param>
internal sealed class SecretReplacement(SecretLocation location, string? member, SecretValue fresh)
{
    /// <summary>Its key for values of before that still count, a list: the old value becomes the only one in it. Null: none does.</summary>
    public string? Fallbacks { get; init; }

    /// <summary>No value of before counts any more: <see cref="Fallbacks"/> becomes empty.</summary>
    public bool DropFallbacks { get; init; }

    /// <summary>A second key that changes with it: who logs in with the value. Null: none does.</summary>
    public LoginSwap? Login { get; init; }

    /// <summary>What stood there; null before <see cref="Apply"/>. In memory only.</summary>
    public SecretValue? Old { get; private set; }

    /// <summary>All that stands there now; null before <see cref="Apply"/>.</summary>
    public SecretValue? Whole { get; private set; }

    /// <exception cref="SecretSourceException">It stands there already, or there is no such key.</exception>
    public SecretValue Apply(SecretValue whole)
    {
        if (whole.RevealText() is not { } text)
            throw Refused(SecretFaultReason.WrongFormat, "holds no text, and bytes are not rotated");
        if (member is null)
        {
            var old = text.TrimEnd('\n', '\r');
            Old = Differs(old);
            return Whole = new(fresh.RevealText() + text[old.Length..]);
        }
        using var document = SecretJson.Parse(text);
        if (document is null || document.RootElement.ValueKind != JsonValueKind.Object)
            throw Refused(SecretFaultReason.WrongFormat, "is not a JSON object with unique keys; store {\"KEY\": \"value\", ...} there");
        var root = document.RootElement;
        if (!root.TryGetProperty(member, out var value) || SecretJson.TextOf(value) is not { } before)
            throw Refused(SecretFaultReason.Missing, $"has no key {member}; add it there first");
        if (Fallbacks is not null && !(root.TryGetProperty(Fallbacks, out var list) && list.ValueKind == JsonValueKind.Array))
            throw Refused(SecretFaultReason.WrongFormat, $"has no list at {Fallbacks}; write \"{Fallbacks}\": [] there");
        Login?.Apply(root.TryGetProperty(Login.Member, out var role) ? SecretJson.TextOf(role) : null, location);
        Old = Differs(before);
        return Whole = Written(root, before, text.Trim().Contains('\n'));
    }

    private SecretValue Differs(string old) => fresh.RevealText() != old ? new(old)
        : throw Refused(SecretFaultReason.Declaration, "holds this very value already; give another one");

    private SecretValue Written(JsonElement root, string before, bool indented)
    {
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes,
            new JsonWriterOptions { Indented = indented, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, NewLine = "\n" }))
        {
            writer.WriteStartObject();
            foreach (var each in root.EnumerateObject())
            {
                writer.WritePropertyName(each.Name);
                if (each.Name == member)
                    writer.WriteStringValue(fresh.RevealText());
                else if (each.Name == Login?.Member)
                    writer.WriteStringValue(Login.Fresh);
                else if (each.Name == Fallbacks)
                    WriteFallbacks(writer, before);
                else
                    each.Value.WriteTo(writer);
            }
            writer.WriteEndObject();
        }
        bytes.WriteByte((byte)'\n');
        return new(bytes.ToArray());
    }

    private void WriteFallbacks(Utf8JsonWriter writer, string before)
    {
        writer.WriteStartArray();
        if (!DropFallbacks)
            writer.WriteStringValue(before);
        writer.WriteEndArray();
    }

    private SecretSourceException Refused(SecretFaultReason reason, string why) => new(reason, $"{location with { Key = null }} {why}.");
}
