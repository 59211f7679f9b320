namespace Reconciler.Reporting;

/// <summary>Drift for people, who need not know the tool: what differs, since when, why, what will happen and what can be typed.</summary>
internal sealed class DriftText(TextWriter writer, DateTimeOffset now)
{
    private const int MostNamed = 6;

    private string _who = "";

    public void Write(DriftReport report)
    {
        var git = report.Revision is { } revision ? $"; git is at {revision[..12]}" : "";
        writer.WriteLine($"{report.Environment}: {Counted(report)}{git}, "
            + (report.LookedAt is { } looked ? $"looked at {Clock(looked)}" : "never looked at"));
        foreach (var refused in report.Refused)
            writer.WriteLine($"  refused: {refused}");
        foreach (var cause in report.Differences.GroupBy(thing => thing.Cause).OrderBy(cause => cause.Key, StringComparer.Ordinal))
        {
            writer.WriteLine();
            writer.WriteLine(cause.Key switch
            {
                "corrective" => "Corrective: the server was changed, and git was not",
                "both" => "Both: the server was changed, and so was git: what is there is neither what git said before nor what it says now",
                "intentional" => "Intentional: git was changed, and the server was not brought there yet",
                _ => "Nobody looked before, so that it is not known what moved, git or the server",
            });
            foreach (var thing in cause)
                WriteThing(thing);
        }
        WriteUnmanaged(report.Unmanaged);
        WriteUnseen(report.Unseen);
        WriteUnsurveyed(report.Unsurveyed);
        WriteServers(report.Servers);
    }

    private static string Counted(DriftReport report)
    {
        var servers = report.Differences.SelectMany(thing => thing.Servers).Distinct().Count();
        var count = report.Differences.Count;
        var unseen = report.Unseen.Count == 0 ? "" : $", {report.Unseen.Count} thing(s) could not be looked at";
        var refused = report.Refused.Count == 0 ? ""
            : $"; what git says of {report.Refused.Count} application(s) is refused, and how the servers stand to that is not known";
        return count > 0 ? $"{count} difference(s) on {servers} server(s){unseen}{refused}"
            : (unseen + refused).Length == 0 ? "no difference: the servers are as git says"
            : $"no difference in what could be {(unseen.Length == 0 ? "compared" : "looked at")}{unseen}{refused}";
    }

    private void WriteThing(DriftedThing thing)
    {
        writer.WriteLine($"  {Named(thing.Servers)}: {thing.Sentence}");
        Line("what", thing.Resource);
        Line("git", thing.GitSays is null ? thing.Origin : thing.Origin is null ? thing.GitSays : $"{thing.GitSays} ({thing.Origin})");
        Line("server", thing.ServerSays);
        Line("since", Since(thing));
        WriteWho(thing);
        Line("then", thing.Does is null ? null : $"reconciler {thing.Does}");
        Line("you", thing.Command is null ? null : $"can type `{thing.Command}`");
        foreach (var line in thing.Diff?.TrimEnd('\n').Split('\n') ?? [])
            writer.WriteLine($"    | {line}");
    }

    private void WriteWho(DriftedThing thing)
    {
        var who = string.Join('\n', (thing.Who ?? []).Select(actor => $"{actor}"));
        // One evening's work is often several differences.
        if (who.Length > 0 && who == _who)
        {
            Line("who", "likely: as above");
            return;
        }
        _who = who;
        foreach (var (number, actor) in (thing.Who ?? []).Index())
            Line(number == 0 ? "who" : "", $"{(number == 0 ? "likely: " : "        ")}{Clock(actor.At)} "
                + Visible.Line($"{(thing.Servers.Count > 1 ? $"{actor.Server}: " : "")}{actor.User} {actor.What}", 300));
        if (thing.Who is { Count: 0 })
            Line("who", "nobody logged in or used sudo then, as far as the server's journal goes");
    }

    private void WriteUnsurveyed(IReadOnlyList<string> unsurveyed)
    {
        if (unsurveyed.Count == 0)
            return;
        writer.WriteLine();
        writer.WriteLine("What git does not speak of could not all be looked at");
        foreach (var line in unsurveyed)
            writer.WriteLine($"  {Visible.Line(line)}");
    }

    private void WriteUnmanaged(IReadOnlyList<UnmanagedThing> things)
    {
        if (things.Count == 0)
            return;
        writer.WriteLine();
        writer.WriteLine("Unmanaged: on the servers, and git does not speak of it. It is left as it is");
        foreach (var thing in things)
        {
            writer.WriteLine($"  {(thing.Loud ? "! " : "")}{Named(thing.Servers)}: {thing.Sentence}");
            Line("since", thing.Since is { } since ? $"{Clock(since)} ({Age(since)})" : null);
            Line("you", $"can {thing.Advice}");
        }
    }

    private string? Since(DriftedThing thing) => thing switch
    {
        { Since: null } => null,
        { Since: { } since, LastSynced: { } synced } => $"{Clock(since)} ({Age(since)}); at {Clock(synced)} it was as git said",
        { Since: { } since } => $"{Clock(since)} ({Age(since)}); no look before found it as git said",
    };

    private static string Named(IReadOnlyList<string> servers) => servers.Count <= MostNamed
        ? string.Join(' ', servers)
        : $"{servers.Count} servers, same: {string.Join(' ', servers.Take(MostNamed))} and {servers.Count - MostNamed} more";

    private void WriteUnseen(IReadOnlyList<string> unseen)
    {
        if (unseen.Count == 0)
            return;
        writer.WriteLine();
        writer.WriteLine("Could not be looked at, so that nothing is known of it");
        foreach (var line in unseen)
            writer.WriteLine($"  {line}");
    }

    private void WriteServers(IReadOnlyList<ServerStatus> servers)
    {
        if (servers.Count == 0)
            return;
        writer.WriteLine();
        writer.WriteLine("Last verified");
        foreach (var server in servers)
            writer.WriteLine($"  {server.Server,-12} "
                + (server.Verified is { } verified ? $"{Clock(verified)} ({Age(verified)})" : "never")
                + (server.Trouble is null ? "" : $": {server.Trouble}")
                + (server.Unknown ? "; what is said of it does not count any more" : ""));
    }

    private void Line(string name, string? text)
    {
        if (text is not null)
            writer.WriteLine($"    {name,-7}{text}");
    }

    private string Age(DateTimeOffset then) => now - then is { TotalSeconds: >= 5 } age ? $"{Ages.Of(age)} ago" : "just now";

    private static string Clock(DateTimeOffset time) => Ages.Clock(time);
}
