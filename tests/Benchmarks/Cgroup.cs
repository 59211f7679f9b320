using System.Globalization;

namespace Reconciler.Benchmarks;

/// <summary>A cgroup for a process and all that it starts: what has ended by now, or went to the background, is counted as well.</summary>
internal sealed class Cgroup : IDisposable
{
    private static int _made;

    private readonly string _folder = Path.Combine(Root(), $"reconciler-benchmark-{Environment.ProcessId}-{Interlocked.Increment(ref _made)}");

    public Cgroup() => Directory.CreateDirectory(_folder);

    /// <summary>A process that writes its number here belongs to it.</summary>
    public string Processes => Path.Combine(_folder, "cgroup.procs");

    /// <summary>Seconds of a core that have been used in it.</summary>
    public double Cpu => CpuSeconds(_folder);

    /// <summary>Seconds of a core that have been used in a cgroup since it was made.</summary>
    public static double CpuSeconds(string folder)
    {
        var used = File.ReadLines(Path.Combine(folder, "cpu.stat")).First(line => line.StartsWith("usage_usec ", StringComparison.Ordinal));
        return double.Parse(used.Split(' ')[1], CultureInfo.InvariantCulture) / 1_000_000;
    }

    /// <summary>When nothing runs in it any more.</summary>
    public void Dispose() => Directory.Delete(_folder);

    private static string Root() => File.ReadLines("/proc/self/mounts").Select(line => line.Split(' ')).FirstOrDefault(mount => mount[2] == "cgroup2")?[1]
        ?? throw new InvalidOperationException("No cgroup v2 hierarchy is mounted.");
}
