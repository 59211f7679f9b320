using System.Text.Json;
using System.Text.Json.Serialization;
using Reconciler.Journaling;
using Reconciler.Model;

namespace Reconciler.Reporting;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, WriteIndented = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ApplicationStatus))]
[JsonSerializable(typeof(RepositoryStatus))]
[JsonSerializable(typeof(StatusReport))]
[JsonSerializable(typeof(DriftReport[]))]
[JsonSerializable(typeof(RunEntry[]))]
[JsonSerializable(typeof(RunDescription))]
[JsonSerializable(typeof(ServerDescription[]))]
[JsonSerializable(typeof(EnvironmentDescription))]
[JsonSerializable(typeof(ApplicationDescription[]))]
internal sealed partial class StatusJson : JsonSerializerContext;

/// <summary>Status from and to the ledger's snapshot, keeping when each condition last changed.</summary>
internal static class StatusBuilder
{
    public static string ToJson(ApplicationStatus status) => JsonSerializer.Serialize(status, StatusJson.Default.ApplicationStatus);

    /// <summary>As it was saved, and verified when all was last seen to be so still.</summary>
    public static ApplicationStatus? Of(StatusSnapshot? snapshot) => FromJson(snapshot?.Body) is not { } saved ? null
        : snapshot?.SeenAgain is { } again ? saved with { Verified = again } : saved;

    public static ApplicationStatus? FromJson(string? json) =>
        json is null ? null : JsonSerializer.Deserialize(json, StatusJson.Default.ApplicationStatus);

    public static string ToJson(RepositoryStatus look) => JsonSerializer.Serialize(look, StatusJson.Default.RepositoryStatus);

    public static RepositoryStatus? LookFromJson(string? json) =>
        json is null ? null : JsonSerializer.Deserialize(json, StatusJson.Default.RepositoryStatus);

    public static IReadOnlyList<ReportedDifference> Report(IEnumerable<Difference> differences) =>
        [.. differences.Select(difference => Report(difference, null))];

    /// <param name="seen">What the looks before made of the resource; null where none was kept.</param>
    public static ReportedDifference Report(Difference difference, SeenResource? seen) => new(
        difference.Resource.Server, difference.Resource.MarkerKey, difference.Type.ToString(), difference.Sentence, difference.Wanted,
        difference.Observed, difference.Origin?.ToString())
    {
        Cause = seen?.Cause?.ToString().ToLowerInvariant(),
        Since = seen?.DiffersSince,
        LastSynced = seen?.SyncedAt,
    };

    /// <summary>A condition keeps its time while its status and reason stay what they were.</summary>
    public static Condition Condition(string type, bool status, string reason, string message, ApplicationStatus? before, DateTimeOffset now)
    {
        var word = status ? "True" : "False";
        var last = before?.Of(type);
        return new(type, word, reason, message, last is not null && last.Status == word && last.Reason == reason ? last.LastTransitionTime : now);
    }
}
