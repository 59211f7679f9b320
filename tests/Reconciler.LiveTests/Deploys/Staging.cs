using Reconciler.LiveTests.Support;

namespace Reconciler.LiveTests.Deploys;

[CollectionDefinition]
public sealed class OnStaging : ICollectionFixture<Staging>;

/// <summary>A second server of the same kind, so that half of the deploys need not wait for the other half.</summary>
[CollectionDefinition]
public sealed class OnOtherStaging : ICollectionFixture<Staging>;

/// <summary>One server with all roles.</summary>
public sealed class Staging() : Site("staging", new Dictionary<string, int> { ["staging1"] = 3 })
{
    internal SiteServer Server => Servers["staging1"];

    internal TestHost Host => Server.Host;

    /// <summary>As somebody does it who is in a hurry: a worker that was told to stop while it began may not hear it.</summary>
    internal Task StopByHandAsync(string program) => Host.ShellAsync(
        $"timeout 20 supervisorctl stop {program} || {{ kill -9 $(supervisorctl pid {program}); timeout 20 supervisorctl stop {program} || :; }}");

    /// <summary>Until a shell condition holds on it, for two minutes.</summary>
    internal Task WaitForAsync(string condition) => Host.ShellAsync($"for i in $(seq 600); do {condition} && exit; sleep 0.2; done; exit 1");
}
