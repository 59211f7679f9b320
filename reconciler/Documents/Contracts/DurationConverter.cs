using System.Text.Json;
using System.Text.Json.Serialization;

namespace Reconciler.Documents.Contracts;

/// <summary>Durations are a whole number and a unit: <c>10s</c>, <c>15m</c>, <c>2h</c>, <c>7d</c>.</summary>
internal sealed class DurationConverter : JsonConverter<TimeSpan>
{
    public const string Pattern = "^(0|[1-9][0-9]{0,5})[smhd]$";

    /// <summary>Null when the text is not a duration.</summary>
    public static TimeSpan? Parse(string text)
    {
        if (text.Length is < 2 or > 7 || !text[..^1].All(char.IsAsciiDigit) || (text[0] == '0' && text.Length > 2))
            return null;
        var number = int.Parse(text.AsSpan(0, text.Length - 1));
        return text[^1] switch
        {
            's' => TimeSpan.FromSeconds(number),
            'm' => TimeSpan.FromMinutes(number),
            'h' => TimeSpan.FromHours(number),
            'd' => TimeSpan.FromDays(number),
            _ => null,
        };
    }

    /// <summary>In the largest unit that holds it whole.</summary>
    public static string Format(TimeSpan duration)
    {
        var seconds = (long)duration.TotalSeconds;
        return seconds switch
        {
            0 => "0s",
            _ when seconds % 86400 == 0 => $"{seconds / 86400}d",
            _ when seconds % 3600 == 0 => $"{seconds / 3600}h",
            _ when seconds % 60 == 0 => $"{seconds / 60}m",
            _ => $"{seconds}s",
        };
    }

    public override TimeSpan Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Parse(reader.GetString() ?? "") ?? throw new JsonException("not a duration");

    public override void Write(Utf8JsonWriter writer, TimeSpan value, JsonSerializerOptions options) =>
        writer.WriteStringValue(Format(value));
}
