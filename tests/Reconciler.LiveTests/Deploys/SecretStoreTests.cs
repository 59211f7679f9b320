using System.Text.RegularExpressions;
using Reconciler.LiveTests.Support;
using Reconciler.Tests.Secrets.Aws;

namespace Reconciler.LiveTests.Deploys;

/// <summary>Secrets that a company keeps in AWS Secrets Manager, or encrypted in the repository itself.</summary>
[Collection<OnStaging>]
public sealed partial class SecretStoreTests(Staging staging)
{
    private const string Document = "staging/coralnet/secrets.yaml";
    private static readonly TimeSpan Soon = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task A_version_in_git_is_what_runs_and_a_stage_is_followed_by_itself()
    {
        await staging.AtAsync(2);
        await using var aws = await FakeSecretsManager.StartAsync();
        var controller = staging.Controller.With(new Dictionary<string, string>
        {
            ["AWS_ENDPOINT_URL"] = aws.Url, ["AWS_ACCESS_KEY_ID"] = FakeSecretsManager.AccessKey, ["AWS_SECRET_ACCESS_KEY"] = FakeSecretsManager.SecretKey,
            ["AWS_REGION"] = FakeSecretsManager.Region, ["AWS_EC2_METADATA_DISABLED"] = "true",
        });
        var first = aws.Put("staging/coralnet", Site.Keys);
        await staging.Desired.EditAsync(Document, From(staging.SecretsFile), $"from: \"aws:staging/coralnet\", version: {first}");
        (await controller.PlanAsync("--detailed-exitcode")).ExitCode.ShouldBe(0, "the same values from elsewhere are no change");

        var second = aws.Put("staging/coralnet", Site.Keys.Replace("canary-maps-90ab", "canary-maps-second"));
        (await controller.PlanAsync("--detailed-exitcode")).ExitCode.ShouldBe(0, "git names the version of before");
        await staging.Desired.EditAsync(Document, first, second);
        var (before, rotated, seen) = await PolledAsync(() => controller.ConvergeAsync());
        rotated.ExitCode.ShouldBe(0, rotated.All);
        seen.ShouldBeOnly("page 2", "cover");
        rotated.Sentences.ShouldContain($"holds other values than aws:staging/coralnet (version {second.Split('-')[0]})");
        var after = await staging.PidsAsync();
        SiteServer.Programs.ShouldAllBe(program => after[program] != 0 && after[program] != before[program]);
        (await MapsKeyAsync()).ShouldBe("canary-maps-second");

        await staging.Desired.EditAsync(Document, $"version: {second}", "rotate: automatic");
        await using var watch = controller.Watch();
        await watch.WaitForAsync("staging/coralnet: Synced", Soon);
        var third = aws.Put("staging/coralnet", Site.Keys.Replace("canary-maps-90ab", "canary-maps-third"));
        await staging.WaitForAsync("grep -q canary-maps-third " + SiteServer.SecretsFile);
        await aws.DisposeAsync();
        await watch.WaitForAsync("AWS could not be asked for aws:staging/coralnet", Soon);
        await controller.StopAsync(watch);
        (await staging.Server.GetAsync("/")).Status.ShouldBe(200);
        (await controller.RunAsync("history", "staging", "coralnet")).Sentences
            .ShouldContain($"a secret changed at its source: aws:staging/coralnet (version {third.Split('-')[0]})");
        await ShouldHaveKeptSilentAsync();
    }

    [Fact]
    public async Task A_file_encrypted_with_age_is_rotated_by_committing_another()
    {
        await staging.AtAsync(2);
        var identity = Path.Combine(staging.World, "age.key");
        await Command.OkAsync("age-keygen", "-o", identity);
        var recipient = (await Command.OkAsync("age-keygen", "-y", identity)).Trim();
        var controller = staging.Controller.With(new Dictionary<string, string>(), "--age-identity", identity);
        async Task EncryptAsync(string text)
        {
            var encrypted = await Command.RunAsync("age", ["--encrypt", "--armor", "--recipient", recipient], input: text);
            await staging.Desired.AddAsync("staging/coralnet/settings.age", encrypted.Output);
        }
        await EncryptAsync(Site.Keys);
        await staging.Desired.EditAsync(Document, From(staging.SecretsFile), "from: \"age:settings.age\"");
        (await controller.PlanAsync("--detailed-exitcode")).ExitCode.ShouldBe(0, "the same values from elsewhere are no change");

        await EncryptAsync(Site.Keys.Replace("canary-maps-90ab", "canary-maps-second"));
        var (_, rotated, seen) = await PolledAsync(() => controller.ConvergeAsync());
        rotated.ExitCode.ShouldBe(0, rotated.All);
        seen.ShouldBeOnly("page 2", "cover");
        (await MapsKeyAsync()).ShouldBe("canary-maps-second");

        var stranger = await staging.Controller.PlanAsync();
        stranger.ExitCode.ShouldNotBe(0);
        stranger.Sentences.ShouldContain("settings.age is encrypted with age, and the controller has no identity");
        await ShouldHaveKeptSilentAsync();
    }

    private async Task<(IReadOnlyDictionary<string, int> Before, Command Command, Seen Seen)> PolledAsync(Func<Task<Command>> work)
    {
        var before = await staging.PidsAsync();
        await using var poller = new Poller(staging.Server);
        return (before, await work(), await poller.StopAsync());
    }

    private async Task ShouldHaveKeptSilentAsync()
    {
        var said = await File.ReadAllTextAsync(staging.Outputs);
        said.ShouldNotContain("canary-");
        said.ShouldNotContain(FakeSecretsManager.SecretKey);
        said.ShouldNotContain("AGE-SECRET-KEY-");
    }

    private async Task<string> MapsKeyAsync() => MapsKey().Match(await staging.Host.ShellAsync($"cat {SiteServer.SecretsFile}")).Groups[1].Value;

    private static string From(string file) => $"from: \"file:{file}\"";

    [GeneratedRegex("GOOGLE_MAPS_KEY\": \"([^\"]*)")]
    private static partial Regex MapsKey();
}
