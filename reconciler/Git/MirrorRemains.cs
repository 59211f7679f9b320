namespace Reconciler.Git;

/// <summary>What a git that was killed leaves in a mirror, and what would stop the next one.</summary>
internal static class MirrorRemains
{
    // git holds these for milliseconds; a killed controller's git may still be at work for a moment.
    private static readonly TimeSpan LockAge = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan PackAge = TimeSpan.FromDays(1);

    /// <summary>Called with the mirror's lock held.</summary>
    public static void Remove(string folder, TimeProvider clock)
    {
        var now = clock.GetUtcNow();
        Remove(Locks(folder), now - LockAge);
        Remove(Files(Path.Combine(folder, "objects", "pack"), "tmp_*", SearchOption.TopDirectoryOnly), now - PackAge);
    }

    /// <summary>What a fetch of ours left that has just failed (a disk that is full); called with the mirror's lock held, so that nobody else writes there.</summary>
    public static void RemoveUnfinished(string folder)
    {
        foreach (var file in Files(Path.Combine(folder, "objects"), "tmp_*", SearchOption.AllDirectories))
            File.Delete(file);
    }

    private static IEnumerable<string> Locks(string folder) =>
    [
        .. Files(folder, "*.lock", SearchOption.TopDirectoryOnly),
        .. Files(Path.Combine(folder, "refs"), "*.lock", SearchOption.AllDirectories),
        .. Files(Path.Combine(folder, "objects", "info"), "*.lock", SearchOption.AllDirectories),
    ];

    private static IEnumerable<string> Files(string folder, string pattern, SearchOption depth) =>
        Directory.Exists(folder) ? Directory.EnumerateFiles(folder, pattern, depth) : [];

    private static void Remove(IEnumerable<string> files, DateTimeOffset olderThan)
    {
        foreach (var file in files)
        {
            if (File.GetLastWriteTimeUtc(file) < olderThan.UtcDateTime)
                File.Delete(file);
        }
    }
}
