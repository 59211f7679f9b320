using System.Globalization;
using Reconciler.LiveTests.Deploys;
using Reconciler.LiveTests.Support;

namespace Reconciler.Benchmarks.NoChange;

/// <summary>Full Django servers of one environment, deployed, with nothing left to do.</summary>
public sealed class BenchSite(int servers) : Site("bench", Enumerable.Range(1, servers).ToDictionary(number => $"bench{number}", _ => 3))
{
    /// <summary>Seconds of a core that a host has used since it was made.</summary>
    internal static double CpuSeconds(TestHost host)
    {
        var used = File.ReadLines(Path.Combine(File.ReadAllText(Path.Combine(host.Folder(), "cgroup")).Trim(), "cpu.stat"))
            .First(line => line.StartsWith("usage_usec ", StringComparison.Ordinal));
        return double.Parse(used.Split(' ')[1], CultureInfo.InvariantCulture) / 1_000_000;
    }
}
