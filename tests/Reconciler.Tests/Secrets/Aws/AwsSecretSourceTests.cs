using Amazon.Runtime;
using Reconciler.Secrets;
using Reconciler.Secrets.Aws;

namespace Reconciler.Tests.Secrets.Aws;

public sealed class AwsSecretSourceTests : IAsyncLifetime
{
    private FakeSecretsManager _aws = null!;
    private AwsSecretSource _source = null!;
    private string _secretKey = FakeSecretsManager.SecretKey;

    public async ValueTask InitializeAsync()
    {
        _aws = await FakeSecretsManager.StartAsync();
        _source = new(region => Connect(region, _aws.Url));
    }

    public async ValueTask DisposeAsync()
    {
        _source.Dispose();
        await _aws.DisposeAsync();
    }

    private SecretsManager Connect(string? region, string url)
    {
        var config = SecretsManager.ConfigOf(region, null);
        (config.ServiceURL, config.AuthenticationRegion) = (url, region ?? FakeSecretsManager.Region);
        config.DefaultAWSCredentials = new BasicAWSCredentials(FakeSecretsManager.AccessKey, _secretKey);
        return new(config);
    }

    private async Task<string> ReadAsync(string from, string? version = null) =>
        (await _source.ReadAsync(SecretLocation.Parse(from, version)!, TestContext.Current.CancellationToken)).RevealText()!;

    private async Task<SecretSourceException> RefusedAsync(string from, string? version = null) =>
        await Should.ThrowAsync<SecretSourceException>(() => ReadAsync(from, version));

    [Fact]
    public async Task A_version_by_its_id_is_asked_for_once_and_a_stage_each_time()
    {
        var first = _aws.Put("prod/site", "one");
        _aws.Put("prod/site", "two");

        (await ReadAsync("aws:prod/site", first)).ShouldBe("one");
        (await ReadAsync("aws:prod/site", first)).ShouldBe("one");
        _aws.Asked.Count.ShouldBe(1);
        (await ReadAsync("aws:prod/site")).ShouldBe("two");
        (await ReadAsync("aws:prod/site", "stage:AWSPREVIOUS")).ShouldBe("one");
        _aws.Put("prod/site", "three");
        (await ReadAsync("aws:prod/site")).ShouldBe("three");
        (await ReadAsync("aws:prod/site", "stage:AWSPREVIOUS")).ShouldBe("two");
    }

    [Fact]
    public async Task An_ARN_is_asked_for_in_its_own_region_and_bytes_are_taken_as_they_are()
    {
        byte[] bytes = [0, 1, 0xff, 0xfe];
        _aws.Put("tls", "", bytes);

        var value = await _source.ReadAsync(
            SecretLocation.Parse("aws:arn:aws:secretsmanager:eu-central-1:123456789012:secret:tls-AbCdEf", null)!, CancellationToken.None);

        value.Reveal().ShouldBe(bytes);
    }

    [Theory]
    [InlineData(400, "ThrottlingException")]
    [InlineData(500, "InternalServiceError")]
    [InlineData(503, "ServiceUnavailable")]
    public async Task What_passes_is_tried_again(int status, string code)
    {
        _aws.Put("prod/site", "one");
        _aws.Faults.Enqueue((status, code));

        (await ReadAsync("aws:prod/site")).ShouldBe("one");

        _aws.Asked.Count.ShouldBe(2);
    }

    [Theory]
    [InlineData("AccessDeniedException", SecretFaultReason.Refused, "Allow secretsmanager:GetSecretValue")]
    [InlineData("DecryptionFailure", SecretFaultReason.Refused, "kms:Decrypt")]
    [InlineData("ExpiredTokenException", SecretFaultReason.Refused, "does not accept the controller's credentials")]
    [InlineData("InvalidParameterException", SecretFaultReason.Declaration, "AWS does not understand aws:prod/site")]
    [InlineData("InvalidRequestException", SecretFaultReason.Missing, "AWS does not give aws:prod/site")]
    internal async Task A_refusal_says_what_to_do(string code, SecretFaultReason reason, string words)
    {
        _aws.Faults.Enqueue((400, code));

        var fault = await RefusedAsync("aws:prod/site");

        fault.Reason.ShouldBe(reason);
        fault.Message.ShouldContain(words);
        _aws.Asked.Count.ShouldBe(1);
    }

    [Fact]
    public async Task What_is_not_there_is_named_with_its_version()
    {
        (await RefusedAsync("aws:nowhere")).Message.ShouldBe("AWS has no aws:nowhere; correct the name, the version or the region, or create it.");
        _aws.Put("prod/site", "one");

        var fault = await RefusedAsync("aws:prod/site", "stage:AWSPENDING");

        (fault.Reason, fault.Message).ShouldBe((SecretFaultReason.Missing,
            "AWS has no aws:prod/site at stage:AWSPENDING; correct the name, the version or the region, or create it."));
    }

    [Fact]
    public async Task A_wrong_key_and_a_service_that_is_not_there_are_told_apart()
    {
        _secretKey = "another";
        (await RefusedAsync("aws:prod/site")).ShouldSatisfyAllConditions(
            fault => fault.Reason.ShouldBe(SecretFaultReason.Refused),
            fault => fault.Message.ShouldContain("does not accept the controller's credentials (InvalidSignatureException)"));

        using var away = new AwsSecretSource(region => Connect(region, "http://127.0.0.1:9"));
        var unreached = await Should.ThrowAsync<SecretSourceException>(
            () => away.ReadAsync(SecretLocation.Parse("aws:prod/site", null)!, CancellationToken.None));
        unreached.Reason.ShouldBe(SecretFaultReason.Unreachable);
        unreached.Message.ShouldNotContain("another");
    }
}
