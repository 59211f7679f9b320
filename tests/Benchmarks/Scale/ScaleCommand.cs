using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Reconciler.Benchmarks.Recording;
using Reconciler.LiveTests.Support;

namespace Reconciler.Benchmarks.Scale;

/// <summary>
/// What a controller takes with very many servers: `watch`, a process of its own, with sessions that answer as recorded servers did, at one check a minute. Long
/// enough that each server is also looked at thoroughly once more, which is due every ten minutes.
/// </summary>
internal static class ScaleCommand
{
    public const int Minutes = 12;

    private const int Port = 19464;

    /// <param name="FirstSeconds">From the start until every environment had its first verdict: all documents expanded, all servers looked at from nothing.</param>
    /// <param name="FirstCpu">Seconds of a core for it.</param>
    /// <param name="QuietCpu">Seconds of a core in a minute in which nothing has changed and no thorough look is due; median.</param>
    /// <param name="MeanCpu">In a minute, all of them.</param>
    /// <param name="MostCpu">In the minute with the most.</param>
    /// <param name="TurnMs">Of an environment, in the mean.</param>
    private sealed record Row(int Environments, int Servers, double FirstSeconds, double FirstCpu, double QuietCpu, double MeanCpu, double MostCpu, double Resident, double Peak,
        double TurnMs, double TurnsPerMinute);

    /// <param name="shapes">Environments, and servers in each.</param>
    public static async Task<int> RunAsync(string recording, IReadOnlyList<(int Environments, int Servers)> shapes, int minutes, string results)
    {
        var rows = new List<Row>();
        foreach (var (environments, servers) in shapes)
        {
            rows.Add(await MeasureAsync(recording, environments, servers, minutes));
            Console.Error.WriteLine(JsonSerializer.Serialize(rows[^1]));
        }
        await ResultFiles.WriteAsync(results, "scale", rows, Table(rows));
        return 0;
    }

    private static async Task<Row> MeasureAsync(string recording, int environments, int servers, int minutes)
    {
        using var world = await SimulatedWorld.MakeAsync(recording, environments, servers);
        var (program, arguments) = SimulatedProgram.Watch(world, world.State, Port);
        var began = Stopwatch.GetTimestamp();
        await using var watch = RunningProgram.Start(new Dictionary<string, string> { ["RECONCILER_CONFIG"] = "none" }, program, arguments);
        foreach (var environment in world.Environments)
            foreach (var unit in new[] { "host", "coralnet" })
                await watch.WaitForAsync($"{environment}/{unit}: Synced", TimeSpan.FromMinutes(10));
        var (first, firstUse) = (Stopwatch.GetElapsedTime(began).TotalSeconds, ProcessUse.Of(watch.Id));
        using var http = new HttpClient();
        var before = await TurnsTaken.AskAsync(http, Port);
        var (cpu, last, resident) = (new List<double>(), firstUse, new List<double>());
        for (var minute = 0; minute < minutes; minute++)
        {
            await Task.Delay(TimeSpan.FromMinutes(1));
            var use = ProcessUse.Of(watch.Id);
            cpu.Add(use.CpuSeconds - last.CpuSeconds);
            resident.Add(use.Resident);
            last = use;
        }
        var after = await TurnsTaken.AskAsync(http, Port);
        if (watch.Output.Split('\n').FirstOrDefault(line => line.Contains("Unseen", StringComparison.Ordinal) || line.Contains("Drifted", StringComparison.Ordinal)) is { } wrong)
            throw new InvalidOperationException(wrong);
        await watch.StopAsync();
        return new(environments, servers, first, firstUse.CpuSeconds, Median(cpu), cpu.Average(), cpu.Max(), Median(resident), last.Peak,
            (after.Seconds - before.Seconds) / (after.Count - before.Count) * 1000, (after.Count - before.Count) / (double)minutes);
    }

    private static string Table(IReadOnlyList<Row> rows)
    {
        var text = new StringBuilder("| environments x servers | first verdicts, s | for them, s of a core | a quiet minute, s of a core | a minute in the mean | the dearest minute | resident, MiB | peak, MiB "
            + "| a turn, ms | turns a minute |\n|---|---|---|---|---|---|---|---|---|---|\n");
        foreach (var row in rows)
            text.Append(CultureInfo.InvariantCulture, $"| {row.Environments} x {row.Servers} | {row.FirstSeconds:0.0} | {row.FirstCpu:0.0} | {row.QuietCpu:0.0} | {row.MeanCpu:0.0} | {row.MostCpu:0.0} "
                + $"| {row.Resident:0} | {row.Peak:0} | {row.TurnMs:0} | {row.TurnsPerMinute:0.0} |\n");
        return text.ToString();
    }

    private static double Median(IEnumerable<double> values) => values.Order().ToList() is var sorted ? sorted[sorted.Count / 2] : 0;
}
