using System.Text.Json.Serialization;
using Amazon;

namespace Reconciler.Secrets.Aws;

/// <summary>The calls of AWS Secrets Manager that are needed, in the published service model's words (<c>secretsmanager/2017-10-17</c>).</summary>
internal sealed class SecretsManager(AwsJsonConfig config) : IDisposable
{
    private readonly AwsJsonClient _client = new(config, "secretsmanager");

    /// <param name="region">Null: as <c>AWS_REGION</c>, the profile or the instance says.</param>
    /// <param name="profile">Of <c>~/.aws/config</c>; null: as <c>AWS_PROFILE</c> says.</param>
    public static AwsJsonConfig ConfigOf(string? region, string? profile)
    {
        // Looks wait for the answer, and healing waits for looks: without one, what was converged last is healed.
        var config = new AwsJsonConfig("Secrets Manager", "secretsmanager", "2017-10-17") { Timeout = TimeSpan.FromSeconds(10), MaxErrorRetry = 2 };
        if (profile is not null)
            config.Profile = new Profile(profile);
        if (region is not null)
            config.RegionEndpoint = RegionEndpoint.GetBySystemName(region);
        return config;
    }

    public Task<GetSecretValueResponse> GetSecretValueAsync(GetSecretValueRequest request, CancellationToken cancellation) =>
        _client.CallAsync("GetSecretValue", request, AwsJson.Default.GetSecretValueRequest, AwsJson.Default.GetSecretValueResponse, cancellation);

    public Task<PutSecretValueResponse> PutSecretValueAsync(PutSecretValueRequest request, CancellationToken cancellation) =>
        _client.CallAsync("PutSecretValue", request, AwsJson.Default.PutSecretValueRequest, AwsJson.Default.PutSecretValueResponse, cancellation);

    public Task<UpdateSecretVersionStageResponse> UpdateSecretVersionStageAsync(
        UpdateSecretVersionStageRequest request, CancellationToken cancellation) =>
        _client.CallAsync("UpdateSecretVersionStage", request, AwsJson.Default.UpdateSecretVersionStageRequest,
            AwsJson.Default.UpdateSecretVersionStageResponse, cancellation);

    public void Dispose() => _client.Dispose();
}

/// <param name="SecretId">Name or ARN, 1 to 2048 characters.</param>
/// <param name="VersionId">32 to 64 characters; null: the stage decides.</param>
/// <param name="VersionStage">Null: <c>AWSCURRENT</c>.</param>
internal sealed record GetSecretValueRequest(string SecretId, string? VersionId = null, string? VersionStage = null);

internal sealed record GetSecretValueResponse
{
    [JsonPropertyName("ARN")]
    public string? Arn { get; init; }

    public string? Name { get; init; }

    public string? VersionId { get; init; }

    /// <summary>What was stored as bytes; one of the two is there.</summary>
    [JsonConverter(typeof(SecretBytesConverter))]
    public SecretValue? SecretBinary { get; init; }

    [JsonConverter(typeof(SecretTextConverter))]
    public SecretValue? SecretString { get; init; }

    public IReadOnlyList<string> VersionStages { get; init; } = [];
}

/// <param name="ClientRequestToken">Becomes the version's id, so that a repeated call makes no second version.</param>
/// <param name="VersionStages">Null: <c>AWSCURRENT</c> moves to it.</param>
internal sealed record PutSecretValueRequest(
    string SecretId, string ClientRequestToken, [property: JsonConverter(typeof(SecretTextConverter))] SecretValue SecretString,
    IReadOnlyList<string>? VersionStages = null);

internal sealed record PutSecretValueResponse
{
    public string? VersionId { get; init; }
}

internal sealed record UpdateSecretVersionStageRequest(
    string SecretId, string VersionStage, string? MoveToVersionId = null, string? RemoveFromVersionId = null);

internal sealed record UpdateSecretVersionStageResponse;

[JsonSerializable(typeof(GetSecretValueRequest))]
[JsonSerializable(typeof(GetSecretValueResponse))]
[JsonSerializable(typeof(PutSecretValueRequest))]
[JsonSerializable(typeof(PutSecretValueResponse))]
[JsonSerializable(typeof(UpdateSecretVersionStageRequest))]
[JsonSerializable(typeof(UpdateSecretVersionStageResponse))]
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
internal sealed partial class AwsJson : JsonSerializerContext;
