using System.Text.Json.Serialization;

namespace Reconciler.Notifying;

/// <summary>What a notice is about.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<NoticeEvent>))]
internal enum NoticeEvent
{
    [JsonStringEnumMemberName("failing")]
    Failing,

    /// <summary>What failed works again.</summary>
    [JsonStringEnumMemberName("recovered")]
    Recovered,

    /// <summary>Nothing had to be said for so long.</summary>
    [JsonStringEnumMemberName("heartbeat")]
    Heartbeat,
}

/// <summary>One thing that people are told, as it is sent.</summary>
/// <param name="About"><c>repository</c>, or ENVIRONMENT/APPLICATION.</param>
/// <param name="Environment">Null for what is about none.</param>
/// <param name="Sentence">One line.</param>
/// <param name="Since">When it began.</param>
/// <param name="GoOn">What a person could type or write.</param>
/// <param name="Link">Null for none.</param>
internal sealed record Notice(
    NoticeEvent Event, string About, string? Environment, string? Revision, string Sentence, DateTimeOffset Since, DateTimeOffset At, IReadOnlyList<string> GoOn,
    string? Link);

/// <summary>The body of Slack's incoming webhooks.</summary>
internal sealed record SlackMessage(string Text);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Notice))]
[JsonSerializable(typeof(SlackMessage))]
internal sealed partial class NoticeJson : JsonSerializerContext;
