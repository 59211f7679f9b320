namespace Reconciler.Reporting.Pages;

/// <summary>How a server stands, the worst first.</summary>
internal enum ServerStanding
{
    /// <summary>Somebody changed something that git speaks of.</summary>
    Changed,

    /// <summary>What nobody declared may change what users get.</summary>
    Loud,

    /// <summary>It, or something on it, could not be looked at.</summary>
    Unseen,

    /// <summary>It differs, and nobody knows what moved.</summary>
    Differs,

    /// <summary>Git moved, and the server was not brought there yet.</summary>
    Moved,

    /// <summary>It has things beside what git speaks of.</summary>
    Beside,

    AsGitSays,
}

/// <summary>Servers by kinds, the worst first; servers that stand the same are one row.</summary>
/// <param name="Kinds">Of what differs anywhere, the most frequent first.</param>
internal sealed record DriftGrid(IReadOnlyList<string> Kinds, IReadOnlyList<GridRow> Rows)
{
    public static DriftGrid Of(DriftReport report)
    {
        var kinds = report.Differences.GroupBy(thing => thing.Kind)
            .OrderByDescending(kind => kind.Sum(thing => thing.Servers.Count)).ThenBy(kind => kind.Key, StringComparer.Ordinal)
            .Select(kind => kind.Key).ToList();
        var servers = report.Servers.Select(server => server.Server)
            .Concat(report.Differences.SelectMany(thing => thing.Servers)).Concat(report.Unmanaged.SelectMany(thing => thing.Servers))
            .Distinct().Select(server => ServerLine.Of(report, server));
        return new(kinds,
        [
            .. servers.GroupBy(line => line.Key).Select(same => same.First().Row([.. same.Select(line => line.Server)], kinds))
                .OrderBy(row => row.Standing).ThenByDescending(row => row.Differences).ThenByDescending(row => row.Servers.Count)
                .ThenBy(row => row.Servers[0], StringComparer.Ordinal),
        ]);
    }
}

/// <summary>Servers that stand the same.</summary>
/// <param name="Cells">One for each of the grid's kinds.</param>
internal sealed record GridRow(
    IReadOnlyList<string> Servers, ServerStanding Standing, IReadOnlyList<GridCell> Cells, int Differences, int Unmanaged, bool Loud,
        int Unseen,
    string? Trouble)
{
    /// <summary>For people.</summary>
    public string Said => Standing switch
    {
        ServerStanding.Unseen when Trouble is not null => "not seen",
        ServerStanding.Unseen => "seen in part",
        ServerStanding.Changed => "changed on the server",
        ServerStanding.Loud => "users may get something else",
        ServerStanding.Differs => "differs",
        ServerStanding.Moved => "waits for a run",
        _ => "as git says",
    };
}

/// <param name="Count">How many things of the kind differ.</param>
/// <param name="Cause">The worst of their causes: <c>corrective</c> or <c>both</c> before <c>intentional</c>.</param>
/// <param name="First">Number of the first of them in the report, from 0.</param>
internal readonly record struct GridCell(int Count, string? Cause, int First);

/// <summary>One server, before those that stand the same are put together.</summary>
internal sealed record ServerLine(string Server, IReadOnlyList<(int Number, DriftedThing Thing)> Things, int Unmanaged, bool Loud,
    int Unseen, string? Trouble)
{
    /// <summary>Servers with the same one stand the same.</summary>
    public string Key => $"{string.Join(',', Things.Select(thing => thing.Number))}|{Unmanaged}|{Loud}|{Unseen}|{Trouble is not null}";

    public static ServerLine Of(DriftReport report, string server)
    {
        var beside = report.Unmanaged.Where(thing => thing.Servers.Contains(server)).ToList();
        var status = report.Servers.FirstOrDefault(each => each.Server == server);
        return new(server, [.. report.Differences.Index().Where(thing => thing.Item.Servers.Contains(server)).Select(thing =>
            (thing.Index, thing.Item))],
            beside.Count, beside.Exists(thing => thing.Loud),
            report.Unseen.Count(line => line.StartsWith($"{server}/", StringComparison.Ordinal)),
            status?.Trouble ?? (status is { Unknown: true } ? "not seen for long" : null));
    }

    public GridRow Row(IReadOnlyList<string> servers, IReadOnlyList<string> kinds) => new(servers, Standing,
        [.. kinds.Select(kind => Cell([.. Things.Where(thing => thing.Thing.Kind == kind)]))], Things.Count, Unmanaged, Loud, Unseen,
            Trouble);

    private ServerStanding Standing =>
        Things.Any(thing => IsByHand(thing.Thing.Cause)) ? ServerStanding.Changed
        : Loud ? ServerStanding.Loud
        : Unseen > 0 || Trouble is not null ? ServerStanding.Unseen
        : Things.Any(thing => thing.Thing.Cause != "intentional") ? ServerStanding.Differs
        : Things.Count > 0 ? ServerStanding.Moved
        : Unmanaged > 0 ? ServerStanding.Beside
        : ServerStanding.AsGitSays;

    private static bool IsByHand(string? cause) => cause is "corrective" or "both";

    private static GridCell Cell(IReadOnlyList<(int Number, DriftedThing Thing)> things) => things.Count == 0 ? default
        : new(things.Count, things.FirstOrDefault(thing => IsByHand(thing.Thing.Cause), things[0]).Thing.Cause, things[0].Number);
}
