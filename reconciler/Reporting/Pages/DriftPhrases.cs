using System.Text.RegularExpressions;

namespace Reconciler.Reporting.Pages;

/// <summary>What markdown and HTML say in the same words.</summary>
internal static partial class DriftPhrases
{
    /// <summary>In the order in which they are told.</summary>
    public static IReadOnlyList<(string? Cause, string Title, string Meaning)> Causes { get; } =
    [
        ("corrective", "Corrective", "the server was changed, and git was not"),
        ("both", "Both", "the server was changed, and so was git: what is there is neither what git said before nor what it says now"),
        (null, "Not known which", "nobody looked before, so that it is not known what moved, git or the server"),
        ("intentional", "Intentional", "git was changed, and the server was not brought there yet"),
    ];

    /// <summary><c>NginxSite</c> as people say it: <c>Nginx site</c>.</summary>
    public static string KindOf(string kind) => kind switch
    {
        "Code" => "Code",
        "SupervisorProgram" => "Supervisor program",
        "SystemdUnit" => "systemd unit",
        "CronJob" => "Cron job",
        _ when kind.Length > 0 => kind[0] + Words().Replace(kind[1..], match => $" {match.Value.ToLowerInvariant()}"),
        _ => kind,
    };

    public static string Counted(int count, string one, string many) => count == 1 ? $"1 {one}" : $"{count} {many}";

    public static string Servers(IReadOnlyList<string> servers) => servers.Count == 1 ? servers[0] : $"{servers.Count} servers, same";

    public static string Since(DriftedThing thing, DateTimeOffset now) => thing switch
    {
        { Since: null } => "not known: no look was kept",
        { Since: { } since, LastSynced: { } synced } => $"{At(since, now)}; at {Ages.Clock(synced)} it was as git said",
        { Since: { } since } => $"{At(since, now)}; no look before found it as git said",
    };

    public static string At(DateTimeOffset then, DateTimeOffset now) => $"{Ages.Clock(then)} ({Ago(then, now)})";

    public static string Ago(DateTimeOffset then, DateTimeOffset now) => now - then is { TotalSeconds: >= 5 } age
        ? $"{Ages.Of(age)} ago" : "just now";

    /// <summary>Null: say nothing of it.</summary>
    public static string? NobodyWas(DriftedThing thing) => thing.Who is { Count: 0 }
        ? "nobody logged in or used sudo then, as far as the server's journal goes: a program, a console, or an earlier login" : null;

    public static string Actor(DriftActor actor, bool severalServers) =>
        $"{(severalServers ? $"{actor.Server}: " : "")}{actor.User} {actor.What}";

    public const string WhoMeans = "at work there in that time, as the server's journal has it; likely, and no proof";

    public const string UnmanagedMeans = "on the servers, and git does not speak of it: it is left as it is";

    public const string LatelyMeans = "what was changed on servers in the last 30 days, and is so no more";

    /// <param name="written">How the commit is written.</param>
    public static IReadOnlyList<string> Summary(DriftReport report, Func<string, string> written)
    {
        var servers = report.Differences.SelectMany(thing => thing.Servers).Distinct().Count();
        return
        [
            report.Differences.Count > 0
                ? $"{Counted(report.Differences.Count, "difference", "differences")} on {Counted(servers, "server", "servers")}"
                : report.Unseen.Count + report.Refused.Count > 0 ? "no difference in what could be looked at"
                : "no difference: the servers are as git says",
            .. report.Unseen.Count > 0 ? [$"{Counted(report.Unseen.Count, "thing", "things")} could not be looked at"]
                : Array.Empty<string>(),
            .. report.Revision is { Length: >= 12 } revision ? [$"git is at {written(revision[..12])}"] : Array.Empty<string>(),
        ];
    }

    [GeneratedRegex("[A-Z]")]
    private static partial Regex Words();
}

/// <summary>What a page holds at most: who looks at it should get it, however much there is.</summary>
internal sealed class PageBudget(int diffCharacters)
{
    public const int MostThings = 200, MostUnmanaged = 300, MostLately = 100, MostLines = 100, MostRows = 200, MostNames = 300,
        MostColumns = 200;

    private int _left = diffCharacters;

    /// <summary>Lines of a diff, each cut and made visible; null when there is no room for it.</summary>
    public IReadOnlyList<string>? Lines(string diff)
    {
        var lines = diff.TrimEnd('\n').Split('\n').Select(line => Visible.Line(line, MostColumns * 2)).ToList();
        var size = lines.Sum(line => line.Length + 40);
        if (size > _left)
            return null;
        _left -= size;
        return lines;
    }

    public static string MoreThan(int count, int most) => $"and {count - most} more: `reconciler drift -o json` has them all";
}
