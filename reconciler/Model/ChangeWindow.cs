using System.Globalization;

namespace Reconciler.Model;

/// <summary>One time that a window begins.</summary>
/// <param name="Note">What the clocks did to it; null when nothing.</param>
internal readonly record struct WindowStart(DateTimeOffset At, string? Note);

/// <summary>A time in which runs that users may notice may begin, or may not.</summary>
/// <param name="Allows">Else it denies.</param>
/// <param name="Cron">When it begins again and again, in <paramref name="Zone"/>; null for a fixed one.</param>
/// <param name="Fixed">When a fixed one begins.</param>
/// <param name="Duration">More than nothing.</param>
internal sealed record ChangeWindow(bool Allows, CronExpression? Cron, DateTimeOffset? Fixed, TimeSpan Duration, TimeZoneInfo Zone)
{
    /// <summary>RFC 3339 with an offset; null when the text is none.</summary>
    public static DateTimeOffset? FixedStart(string text) =>
        DateTimeOffset.TryParseExact(text, "yyyy-MM-dd'T'HH:mm:ssK", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)
        && (text.EndsWith('Z') || text[^6] is '+' or '-') ? time : null;

    /// <summary>The newest beginning of those that still last; null when it is not open.</summary>
    public WindowStart? At(DateTimeOffset time) => Starts(time - Duration, time).Select(start => (WindowStart?)start).LastOrDefault();

    /// <summary>Null when there is none up to <paramref name="until"/>.</summary>
    public WindowStart? FirstAfter(DateTimeOffset time, DateTimeOffset until) =>
        Starts(time, until).Select(start => (WindowStart?)start).FirstOrDefault();

    /// <summary>Beginnings after <paramref name="after"/> and not after <paramref name="until"/>, ascending.</summary>
    private IEnumerable<WindowStart> Starts(DateTimeOffset after, DateTimeOffset until)
    {
        if (Fixed is { } only)
        {
            if (only > after && only <= until)
                yield return new(only, null);
            yield break;
        }
        // A day more on both sides: local days are not those of UTC.
        var last = DateOnly.FromDateTime(until.UtcDateTime).AddDays(1);
        for (var day = DateOnly.FromDateTime(after.UtcDateTime).AddDays(-1); day <= last; day = day.AddDays(1))
        {
            if (!Cron!.MatchesDay(day))
                continue;
            foreach (var time in Cron.Times())
                if (InstantOf(day.ToDateTime(time)) is var start && start.At > after && start.At <= until)
                    yield return start;
        }
    }

    /// <summary>
    /// Each once, whatever the clocks do: what does not exist (spring) begins when they have moved on; what comes twice (autumn) begins
    /// the first time.
    /// </summary>
    private WindowStart InstantOf(DateTime local)
    {
        if (Zone.IsInvalidTime(local))
            return new(GapEnd(local),
                $"{local:HH:mm} does not exist on {local:yyyy-MM-dd} in {Zone.Id}: it begins when the clocks have moved on");
        if (!Zone.IsAmbiguousTime(local))
            return new(Utc(local, Zone.GetUtcOffset(local)), null);
        return new(Utc(local, Zone.GetAmbiguousTimeOffsets(local).Max()),
            $"{local:HH:mm} comes twice on {local:yyyy-MM-dd} in {Zone.Id}: it begins the first time");
    }

    private DateTimeOffset GapEnd(DateTime local)
    {
        var before = Zone.GetUtcOffset(Utc(local.AddDays(-1), TimeSpan.Zero));
        var (low, high) = (Utc(local, before).AddHours(-12), Utc(local, before));
        while (high - low > TimeSpan.FromSeconds(1))
        {
            var middle = low + TimeSpan.FromSeconds(Math.Floor((high - low).TotalSeconds / 2));
            (low, high) = Zone.GetUtcOffset(middle) == before ? (middle, high) : (low, middle);
        }
        return high;
    }

    private static DateTimeOffset Utc(DateTime local, TimeSpan offset) => new(DateTime.SpecifyKind(local - offset, DateTimeKind.Utc));
}
