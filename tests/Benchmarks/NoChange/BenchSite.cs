using System.Globalization;
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
        var deployed = await Controller.ConvergeAsync();
        if (deployed.ExitCode != 0)
            throw new InvalidOperationException(deployed.All);
    }

    /// <summary>Seconds of a core that a host has used since it was made.</summary>
    internal static double CpuSeconds(TestHost host)
    {
        var used = File.ReadLines(Path.Combine(File.ReadAllText(Path.Combine(host.Folder(), "cgroup")).Trim(), "cpu.stat"))
            .First(line => line.StartsWith("usage_usec ", StringComparison.Ordinal));
        return double.Parse(used.Split(' ')[1], CultureInfo.InvariantCulture) / 1_000_000;
    }
}
