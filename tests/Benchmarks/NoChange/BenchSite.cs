using Reconciler.LiveTests.Deploys;
using Reconciler.LiveTests.Support;

namespace Reconciler.Benchmarks.NoChange;

/// <summary>Full Django servers of one environment, deployed, with nothing left to do; the first has the database as well.</summary>
public sealed class BenchSite(int servers) : Site("bench", Enumerable.Range(1, servers).ToDictionary(number => $"bench{number}", number => number == 1 ? 3 : 2))
{
    internal async Task SetUpAsync()
    {
        await InitializeAsync();
        // A page costs what the application costs.
        await Desired.RemoveAsync("base/coralnet/checks.yaml");
        await Desired.AddAsync("bench/servers.yaml", "apiVersion: reconciler/v1\nkind: Servers\nmetadata: {name: bench}\nspec:\n" + string.Concat(Servers.Select(server =>
            $"  {server.Key}: {{address: {server.Value.Host.Address}, roles: [web, worker, redis{(server.Key == "bench1" ? ", beat, database" : "")}], hostKey: \"{server.Value.Host.HostKey}\"}}\n")));
        // With nobody else to answer, PostgreSQL listens for itself alone.
        if (Servers.Count == 1)
            await Desired.EditAsync("bench/coralnet/application.yaml", "\"{{servers.bench1.address}}\"", "127.0.0.1");
        var deployed = await Controller.ConvergeAsync();
        if (deployed.ExitCode != 0)
            throw new InvalidOperationException(deployed.All);
        // Ansible's apt module asks for it.
        foreach (var server in Servers.Values)
            await server.Host.ShellAsync("export DEBIAN_FRONTEND=noninteractive; apt-get -qq update && apt-get -qq install -y --no-install-recommends python3-apt >/dev/null 2>&1");
    }

    /// <summary>Seconds of a core that a host has used since it was made.</summary>
    internal static double CpuSeconds(TestHost host) => Cgroup.CpuSeconds(File.ReadAllText(Path.Combine(host.Folder(), "cgroup")).Trim());
}
