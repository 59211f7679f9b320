using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Reconciler.Secrets;

/// <summary>The value of a secret. It shows itself nowhere: not in ToString, a debugger, a record that holds it, or JSON.</summary>
[DebuggerDisplay("***")]
[JsonConverter(typeof(NeverWritten))]
internal sealed class SecretValue
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly byte[] _bytes;

    public SecretValue(ReadOnlySpan<byte> bytes) => _bytes = bytes.ToArray();

    public SecretValue(string text) => _bytes = Encoding.UTF8.GetBytes(text);

    /// <summary>Of the source, where it keeps several; may be shown.</summary>
    public string? Version { get; init; }

    public SecretValue Of(string? version) => new(_bytes) { Version = version };

    /// <summary>A copy of the value. Whoever calls this answers for where it goes.</summary>
    public byte[] Reveal() => [.. _bytes];

    /// <summary>The value as text; null when it is not UTF-8.</summary>
    public string? RevealText()
    {
        try
        {
            return Strict.GetString(_bytes);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    public override string ToString() => "***";

    internal sealed class NeverWritten : JsonConverter<SecretValue>
    {
        public override SecretValue Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) =>
            throw new NotSupportedException("A secret is read by its source only.");

        public override void Write(Utf8JsonWriter writer, SecretValue value, JsonSerializerOptions options) =>
            throw new NotSupportedException("A secret is never serialised.");
    }
}
