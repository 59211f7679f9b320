using System.Text.RegularExpressions;

namespace Reconciler.Converging;

/// <summary>
/// Whether what a step printed before it ended with an exit code of its own is a fault that passes by itself: network, index, lock
/// (safety.md, "What a failure leads to"). Anything else would end the same way again.
/// </summary>
internal static partial class PassingFault
{
    public static bool IsIn(string output) => Words().IsMatch(output);

    /// <summary>
    /// Somebody makes room on the server, and no commit comes of that. Before users are warned that is waited for; once they see the page, every second counts.
    /// </summary>
    public static bool IsFullDisk(string output) => OfRoom().IsMatch(output);

    // As libc, the runner, and the scripts of backups and builds say it.
    [GeneratedRegex("no space left on device|disk quota exceeded|is the disk full|no room for a dump", RegexOptions.IgnoreCase)]
    private static partial Regex OfRoom();

    // As git, pip, apt, psql and libc say it.
    [GeneratedRegex(
        @"temporary failure|could not resolve|name or service not known|connection (?:refused|reset|aborted|timed out)|newconnectionerror"
        + @"|connectionerror|network is unreachable|no route to host|timed? ?out|max retries exceeded|remote end closed|failed to fetch"
        + @"|could not connect|unexpected disconnect|early eof|\b50[234]\b|too many requests|could not get lock|unable to (?:acquire|lock)"
        + @"|is locked|resource temporarily unavailable|the database system is (?:starting up|shutting down)",
        RegexOptions.IgnoreCase)]
    private static partial Regex Words();
}
