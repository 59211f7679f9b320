namespace Reconciler.Model;

/// <summary>All windows of an environment. Deny wins; without one that allows, everything is allowed that none denies.</summary>
internal sealed record ChangeWindows(IReadOnlyList<ChangeWindow> All)
{
    // A window on 29 February may be eight years away.
    private static readonly TimeSpan Farthest = TimeSpan.FromDays((366 * 8) + 1);

    private const int MostSteps = 2000;

    public static ChangeWindows None { get; } = new([]);

    public bool IsOpen(DateTimeOffset time) => Denial(time) is null && (!All.Any(window => window.Allows) || Allowance(time) is not null);

    /// <summary>The first time from <paramref name="time"/> on at which it is open.</summary>
    /// <returns>Null when there is none for years.</returns>
    public WindowStart? NextOpen(DateTimeOffset time)
    {
        var (end, note) = (time + Farthest, (string?)null);
        for (var step = 0; step < MostSteps && time <= end; step++)
        {
            if (Denial(time) is { } over)
                (time, note) = (over, null);
            else if (IsOpen(time))
                return new(time, note);
            else if (All.Where(window => window.Allows).Select(window => window.FirstAfter(time, end)).OfType<WindowStart>()
                .OrderBy(start => start.At).ToList()
                is [var next, ..])
                (time, note) = (next.At, next.Note);
            else
                return null;
        }
        return null;
    }

    /// <summary>When what denies now is over; null when nothing does.</summary>
    private DateTimeOffset? Denial(DateTimeOffset time) => EndOf(All.Where(window => !window.Allows), time);

    private DateTimeOffset? Allowance(DateTimeOffset time) => EndOf(All.Where(window => window.Allows), time);

    private static DateTimeOffset? EndOf(IEnumerable<ChangeWindow> windows, DateTimeOffset time) => windows
        .Select(window => window.At(time)?.At + window.Duration)
        .Max();
}
