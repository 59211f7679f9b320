using System.Collections.Concurrent;
using System.Net;
using Amazon.Runtime;

namespace Reconciler.Secrets.Aws;

/// <summary>
/// <c>aws:NAME</c> or <c>aws:ARN</c>: a secret of AWS Secrets Manager, at one version (its id), or at the one that a stage stands at now
/// (<c>stage:NAME</c>; without either <c>AWSCURRENT</c>). A version never changes, so it is asked for once.
/// </summary>
/// <param name="connect">Gives a client for the region that an ARN names, or for the controller's own (null).</param>
internal sealed class AwsSecretSource(Func<string?, SecretsManager> connect) : ISecretSource, IDisposable
{
    private const string Stage = "stage:";

    private readonly ConcurrentDictionary<string, SecretsManager> _clients = new();
    private readonly ConcurrentDictionary<SecretLocation, SecretValue> _versions = new();

    public string Scheme => "aws";

    public async Task<SecretValue> ReadAsync(SecretLocation location, CancellationToken cancel)
    {
        if (_versions.TryGetValue(location, out var known))
            return known;
        var pinned = IsPinned(location) ? location.Version : null;
        var client = _clients.GetOrAdd(RegionOf(location.Name) ?? "", each => connect(each.Length > 0 ? each : null));
        var answer = await AskAsync(location, "read", "secretsmanager:GetSecretValue, and kms:Decrypt for its key",
            () => client.GetSecretValueAsync(new(location.Name, pinned, StageOf(location)), cancel), cancel);
        var value = (answer.SecretString ?? answer.SecretBinary)?.Of(answer.VersionId)
            ?? throw new SecretSourceException(SecretFaultReason.Empty, $"AWS holds no value in {location}; put it there.");
        return pinned is null ? value : _versions.GetOrAdd(location, value);
    }

    /// <summary>One version by its id, which never changes.</summary>
    public static bool IsPinned(SecretLocation location) => location.Version?.StartsWith(Stage, StringComparison.Ordinal) == false;

    /// <summary>The stage that is followed; null where one version is pinned, or <c>AWSCURRENT</c> goes without saying.</summary>
    public static string? StageOf(SecretLocation location) =>
        location.Version is { } version && !IsPinned(location) ? version[Stage.Length..] : null;

    /// <summary>One call, with its faults as sentences.</summary>
    /// <param name="what">What the controller may not do if it is refused.</param>
    /// <param name="right">What to allow then.</param>
    internal static async Task<T> AskAsync<T>(
        SecretLocation location, string what, string right, Func<Task<T>> call, CancellationToken cancel)
    {
        try
        {
            return await call();
        }
        catch (AmazonServiceException fault)
        {
            throw FaultOf(location, what, right, fault);
        }
        catch (Exception fault) when (fault is AmazonClientException or HttpRequestException or IOException
            || (fault is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            throw new SecretSourceException(SecretFaultReason.Unreachable, $"AWS could not be asked for {location}: {fault.Message.TrimEnd('.')}. "
                + "Credentials come from AWS_PROFILE, AWS_ACCESS_KEY_ID or the instance's role, the region from `aws: {region}` in controller.yaml or AWS_REGION.");
        }
    }

    // Error codes: secretsmanager/2017-10-17 service model; "Common errors" of the AWS Secrets Manager API reference.
    private static SecretSourceException FaultOf(SecretLocation location, string what, string right, AmazonServiceException fault)
    {
        var at = location.Version is { } version ? $" at {version}" : "";
        return fault.ErrorCode switch
        {
            "ResourceNotFoundException" => new(SecretFaultReason.Missing,
                $"AWS has no {location}{at}; correct the name, the version or the region, or create it."),
            "InvalidRequestException" => new(SecretFaultReason.Missing, $"AWS does not give {location}{at}: {fault.Message}"),
            "AccessDeniedException" or "DecryptionFailure" => new(SecretFaultReason.Refused,
                $"The controller may not {what} {location}: {fault.Message} Allow {right}."),
            "UnrecognizedClientException" or "InvalidSignatureException" or "ExpiredTokenException" or "InvalidClientTokenId" =>
                new(SecretFaultReason.Refused, $"AWS does not accept the controller's credentials ({fault.ErrorCode}): {fault.Message}"),
            "InvalidParameterException" or "ValidationException" => new(SecretFaultReason.Declaration,
                $"AWS does not understand {location}{at}: {fault.Message}"),
            _ => new(fault.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.Forbidden ? SecretFaultReason.Refused : SecretFaultReason.Unreachable,
                $"AWS could not be asked for {location} ({fault.ErrorCode}): {fault.Message}"),
        };
    }

    // arn:PARTITION:secretsmanager:REGION:ACCOUNT:secret:NAME
    internal static string? RegionOf(string name) => name.StartsWith("arn:", StringComparison.Ordinal)
        && name.Split(':') is { Length: >= 7 } parts
        ? parts[3] : null;

    public void Dispose()
    {
        foreach (var client in _clients.Values)
            client.Dispose();
    }
}
