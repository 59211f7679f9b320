using System.Diagnostics;
using System.Globalization;

namespace Reconciler.Benchmarks.NoChange;

/// <summary>Of one cycle, in milliseconds.</summary>
/// <param name="Wall">From the beginning of a cycle to its end.</param>
/// <param name="Controller">Of a core, this process with its ssh clients, for each server.</param>
/// <param name="Server">Of a core, for each server.</param>
internal sealed record Cost(double Wall, double Controller, double Server)
{
    private const double TicksPerSecond = 100;

    public static async Task<Cost> OfAsync(BenchSite site, int cycles, Func<Task> cycle, Func<IEnumerable<int>> clients)
    {
        await cycle();
        var (own, ssh, used) = (OwnSeconds(), clients().Sum(SecondsOf), site.ServerSeconds);
        var began = Stopwatch.GetTimestamp();
        for (var count = 0; count < cycles; count++)
            await cycle();
        var wall = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
        var each = 1000.0 / cycles / site.All.Count;
        return new(wall / cycles, (OwnSeconds() - own + clients().Sum(SecondsOf) - ssh) * each, (site.ServerSeconds - used) * each);
    }

    private static double OwnSeconds()
    {
        using var own = Process.GetCurrentProcess();
        return own.TotalProcessorTime.TotalSeconds;
    }

    private static double SecondsOf(int process)
    {
        var stat = File.ReadAllText($"/proc/{process}/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return (long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture)) / TicksPerSecond;
    }

    /// <summary>Children of a process that are ssh.</summary>
    public static IReadOnlyList<int> SshChildren(int process) =>
    [
        .. Directory.EnumerateDirectories($"/proc/{process}/task").SelectMany(task => File.ReadAllText(Path.Combine(task, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Select(int.Parse).Where(child => File.ReadAllText($"/proc/{child}/comm").Trim() == "ssh"),
    ];
}
