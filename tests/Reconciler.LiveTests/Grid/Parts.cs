using System.Diagnostics;

namespace Reconciler.LiveTests.Grid;

/// <summary>Where the time of one case goes, in seconds, in the order in which its parts ended.</summary>
internal sealed class Parts
{
    private readonly Dictionary<string, double> _seconds = [];
    private readonly long _began = Stopwatch.GetTimestamp();
    private long _last = Stopwatch.GetTimestamp();

    public IReadOnlyDictionary<string, double> Seconds => _seconds;

    public double All => Rounded(_began);

    /// <summary>All since the part before is this one's.</summary>
    public void Ended(string part)
    {
        _seconds[part] = Rounded(_last);
        _last = Stopwatch.GetTimestamp();
    }

    private static double Rounded(long since) => Math.Round(Stopwatch.GetElapsedTime(since).TotalSeconds, 1);
}
