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
}
