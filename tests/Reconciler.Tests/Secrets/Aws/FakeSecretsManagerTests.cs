using System.Diagnostics;
using System.Text.Json;

namespace Reconciler.Tests.Secrets.Aws;

/// <summary>The fake is what the real client takes it for: Debian's <c>aws</c> command.</summary>
public sealed class FakeSecretsManagerTests
{
    [Fact]
    public async Task The_real_client_creates_reads_changes_and_moves_a_stage()
    {
        await using var fake = await FakeSecretsManager.StartAsync();

        var created = await AwsAsync(fake, 0, "create-secret", "--name", "prod/site", "--secret-string", "{\"SECRET_KEY\": \"one\"}");
        var first = created.GetProperty("VersionId").GetString()!;
        var put = await AwsAsync(fake, 0, "put-secret-value", "--secret-id", "prod/site", "--secret-string", "{\"SECRET_KEY\": \"two\"}");
        (await AwsAsync(fake, 0, "get-secret-value", "--secret-id", "prod/site")).ShouldSatisfyAllConditions(
            now => now.GetProperty("SecretString").GetString().ShouldBe("{\"SECRET_KEY\": \"two\"}"),
            now => now.GetProperty("VersionId").GetString().ShouldBe(put.GetProperty("VersionId").GetString()),
            now => now.GetProperty("VersionStages")[0].GetString().ShouldBe("AWSCURRENT"));
        (await AwsAsync(fake, 0, "get-secret-value", "--secret-id", "prod/site", "--version-id", first))
            .GetProperty("SecretString").GetString().ShouldBe("{\"SECRET_KEY\": \"one\"}");

        await AwsAsync(fake, 0, "update-secret-version-stage", "--secret-id", "prod/site", "--version-stage", "AWSCURRENT",
            "--move-to-version-id", first, "--remove-from-version-id", put.GetProperty("VersionId").GetString()!);
        (await AwsAsync(fake, 0, "get-secret-value", "--secret-id", created.GetProperty("ARN").GetString()!))
            .GetProperty("VersionId").GetString().ShouldBe(first);
    }

    [Fact]
    public async Task The_real_client_puts_a_version_beside_and_moves_the_current_stage_to_it()
    {
        await using var fake = await FakeSecretsManager.StartAsync();
        var first = (await AwsAsync(fake, 0, "create-secret", "--name", "prod/site", "--secret-string",
            "one")).GetProperty("VersionId").GetString()!;
        var token = $"{Guid.NewGuid()}";

        var put = await AwsAsync(fake, 0, "put-secret-value", "--secret-id", "prod/site", "--secret-string", "two",
            "--client-request-token", token,
            "--version-stages", "AWSPENDING");

        put.GetProperty("VersionId").GetString().ShouldBe(token);
        (await AwsAsync(fake, 0, "get-secret-value", "--secret-id", "prod/site")).GetProperty("VersionId").GetString().ShouldBe(first);
        await AwsAsync(fake, 0, "update-secret-version-stage", "--secret-id", "prod/site", "--version-stage", "AWSCURRENT",
            "--move-to-version-id", token, "--remove-from-version-id", first);
        (await AwsAsync(fake, 0, "get-secret-value", "--secret-id", "prod/site")).GetProperty("SecretString").GetString().ShouldBe("two");
    }

    [Fact]
    public async Task The_real_client_understands_its_refusals()
    {
        await using var fake = await FakeSecretsManager.StartAsync();

        await AwsAsync(fake, 254, "get-secret-value", "--secret-id", "nowhere");

        fake.Faults.Enqueue((400, "AccessDeniedException"));
        await AwsAsync(fake, 254, "get-secret-value", "--secret-id", "prod/site");
    }

    private static async Task<JsonElement> AwsAsync(FakeSecretsManager fake, int code, params string[] arguments)
    {
        var start = new ProcessStartInfo("/usr/bin/aws", ["--endpoint-url", fake.Url, "--region", FakeSecretsManager.Region, "--output", "json",
            "secretsmanager", .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment =
            {
                ["AWS_ACCESS_KEY_ID"] = FakeSecretsManager.AccessKey, ["AWS_SECRET_ACCESS_KEY"] = FakeSecretsManager.SecretKey,
                ["AWS_PAGER"] = "", ["AWS_CONFIG_FILE"] = "/dev/null", ["AWS_SHARED_CREDENTIALS_FILE"] = "/dev/null",
                ["AWS_EC2_METADATA_DISABLED"] = "true",
            },
        };
        using var aws = Process.Start(start)!;
        var error = aws.StandardError.ReadToEndAsync();
        var output = await aws.StandardOutput.ReadToEndAsync();
        await aws.WaitForExitAsync();
        aws.ExitCode.ShouldBe(code, await error);
        if (code == 0)
            return JsonDocument.Parse(output).RootElement;
        (await error).ShouldContain($"An error occurred ({(fake.Asked.Count > 1 ? "AccessDeniedException" : "ResourceNotFoundException")})");
        return default;
    }
}
