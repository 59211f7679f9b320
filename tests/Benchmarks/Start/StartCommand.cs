using System.Globalization;
using System.Text;
using Reconciler.LiveTests.Support;

namespace Reconciler.Benchmarks.Start;

/// <summary>How long the published program takes to start, against <c>dotnet --version</c>, in turns.</summary>
internal static class StartCommand
{
    private const int Rounds = 9;

    /// <param name="WallRatio">To <c>dotnet --version</c>; medians.</param>
    /// <param name="CpuRatio">The same of processor time, which holds on a machine that has other things to do.</param>
    private sealed record Row(string Command, double WallMs, double WallRatio, double CpuMs, double CpuRatio);

    /// <param name="results">Where <c>start.md</c> and <c>start.json</c> are written.</param>
    public static async Task<int> RunAsync(string results)
    {
        var published = Path.GetFullPath(Path.Combine(results, "published"));
        await Command.OkAsync(Path.Combine(TestHosts.Root(), "publish"), published);
        var program = Path.Combine(published, "reconciler");
        string[] commands = ["dotnet --version", $"{program} --help", $"{program} validate {Path.Combine(TestHosts.Root(), "desired-state")}"];
        var times = commands.ToDictionary(command => command, _ => new List<(double Wall, double Cpu)>());
        for (var round = 0; round <= Rounds; round++)
            foreach (var command in commands)
            {
                var time = await TimeAsync(command);
                // The first round brings everything into memory.
                if (round > 0)
                    times[command].Add(time);
            }
        var (wall, cpu) = (Median(times[commands[0]], time => time.Wall), Median(times[commands[0]], time => time.Cpu));
        var rows = commands.Zip(["dotnet --version", "reconciler --help", "reconciler validate, of the example"], (command, name) =>
        {
            var (ownWall, ownCpu) = (Median(times[command], time => time.Wall), Median(times[command], time => time.Cpu));
            return new Row(name, ownWall, ownWall / wall, ownCpu, ownCpu / cpu);
        }).ToList();
        var text = new StringBuilder("| | wall, as a ratio | wall, ms | processor, as a ratio | processor, ms |\n|---|---|---|---|---|\n");
        foreach (var row in rows)
            text.Append(CultureInfo.InvariantCulture, $"| {row.Command} | {row.WallRatio:0.00} | {row.WallMs:0} | {row.CpuRatio:0.00} | {row.CpuMs:0} |\n");
        await ResultFiles.WriteAsync(results, "start", rows, text.ToString());
        return 0;
    }

    private static async Task<(double Wall, double Cpu)> TimeAsync(string command)
    {
        var ran = await Command.OkAsync("bash", "-c", $"TIMEFORMAT='%R %U %S'; {{ time {command} >/dev/null 2>&1; }} 2>&1");
        var times = ran.Trim().Split(' ').Select(text => double.Parse(text, CultureInfo.InvariantCulture) * 1000).ToList();
        return (times[0], times[1] + times[2]);
    }

    private static double Median(IEnumerable<(double Wall, double Cpu)> times, Func<(double Wall, double Cpu), double> of)
    {
        var all = times.Select(of).Order().ToList();
        return all[all.Count / 2];
    }
}
