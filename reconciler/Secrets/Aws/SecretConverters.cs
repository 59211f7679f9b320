using System.Text.Json;
using System.Text.Json.Serialization;

namespace Reconciler.Secrets.Aws;

/// <summary>A secret as JSON text: only within a request to its own store.</summary>
internal sealed class SecretTextConverter : JsonConverter<SecretValue>
{
    public override SecretValue Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => new(reader.GetString()!);

    public override void Write(Utf8JsonWriter writer, SecretValue value, JsonSerializerOptions options) => writer.WriteStringValue(value.Reveal());
}

/// <summary>Bytes as base64 (the protocol's form of a blob).</summary>
internal sealed class SecretBytesConverter : JsonConverter<SecretValue>
{
    public override SecretValue Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => new(reader.GetBytesFromBase64());

    public override void Write(Utf8JsonWriter writer, SecretValue value, JsonSerializerOptions options) =>
        writer.WriteBase64StringValue(value.Reveal());
}
