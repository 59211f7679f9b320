using System.Globalization;

namespace Reconciler.Reporting;

/// <summary>
/// Times for people. Whole units that have passed, and never less than nothing: what was written a moment after it was read is new.
/// </summary>
internal static class Ages
{
    public static string Of(TimeSpan age) => age switch
    {
        { Ticks: < 0 } => "0 s",
        { TotalSeconds: < 90 } => Whole(age.TotalSeconds, "s"),
        { TotalMinutes: < 90 } => Whole(age.TotalMinutes, "min"),
        { TotalHours: < 48 } => Whole(age.TotalHours, "h"),
        _ => Whole(age.TotalDays, "days"),
    };

    /// <summary>
    /// A span still to come: to the second where somebody may wait for it, and to the nearest minute after that (what is 59.9 minutes
    /// away is not 59 minutes away).
    /// </summary>
    public static string Until(TimeSpan left)
    {
        var seconds = TimeSpan.FromSeconds(Math.Ceiling(left.TotalSeconds));
        return seconds switch
        {
            { TotalSeconds: < 90 } => Of(seconds),
            { TotalMinutes: < 10, Seconds: > 0 } => $"{Whole(seconds.TotalMinutes, "min")} {Whole(seconds.Seconds, "s")}",
            { TotalMinutes: < 90 } => Whole(Math.Round(seconds.TotalMinutes, MidpointRounding.AwayFromZero), "min"),
            _ => Of(left),
        };
    }

    public static string Clock(DateTimeOffset time) =>
        time.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static string Whole(double amount, string unit) => string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(amount)} {unit}");
}
