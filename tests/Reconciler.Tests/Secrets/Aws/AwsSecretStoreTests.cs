using Amazon.Runtime;
using Reconciler.Secrets;
using Reconciler.Secrets.Aws;

namespace Reconciler.Tests.Secrets.Aws;

public sealed class AwsSecretStoreTests : IAsyncLifetime
{
    private FakeSecretsManager _aws = null!;
    private AwsSecretSource _source = null!;
    private AwsSecretStore _store = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _aws = await FakeSecretsManager.StartAsync();
        _source = new(Connect);
        _store = new(_source, Connect);
    }

    public async ValueTask DisposeAsync()
    {
        _source.Dispose();
        await _aws.DisposeAsync();
    }

    private SecretsManager Connect(string? region)
    {
        var config = SecretsManager.ConfigOf(region, null);
        (config.ServiceURL, config.AuthenticationRegion) = (_aws.Url, region ?? FakeSecretsManager.Region);
        config.DefaultAWSCredentials = new BasicAWSCredentials(FakeSecretsManager.AccessKey, FakeSecretsManager.SecretKey);
        return new(config);
    }

    private static SecretLocation At(string? version) => SecretLocation.Parse("aws:prod/site", version)!;

    private async Task<string> ReadAsync(string? version) => (await _source.ReadAsync(At(version), Stop)).RevealText()!;

    [Fact]
    public async Task A_pinned_secret_gets_a_version_beside_and_the_current_one_moves_only_when_asked()
    {
        var first = _aws.Put("prod/site", """{"K": "one"}""");
        // What git names is what is changed, not what somebody else made current since.
        _aws.Put("prod/site", """{"K": "stranger"}""");

        var second = await _store.ReplaceAsync(At(first), old => new(old.RevealText()!.Replace("one", "two")), Stop);

        (await ReadAsync(second)).ShouldBe("""{"K": "two"}""");
        (await ReadAsync(null)).ShouldBe("""{"K": "stranger"}""");
        (await ReadAsync("stage:AWSPENDING")).ShouldBe("""{"K": "two"}""");
        await _store.MakeCurrentAsync(At(first), second!, Stop);
        (await ReadAsync(null)).ShouldBe("""{"K": "two"}""");
        (await ReadAsync(first)).ShouldBe("""{"K": "one"}""");
    }

    [Fact]
    public async Task A_stage_that_git_follows_moves_at_once_and_a_repeated_call_makes_no_second_version()
    {
        _aws.Put("prod/site", "one");
        await _store.ReplaceAsync(At("stage:AWSCURRENT"), _ => new("two"), Stop);
        (await ReadAsync(null)).ShouldBe("two");
        (await ReadAsync("stage:AWSPREVIOUS")).ShouldBe("one");

        await _store.ReplaceAsync(At(null), old =>
        {
            _aws.Faults.Enqueue((500, "InternalServiceError"));
            return new("three");
        }, Stop);
        var puts = _aws.Asked.Where(asked => asked.Operation == "PutSecretValue").Select(asked =>
            asked.Request.GetProperty("ClientRequestToken").GetString()).ToList();
        puts.Count.ShouldBe(3);
        puts[1].ShouldBe(puts[2]);
    }

    [Theory]
    [InlineData("AccessDeniedException", SecretFaultReason.Refused, "may not change aws:prod/site: as the test asked for Allow"
        + " secretsmanager:PutSecretValue")]
    [InlineData("EncryptionFailure", SecretFaultReason.Refused, "EncryptionFailure")]
    internal async Task A_refusal_says_which_right_is_missing_and_never_a_value(string code, SecretFaultReason reason, string words)
    {
        _aws.Put("prod/site", "canary");
        var fault = await Should.ThrowAsync<SecretSourceException>(() => _store.ReplaceAsync(At(null), old =>
        {
            _aws.Faults.Enqueue((400, code));
            return new("canary-2");
        }, Stop));
        (fault.Reason, fault.Message.Contains("canary")).ShouldBe((reason, false));
        fault.Message.ShouldContain(words);
        (await ReadAsync(null)).ShouldBe("canary");
    }

    [Fact]
    public async Task The_requests_are_as_the_published_model_has_them()
    {
        var model = new ServiceModel("secretsmanager", "2017-10-17");
        var first = _aws.Put("prod/site", "one");
        await _store.MakeCurrentAsync(At(first), (await _store.ReplaceAsync(At(first), _ => new("two"), Stop))!, Stop);
        _aws.Asked.Select(asked => asked.Operation).ShouldBe(["GetSecretValue", "PutSecretValue", "GetSecretValue",
            "UpdateSecretVersionStage"]);
        foreach (var (operation, request) in _aws.Asked)
            model.FaultsOfRequest(operation, request).ShouldBeEmpty();
    }
}
