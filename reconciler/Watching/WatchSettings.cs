namespace Reconciler.Watching;

/// <param name="Branch">The branch that is followed.</param>
/// <param name="Folder">Where desired state lies in the repository; empty for its root.</param>
internal sealed record WatchSettings(string Branch, string Folder = "")
{
    /// <summary>Between two looks when nobody asks for one.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>After the first failed look; doubles to <see cref="LongestRetry"/>.</summary>
    public TimeSpan FirstRetry { get; init; } = TimeSpan.FromSeconds(5);

    public TimeSpan LongestRetry { get; init; } = TimeSpan.FromMinutes(3);
}
