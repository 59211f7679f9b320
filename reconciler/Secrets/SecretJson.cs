using System.Text.Json;

namespace Reconciler.Secrets;

/// <summary>Reads JSON without ever quoting it: the messages of the reader may hold a value.</summary>
internal static class SecretJson
{
    /// <summary>Null when it is no JSON, or has a key twice.</summary>
    public static JsonDocument? Parse(string text)
    {
        try
        {
            return JsonDocument.Parse(text, new JsonDocumentOptions { AllowDuplicateProperties = false });
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>A string's characters, or another value's JSON; null for a string that is no Unicode text.</summary>
    public static string? TextOf(JsonElement value)
    {
        try
        {
            return value.ValueKind == JsonValueKind.String ? value.GetString() : value.GetRawText();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
