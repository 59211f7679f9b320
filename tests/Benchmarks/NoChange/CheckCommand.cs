using System.Globalization;
using System.Text;

namespace Reconciler.Benchmarks.NoChange;

/// <summary>What it costs to see that nothing has changed: a turn of the controller, the bare floor and Ansible, one after the other in each round.</summary>
internal static class CheckCommand
{
    private const int Rounds = 5;

    /// <param name="counts">How many servers, each in its turn.</param>
    /// <param name="results">Where <c>check.md</c> and <c>check.json</c> are written.</param>
    public static async Task<int> RunAsync(IReadOnlyList<int> counts, string results)
    {
        await PublishedProgram.MakeSureAsync(results);
        var (rows, rests) = (new List<Row>(), new List<AtRest>());
        foreach (var count in counts)
        {
            await using var site = new BenchSite(count);
            await site.SetUpAsync();
            rows.AddRange(await MeasureAsync(site));
            rests.Add(await AtRest.OfAsync(site));
        }
        await ResultFiles.WriteAsync(results, "check", new { Checks = rows, AtRest = rests }, Table(rows) + Table(rests));
        return 0;
    }

    /// <param name="ToFloor">Wall time as a ratio to the floor's in the same rounds.</param>
    private sealed record Row(int Servers, string Who, double WallMs, double ControllerMsPerServer, double ServerMs, double ToFloor);

    private static async Task<IReadOnlyList<Row>> MeasureAsync(BenchSite site)
    {
        var cycles = Math.Max(10, 200 / site.All.Count);
        await using var loop = new OurLoop(site);
        await using var bare = await BareLoop.OpenAsync(site);
        var (raw, modules) = (AnsibleLoop.Raw(site), AnsibleLoop.Modules(site));
        var costs = new Dictionary<string, List<Cost>>();
        for (var round = 0; round <= Rounds; round++)
        {
            await MeasureAsync("floor", () => Cost.OfAsync(site, cycles, bare.CycleAsync, () => bare.SshProcesses));
            await MeasureAsync("reconciler", () => Cost.OfAsync(site, cycles, loop.CycleAsync, () => loop.SshProcesses));
            await MeasureAsync("Ansible, one raw task, lean", () => raw.CostAsync(site));
            // Minutes each, and far from close.
            if (site.All.Count <= 5 || site.All.Count <= 20 && round is 0 or 1)
                await MeasureAsync("Ansible, modules in check mode", () => modules.CostAsync(site));

            async Task MeasureAsync(string who, Func<Task<Cost>> cost)
            {
                var one = await cost();
                // The first round warms everything up.
                if (round > 0)
                    (costs.TryGetValue(who, out var all) ? all : costs[who] = []).Add(one);
            }
        }
        var floor = Median(costs["floor"], cost => cost.Wall);
        return [.. costs.Select(each => new Row(site.All.Count, each.Key, Median(each.Value, cost => cost.Wall), Median(each.Value, cost => cost.Controller),
            Median(each.Value, cost => cost.Server), Median(each.Value, cost => cost.Wall) / floor))];
    }

    private static string Table(IReadOnlyList<Row> rows)
    {
        var text = new StringBuilder("| servers | | wall, as a ratio to the floor | wall, ms | controller, ms of a core per server | server, ms of a core |\n|---|---|---|---|---|---|\n");
        foreach (var row in rows)
            text.Append(CultureInfo.InvariantCulture,
                $"| {row.Servers} | {row.Who} | {row.ToFloor:0.00} | {row.WallMs:0.0} | {row.ControllerMsPerServer:0.00} | {row.ServerMs:0.0} |\n");
        return text.ToString();
    }

    private static string Table(IReadOnlyList<AtRest> rests)
    {
        var text = new StringBuilder("\n| servers | the daemon at rest, MiB resident | of it private | ssh clients | private, MiB, all | each |\n|---|---|---|---|---|---|\n");
        foreach (var rest in rests)
            text.Append(CultureInfo.InvariantCulture,
                $"| {rest.Servers} | {rest.Resident:0} | {rest.Private:0} | {rest.Connections} | {rest.Clients:0.0} | {rest.Clients / rest.Connections:0.00} |\n");
        return text.ToString();
    }

    private static double Median(IReadOnlyList<Cost> costs, Func<Cost, double> of) => costs.Select(of).Order().ElementAt(costs.Count / 2);
}
