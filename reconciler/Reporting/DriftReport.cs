using Reconciler.Journaling;

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

    /// <summary>What of that could not be looked at, each with why.</summary>
    public IReadOnlyList<string> Unsurveyed { get; init; } = [];

    /// <summary>Corrective drift of the last 30 days that is no more, the newest first.</summary>
    public IReadOnlyList<LatelyDrift> Lately { get; init; } = [];
}

/// <summary>Something that git does not speak of, on one server or on several in the same way.</summary>
/// <param name="Loud">It may change what users get.</param>
/// <param name="Since">The first, by the servers' clocks.</param>
/// <param name="Kind">
/// The kind beside which it was found (<c>NginxSite</c>, <c>Code</c>), or what it is: <c>AuthorizedKey</c>, <c>CronJob</c>, <c>Port</c>,
/// <c>SupervisorProgram</c>, <c>SystemdUnit</c>.
/// </param>
internal sealed record UnmanagedThing(IReadOnlyList<string> Servers, string What, string Sentence, bool Loud, DateTimeOffset? Since,
    string Advice, string Kind)
{
    /// <summary>Two applications may name the same thing: the louder word about it stays.</summary>
    public static IReadOnlyList<UnmanagedThing> Of(IEnumerable<ReportedUnmanaged> things) =>
    [
        .. things.OrderByDescending(thing => thing.Loud).DistinctBy(thing => (thing.Server, thing.What))
            .GroupBy(thing => (thing.What, thing.Sentence, thing.Loud, thing.Advice, Kind: KindOf(thing.Resource)))
            .Select(same => new UnmanagedThing([.. same.Select(thing => thing.Server).Order(StringComparer.Ordinal)],
                same.Key.What, same.Key.Sentence, same.Key.Loud, same.Min(thing => thing.Since), same.Key.Advice, same.Key.Kind)),
    ];

    /// <param name="resource"><c>APPLICATION/KIND/NAME</c>.</param>
    private static string KindOf(string resource) => resource.Split('/') is [_, var kind, ..] ? kind : resource;
}

/// <summary>Somebody was there, or used sudo, about when something changed: likely who did it, and no proof.</summary>
/// <param name="At">By the server's clock.</param>
/// <param name="User">Who logged in, or called sudo.</param>
/// <param name="What">For people: <c>logged in from 10.0.0.7</c>, <c>as root: vi /etc/nginx/nginx.conf</c>; what looks like a secret is
/// left out.</param>
internal sealed record DriftActor(string Server, DateTimeOffset At, string User, string What);

/// <summary>A difference that is no more, on one server or on several in the same way.</summary>
/// <param name="Resource"><c>APPLICATION/KIND/NAME</c>.</param>
/// <param name="Until">The first look that found it gone.</param>
/// <param name="How">What ended it, a few words.</param>
internal sealed record LatelyDrift(
    IReadOnlyList<string> Servers, string Resource, string? Sentence, string Cause, DateTimeOffset Since, DateTimeOffset Until, string How)
{
    /// <summary>How far back it is told.</summary>
    public static TimeSpan Span { get; } = TimeSpan.FromDays(30);

    /// <param name="server">Null for all.</param>
    public static IReadOnlyList<LatelyDrift> Of(IEnumerable<EndedDrift> ended, string? server) =>
    [
        .. ended.Where(one => server is null || one.Resource.Server == server)
            .GroupBy(one => (one.Resource.MarkerKey, one.Sentence, one.Cause, one.Since, one.Until, one.How))
            .Select(same => new LatelyDrift([.. same.Select(one => one.Resource.Server).Order(StringComparer.Ordinal)], same.Key.MarkerKey,
                same.Key.Sentence, same.Key.Cause.ToString().ToLowerInvariant(), same.Key.Since, same.Key.Until, same.Key.How)),
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
    /// <summary>Who was at work on those servers between the two looks, the newest first; null where nobody asked, or the log is not to be
    /// had.</summary>
    public IReadOnlyList<DriftActor>? Who { get; init; }

    /// <summary>The kind of the resource: <c>NginxSite</c>.</summary>
    public string Kind => Resource.Split('/') is [_, var kind, ..] ? kind : Resource;

    /// <param name="same">On different servers.</param>
    public static DriftedThing Of(IReadOnlyList<ReportedDifference> same, string? content)
    {
        var first = same[0];
        return new([.. same.Select(difference => difference.Server).Distinct().Order(StringComparer.Ordinal)], first.Resource, first.Type,
            first.Sentence,
            first.Wanted, first.Observed, first.Origin, first.Cause, same.Min(difference => difference.Since),
                same.Min(difference => difference.LastSynced),
            first.Does?.Split('\n')[0], first.Command, content);
    }
}
