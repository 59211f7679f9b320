using System.Text.RegularExpressions;

namespace Reconciler.Importing;

/// <param name="At">File and line; <c>crontab of USER:LINE</c> for a user's own.</param>
/// <param name="When">Five fields, or a word as <c>@daily</c>.</param>
/// <param name="Command">With what looks like a secret left out.</param>
internal sealed record CronJob(string At, string When, string User, string Command);

/// <summary>Lines of crontabs (crontab(5)): the system's name a user before the command, a user's own do not.</summary>
internal static partial class CronJobs
{
    /// <summary>
    /// A script of GNU sed, between single quotes, by which secrets stay on the server: values of variables and options that
    /// are named as one,
    /// and what stands between a URL's scheme and its host.
    /// </summary>
    public const string Mask =
        """s/\([A-Za-z0-9_-]*\(secret\|pass\|token\|key\|credential\|private\|dsn\)[A-Za-z0-9_-]*[= ][= ]*\)[^ ]*/\1.../Ig; """
        + """s#://[^/@ ]*@#://...@#g; s/\( -p *\)[^ ]*/\1.../g""";

    /// <param name="lines"><c>FILE:LINE TEXT</c></param>
    public static IReadOnlyList<CronJob> OfSystem(IEnumerable<string> lines) =>
        [.. lines.Select(line => line.Split(' ', 2)).Where(words => words.Length == 2)
            .Select(words => Of(words[0], words[1], null)).OfType<CronJob>()];

    /// <param name="lines"><c>LINE TEXT</c>, of the user's own crontab.</param>
    public static IReadOnlyList<CronJob> OfUser(string user, IEnumerable<string> lines) =>
        [.. lines.Select(line => line.Split(' ', 2)).Where(words => words.Length == 2)
            .Select(words => Of($"crontab of {user}:{words[0]}", words[1], user)).OfType<CronJob>()];

    private static CronJob? Of(string at, string text, string? user) =>
        (user is null ? OfSystemLine() : OfUserLine()).Match(text) is { Success: true } job
            ? new(at, job.Groups["when"].Value, user ?? job.Groups["user"].Value, job.Groups["command"].Value.Trim())
            : null;

    [GeneratedRegex(@"^\s*(?<when>@\w+|[\d*](?:\S*\s+\S+){4})\s+(?<user>[A-Za-z_][\w-]*)\s+(?<command>\S.*)$")]
    private static partial Regex OfSystemLine();

    [GeneratedRegex(@"^\s*(?<when>@\w+|[\d*](?:\S*\s+\S+){4})\s+(?<command>\S.*)$")]
    private static partial Regex OfUserLine();
}
