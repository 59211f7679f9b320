using System.Text.Json.Serialization;

namespace Reconciler.Hosting;

internal sealed record GitHubCheckRun(string Name, string Status, string? Conclusion);

internal sealed record GitHubCheckRuns(IReadOnlyList<GitHubCheckRun> CheckRuns);

internal sealed record GitHubStatus(string Context, string State);

internal sealed record GitHubCombinedStatus(IReadOnlyList<GitHubStatus> Statuses);

internal sealed record GitHubRepository(long Id);

internal sealed record GitHubEnd(string Ref, string Sha, GitHubRepository? Repo);

internal sealed record GitHubPull(long Number, string Title, string HtmlUrl, GitHubEnd Head, GitHubEnd Base);

internal sealed record GitHubUser(long Id, string Type);

internal sealed record GitHubComment(long Id, string? Body, GitHubUser? User);

internal sealed record GitHubNewStatus(string State, string? TargetUrl, string Description, string Context);

internal sealed record GitHubNewComment(string Body);

internal sealed record GitHubNewPull(string Title, string Body, string Head, string Base);

internal sealed record GitHubChangedPull(string Title, string Body);

/// <summary>The parts of GitHub's requests and answers that are used.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(GitHubCheckRuns))]
[JsonSerializable(typeof(GitHubCombinedStatus))]
[JsonSerializable(typeof(GitHubStatus))]
[JsonSerializable(typeof(GitHubNewStatus))]
[JsonSerializable(typeof(GitHubPull))]
[JsonSerializable(typeof(GitHubPull[]))]
[JsonSerializable(typeof(GitHubNewPull))]
[JsonSerializable(typeof(GitHubChangedPull))]
[JsonSerializable(typeof(GitHubComment))]
[JsonSerializable(typeof(GitHubComment[]))]
[JsonSerializable(typeof(GitHubNewComment))]
[JsonSerializable(typeof(GitHubUser))]
internal sealed partial class GitHubJson : JsonSerializerContext;
