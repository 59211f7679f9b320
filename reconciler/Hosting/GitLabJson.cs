using System.Text.Json.Serialization;

namespace Reconciler.Hosting;

internal sealed record GitLabStatus(string Name, string Status, bool AllowFailure = false);

internal sealed record GitLabPipeline(long Id, string Status);

internal sealed record GitLabMergeRequest(long Iid, string Title, string? Sha, long SourceProjectId, long TargetProjectId, string WebUrl);

internal sealed record GitLabUser(long Id);

internal sealed record GitLabNote(long Id, string? Body, GitLabUser? Author);

internal sealed record GitLabNewStatus(string State, string Name, string Description, string? TargetUrl);

internal sealed record GitLabNewNote(string Body);

internal sealed record GitLabNewMergeRequest(string SourceBranch, string TargetBranch, string Title, string Description);

/// <summary>The parts of GitLab's requests and answers that are used.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(GitLabStatus))]
[JsonSerializable(typeof(GitLabStatus[]))]
[JsonSerializable(typeof(GitLabPipeline[]))]
[JsonSerializable(typeof(GitLabMergeRequest))]
[JsonSerializable(typeof(GitLabMergeRequest[]))]
[JsonSerializable(typeof(GitLabNote))]
[JsonSerializable(typeof(GitLabNote[]))]
[JsonSerializable(typeof(GitLabUser))]
[JsonSerializable(typeof(GitLabNewStatus))]
[JsonSerializable(typeof(GitLabNewNote))]
[JsonSerializable(typeof(GitLabNewMergeRequest))]
internal sealed partial class GitLabJson : JsonSerializerContext;
