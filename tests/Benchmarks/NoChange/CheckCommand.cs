using System.Globalization;

namespace Reconciler.Benchmarks.NoChange;

/// <summary>What it costs to see that nothing has changed.</summary>
internal static class CheckCommand
{
    private const int Rounds = 5;

    public static async Task<int> RunAsync(string[] counts)
    {
        foreach (var count in counts.DefaultIfEmpty("1").Select(int.Parse))
        {
            await using var site = new BenchSite(count);
            await site.InitializeAsync();
            // A page costs what the application costs.
            await site.Desired.RemoveAsync("base/coralnet/checks.yaml");
            var deployed = await site.Controller.ConvergeAsync();
            if (deployed.ExitCode != 0)
                throw new InvalidOperationException(deployed.All);
            await MeasureAsync(site);
        }
        return 0;
    }

    private static async Task MeasureAsync(BenchSite site)
    {
        var cycles = Math.Max(10, 200 / site.Servers.Count);
        var (ours, floor) = (new List<Cost>(), new List<Cost>());
        await using var loop = new OurLoop(site);
        await using var bare = await BareLoop.OpenAsync(site);
        for (var round = 0; round <= Rounds; round++)
        {
            var mine = await Cost.OfAsync(site, cycles, loop.CycleAsync, () => loop.SshProcesses);
            var its = await Cost.OfAsync(site, cycles, bare.CycleAsync, () => bare.SshProcesses);
            if (round == 0)
                continue;
            ours.Add(mine);
            floor.Add(its);
        }
        foreach (var (name, costs) in new[] { ("reconciler", ours), ("floor", floor) })
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{site.Servers.Count,4} {name,-12} {Median(costs, cost => cost.Wall),9:0.00} ms wall  {Median(costs, cost => cost.Controller),7:0.00} ms controller per server  {Median(costs, cost => cost.Server),7:0.00} ms server"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"     ratio {Median(ours, cost => cost.Wall) / Median(floor, cost => cost.Wall):0.00}"));
    }

    private static double Median(IReadOnlyList<Cost> costs, Func<Cost, double> of) => costs.Select(of).Order().ElementAt(costs.Count / 2);
}
