using System.Globalization;

namespace Reconciler.Benchmarks.Scale;

/// <summary>What a process has used until now.</summary>
/// <param name="CpuSeconds">Of a core, with its ended children: git.</param>
/// <param name="Resident">MiB, all of it; <paramref name="Peak"/> the most that it ever was.</param>
internal sealed record ProcessUse(double CpuSeconds, double Resident, double Peak)
{
    private const double TicksPerSecond = 100;

    public static ProcessUse Of(int process)
    {
        var stat = File.ReadAllText($"/proc/{process}/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        var status = File.ReadAllLines($"/proc/{process}/status");
        double MiB(string key) => double.Parse(status.First(line => line.StartsWith($"{key}:", StringComparison.Ordinal)).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1],
            CultureInfo.InvariantCulture) / 1024;
        return new(fields[11..15].Sum(ticks => long.Parse(ticks, CultureInfo.InvariantCulture)) / TicksPerSecond, MiB("VmRSS"), MiB("VmHWM"));
    }
}
