using Reconciler.Secrets;
using Reconciler.Tests.Documents.Expansion;
using Reconciler.Watching;

namespace Reconciler.Tests.Watching;

/// <summary>What is said of a secret that is not to be had leads to where it can be put right.</summary>
public sealed class SecretReaderTests
{
    private static async Task<string> FaultAsync(params ISecretSource[] sources)
    {
        var faults = new Dictionary<string, string>();
        var reader = new SecretReader(new SecretFileResolver(sources, "key"), new AgeProgram(null), new ResolvedSecrets());
        await reader.ReadAsync(new Expanded().Input().Desired, faults, TestContext.Current.CancellationToken);
        return faults["coralnet"];
    }

    [Fact]
    public async Task A_value_that_is_missing_is_said_to_be_picked_up_when_it_is_there()
    {
        var folder = Directory.CreateTempSubdirectory("reconciler-secrets-").FullName;

        var fault = await FaultAsync(new FileSecretSource(folder), new EnvironmentSecretSource(_ => null));

        fault.ShouldContain("/secrets.yaml:");
        fault.ShouldEndWith(" What is corrected at its source is picked up by itself, without a commit.");
        Directory.Delete(folder);
    }

    [Fact]
    public async Task What_git_itself_says_wrongly_takes_a_commit() =>
        (await FaultAsync()).ShouldNotContain("picked up");

    [Theory]
    [InlineData("coralnet_a", null)]
    [InlineData("coralnet_b", null)]
    [InlineData("coralnet", null)]
    [InlineData("canary", "DATABASE_USER names none of coralnet_a, coralnet_b, which are the `logins` in base/host/databases.yaml: put"
        + " one of them (or coralnet, until they are taken into use) there.")]
    public async Task Who_logs_in_is_one_of_those_whom_git_names(string named, string? fault)
    {
        var desired = new Expanded().WithLogins("coralnet_a").With("production/coralnet/secrets.yaml",
            "apiVersion: reconciler/v1\nkind: Secrets\nmetadata: {name: coralnet}\nspec:\n  settings: {from: 'env:SETTINGS'}\n")
            .Input().Desired;
        var settings = $$"""{"SECRET_KEY": "k", "DATABASE_PASSWORD": "p", "GOOGLE_MAPS_KEY": "g", "DATABASE_USER": "{{named}}"}""";
        var faults = new Dictionary<string, string>();
        var reader = new SecretReader(new SecretFileResolver([new EnvironmentSecretSource(_ => settings)], "key"), new AgeProgram(null),
            new ResolvedSecrets());

        var digests = await reader.ReadAsync(desired, faults, TestContext.Current.CancellationToken);

        var key = new Reconciler.Model.SecretReference(new("production", "coralnet", "settings"), "DATABASE_USER");
        digests.Logins.GetValueOrDefault(key).ShouldBe(fault is null ? named : null);
        if (fault is null)
            faults.ShouldNotContainKey("coralnet");
        else
            faults["coralnet"].ShouldSatisfyAllConditions(said => said.ShouldContain(fault), said => said.ShouldContain("secrets.yaml:"),
                said => said.ShouldNotContain("canary"), said => said.ShouldContain("picked up by itself"));
    }
}
