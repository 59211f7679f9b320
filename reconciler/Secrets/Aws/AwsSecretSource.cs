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
        var pinned = location.Version is { } version && !version.StartsWith(Stage, StringComparison.Ordinal) ? version : null;
        var stage = pinned is null && location.Version is { } named ? named[Stage.Length..] : null;
        try
        {
            var client = _clients.GetOrAdd(RegionOf(location.Name) ?? "", each => connect(each.Length > 0 ? each : null));
            var answer = await client.GetSecretValueAsync(new(location.Name, pinned, stage), cancel);
            var value = (answer.SecretString ?? answer.SecretBinary)?.Of(answer.VersionId)
                ?? throw new SecretSourceException(SecretFaultReason.Empty, $"AWS holds no value in {location}; put it there.");
            return pinned is null ? value : _versions.GetOrAdd(location, value);
        }
        catch (AmazonServiceException fault)
        {
            throw FaultOf(location, fault);
        }
        catch (Exception fault) when (fault is AmazonClientException or HttpRequestException or IOException
            || (fault is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            throw new SecretSourceException(SecretFaultReason.Unreachable, $"AWS could not be asked for {location}: {fault.Message.TrimEnd('.')}. "
                + "Credentials come from AWS_PROFILE, AWS_ACCESS_KEY_ID or the instance's role, the region from `aws: {region}` in controller.yaml or AWS_REGION.");
        }
    }

    // Error codes: secretsmanager/2017-10-17 service model; "Common errors" of the AWS Secrets Manager API reference.
    private static SecretSourceException FaultOf(SecretLocation location, AmazonServiceException fault)
    {
        var at = location.Version is { } version ? $" at {version}" : "";
        return fault.ErrorCode switch
        {
            "ResourceNotFoundException" => new(SecretFaultReason.Missing,
                $"AWS has no {location}{at}; correct the name, the version or the region, or create it."),
            "InvalidRequestException" => new(SecretFaultReason.Missing, $"AWS does not give {location}{at}: {fault.Message}"),
            "AccessDeniedException" or "DecryptionFailure" => new(SecretFaultReason.Refused,
                $"The controller may not read {location}: {fault.Message} Allow secretsmanager:GetSecretValue, and kms:Decrypt for its key."),
            "UnrecognizedClientException" or "InvalidSignatureException" or "ExpiredTokenException" or "InvalidClientTokenId" =>
                new(SecretFaultReason.Refused, $"AWS does not accept the controller's credentials ({fault.ErrorCode}): {fault.Message}"),
            "InvalidParameterException" or "ValidationException" => new(SecretFaultReason.Declaration,
                $"AWS does not understand {location}{at}: {fault.Message}"),
            _ => new(fault.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.Forbidden ? SecretFaultReason.Refused : SecretFaultReason.Unreachable,
                $"AWS could not be asked for {location} ({fault.ErrorCode}): {fault.Message}"),
        };
    }

    // arn:PARTITION:secretsmanager:REGION:ACCOUNT:secret:NAME
    private static string? RegionOf(string name) => name.StartsWith("arn:", StringComparison.Ordinal) && name.Split(':') is { Length: >= 7 } parts
        ? parts[3] : null;

    public void Dispose()
    {
        foreach (var client in _clients.Values)
            client.Dispose();
    }
}
