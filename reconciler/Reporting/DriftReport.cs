namespace Reconciler.Reporting;

/// <summary>All that <c>drift</c> says of one environment; stable in JSON.</summary>
/// <param name="LookedAt">When the servers were looked at; null when nobody did yet.</param>
/// <param name="Differences">The same on several servers is one of them.</param>
/// <param name="Unseen">What could not be looked at, each with why.</param>
/// <param name="Refused">Applications of which git asks for what cannot be had, each with why.</param>
internal sealed record DriftReport(
    string Environment, string? Revision, DateTimeOffset? LookedAt,
    IReadOnlyList<DriftedThing> Differences, IReadOnlyList<string> Unseen, IReadOnlyList<string> Refused,
        IReadOnlyList<ServerStatus> Servers)
{
    /// <param name="server">Null for all.</param>
    /// <param name="contents">What differs within files, by server and resource.</param>
    public static DriftReport Of(
        string environment, IReadOnlyList<ApplicationStatus> applications, IReadOnlyList<ServerStatus> servers, string? server,
        IReadOnlyDictionary<(string Server, string Resource), string>? contents = null) => new(
        environment, applications.Select(status => status.Revision).FirstOrDefault(revision => revision is not null),
        applications.Select(status => status.Verified).Min(),
        [
            .. applications.SelectMany(status => status.Differences)
                .Where(difference => server is null || difference.Server == server)
                .GroupBy(difference => (difference.Resource, difference.Sentence, difference.Type, difference.Wanted, difference.Observed,
                    difference.Cause, difference.Does, Content: contents?.GetValueOrDefault((difference.Server, difference.Resource))))
                .Select(same => DriftedThing.Of([.. same], same.Key.Content)),
        ],
        [.. applications.SelectMany(status => status.Unseen)
            .Where(unseen => server is null || unseen.StartsWith($"{server}/", StringComparison.Ordinal))],
        [.. applications.Where(status => status.Fault is not null).Select(status => $"{status.Application}: {status.Fault}")],
        [.. servers.Where(each => server is null || each.Server == server)])
    {
        Unmanaged = UnmanagedThing.Of(applications.SelectMany(status => status.Unmanaged).Where(thing => server is null
            || thing.Server == server)),
    };

    /// <summary>What is on the servers and git does not speak of: no difference, and never touched. The loud ones first.</summary>
    public IReadOnlyList<UnmanagedThing> Unmanaged { get; init; } = [];
}

/// <summary>Something that git does not speak of, on one server or on several in the same way.</summary>
/// <param name="Loud">It may change what users get.</param>
/// <param name="Since">The first, by the servers' clocks.</param>
internal sealed record UnmanagedThing(IReadOnlyList<string> Servers, string What, string Sentence, bool Loud, DateTimeOffset? Since,
    string Advice)
{
    /// <summary>Two applications may name the same thing: the louder word about it stays.</summary>
    public static IReadOnlyList<UnmanagedThing> Of(IEnumerable<ReportedUnmanaged> things) =>
    [
        .. things.OrderByDescending(thing => thing.Loud).DistinctBy(thing => (thing.Server, thing.What))
            .GroupBy(thing => (thing.What, thing.Sentence, thing.Loud, thing.Advice))
            .Select(same => new UnmanagedThing([.. same.Select(thing => thing.Server).Order(StringComparer.Ordinal)],
                same.Key.What, same.Key.Sentence, same.Key.Loud, same.Min(thing => thing.Since), same.Key.Advice)),
    ];
}

/// <summary>One thing that is not as git says, on one server or on several in the same way.</summary>
/// <param name="Resource"><c>APPLICATION/KIND/NAME</c>.</param>
/// <param name="GitSays">Short; null where the sentence says it all.</param>
/// <param name="Origin">The document line that says so.</param>
/// <param name="Cause"><c>intentional</c>, <c>corrective</c> or <c>both</c>; null when no look was kept.</param>
/// <param name="Since">The first look that saw it, on the first of the servers.</param>
/// <param name="LastSynced">The last look that found it as git said; null when none ever did.</param>
/// <param name="Does">What the tool will do about it by itself.</param>
/// <param name="Command">What a person could type; null where nothing helps.</param>
/// <param name="Diff">A unified diff from what git says to what the server has; null where there is none to be had.</param>
internal sealed record DriftedThing(
    IReadOnlyList<string> Servers, string Resource, string Type, string Sentence, string? GitSays, string? ServerSays, string? Origin,
    string? Cause, DateTimeOffset? Since, DateTimeOffset? LastSynced, string? Does, string? Command, string? Diff)
{
    /// <param name="same">On different servers.</param>
    public static DriftedThing Of(IReadOnlyList<ReportedDifference> same, string? content)
    {
        var first = same[0];
        return new([.. same.Select(difference => difference.Server).Distinct().Order(StringComparer.Ordinal)], first.Resource, first.Type,
            first.Sentence,
            first.Wanted, first.Observed, first.Origin, first.Cause, same.Min(difference => difference.Since),
                same.Min(difference => difference.LastSynced),
            first.Does, first.Command, content);
    }
}
