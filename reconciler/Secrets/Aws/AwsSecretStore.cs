namespace Reconciler.Secrets.Aws;

/// <summary>
/// <c>aws:NAME</c>, written: a new version beside the others. Where git pins a version, <c>AWSCURRENT</c> stays where it is until the
/// commit
/// that names the new one is pushed; a stage that git follows moves at once.
/// </summary>
/// <param name="connect">As for <see cref="AwsSecretSource"/>.</param>
internal sealed class AwsSecretStore(AwsSecretSource source, Func<string?, SecretsManager> connect) : ISecretStore
{
    private const string Current = "AWSCURRENT";
    private const string Pending = "AWSPENDING";
    private const string Right = "secretsmanager:PutSecretValue and UpdateSecretVersionStage, and kms:GenerateDataKey for its key";

    public string Scheme => source.Scheme;

    public async Task<string?> ReplaceAsync(SecretLocation location, Func<SecretValue, SecretValue> change, CancellationToken cancel)
    {
        var old = await source.ReadAsync(location, cancel);
        var content = change(old);
        // A repeated call with the same token makes no second version.
        var token = $"{Guid.NewGuid()}";
        var stage = AwsSecretSource.IsPinned(location) ? Pending : AwsSecretSource.StageOf(location) ?? Current;
        using var client = connect(AwsSecretSource.RegionOf(location.Name));
        var put = await AwsSecretSource.AskAsync(location, "change", Right,
            () => client.PutSecretValueAsync(new(location.Name, token, content, [stage]), cancel), cancel);
        return put.VersionId ?? token;
    }

    /// <summary>The version that git names now becomes the current one: for others who read this secret.</summary>
    public async Task MakeCurrentAsync(SecretLocation location, string version, CancellationToken cancel)
    {
        using var client = connect(AwsSecretSource.RegionOf(location.Name));
        await AwsSecretSource.AskAsync(location, "change", Right, async () =>
        {
            var current = await client.GetSecretValueAsync(new(location.Name), cancel);
            return await client.UpdateSecretVersionStageAsync(new(location.Name, Current, version, current.VersionId), cancel);
        }, cancel);
    }
}
