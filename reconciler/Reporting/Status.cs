using Reconciler.Model;

namespace Reconciler.Reporting;

/// <summary>Does live equal git? (Argo CD's words.)</summary>
internal enum SyncStatus
{
    Synced,
    OutOfSync,
    Unknown,
}

/// <summary>Does it work? Kept apart from sync; the worst wins when rolled up, in this order.</summary>
internal enum Health
{
    Healthy,
    Suspended,
    Progressing,
    Missing,
    Degraded,
    Unknown,
}

/// <summary>A condition as Flux and Kubernetes write them.</summary>
/// <param name="Type"><c>Ready</c>, <c>Reconciling</c> or <c>Stalled</c>.</param>
/// <param name="Status"><c>True</c>, <c>False</c> or <c>Unknown</c>.</param>
/// <param name="Reason">CamelCase, stable: <c>Converged</c>, <c>NeverConverged</c>, <c>WaitingForPromotion</c>.</param>
/// <param name="Message">A sentence that says what to do, if anything.</param>
internal sealed record Condition(string Type, string Status, string Reason, string Message, DateTimeOffset LastTransitionTime);

/// <summary>One difference as reported.</summary>
/// <param name="Resource"><c>APPLICATION/KIND/NAME</c>.</param>
internal sealed record ReportedDifference(string Server, string Resource, string Type, string Sentence, string? Wanted, string? Observed,
    string? Origin)
{
    /// <summary>
    /// <c>intentional</c>: git moved; <c>corrective</c>: the server moved while git did not; <c>both</c>: the server moved, and so did git. Null where
    /// no look was kept.
    /// </summary>
    public string? Cause { get; init; }

    /// <summary>The first look that saw it; it came about between this one and <see cref="LastSynced"/>.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>The last look that found it as git said; null when none ever did.</summary>
    public DateTimeOffset? LastSynced { get; init; }

    /// <summary>What the tool will do about it by itself, a sentence without its subject.</summary>
    public string? Does { get; init; }

    /// <summary>What a person could type; null where nothing is to be typed.</summary>
    public string? Command { get; init; }
}

/// <summary>Something on a server that git does not speak of: reported, never touched, and no difference.</summary>
/// <param name="Resource"><c>APPLICATION/KIND/NAME</c>, beside which it was found.</param>
/// <param name="What">A path, or <c>process 4711</c>.</param>
/// <param name="Loud">It may change what users get.</param>
/// <param name="Since">By the server's clock; null when that is not known.</param>
/// <param name="Advice">What a person could do about it.</param>
internal sealed record ReportedUnmanaged(
    string Server, string Resource, string What, string Sentence, bool Loud, DateTimeOffset? Since, string Advice);

/// <summary>When a server was last seen.</summary>
/// <param name="Verified">The last look that it answered; null when it never did.</param>
/// <param name="Trouble">Why it did not answer the last one; null when it did.</param>
internal sealed record ServerStatus(
    string Environment, string Server, string Address, IReadOnlyList<string> Roles, DateTimeOffset? Verified, string? Trouble)
{
    /// <summary>Not seen for so long that nothing said of it counts.</summary>
    public bool Unknown { get; init; }

    /// <summary>What runs on it, as last seen; null where nobody looked: git names no package for it.</summary>
    public ServerSoftware? Software { get; init; }

    /// <summary>A look that was not renewed in time is none.</summary>
    public ServerStatus AsOf(DateTimeOffset now, TimeSpan interval) =>
        this with { Unknown = Verified is not { } verified || Freshness.IsOver(verified, now, interval) };
}

/// <summary>A suspension in force.</summary>
/// <param name="Until">When it ends by itself; null when it does not.</param>
/// <param name="Lift">The command that lifts it.</param>
internal sealed record SuspensionStatus(string By, string Reason, DateTimeOffset Since, DateTimeOffset? Until, string Lift);

/// <summary>How long a verdict counts that is not renewed.</summary>
internal static class Freshness
{
    private const int Intervals = 5;
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(2);

    public static TimeSpan Of(TimeSpan interval) => interval * Intervals + Grace;

    public static bool IsOver(DateTimeOffset verified, DateTimeOffset now, TimeSpan interval) => now - verified > Of(interval);
}

/// <summary>Where one application of one environment stands; <c>application</c> is <c>host</c> for what belongs to the servers.</summary>
/// <param name="Revision">Desired-state commit in force.</param>
/// <param name="Commit">Code commit that git wants; null for the host.</param>
/// <param name="Verified">When the servers were last observed.</param>
/// <param name="WaitsFor">A sentence when something is deferred, and until when if that is known.</param>
internal sealed record ApplicationStatus(
    string Environment,
    string Application,
    string? Revision,
    string? Commit,
    SyncStatus Sync,
    Health Health,
    IReadOnlyList<Condition> Conditions,
    IReadOnlyList<ReportedDifference> Differences,
    IReadOnlyList<string> Ailments,
    DateTimeOffset? Verified,
    string? WaitsFor,
    DateTimeOffset? WaitsUntil)
{
    /// <summary>What keeps it from being changed now; null when nothing does.</summary>
    public SuspensionStatus? Suspended { get; init; }

    /// <summary>Why it could not even be compared: its commit or a secret is not to be had; null when it could.</summary>
    public string? Fault { get; init; }

    /// <summary>What could not be looked at: <c>SERVER/APPLICATION/KIND/NAME: why</c>.</summary>
    public IReadOnlyList<string> Unseen { get; init; } = [];

    /// <summary>What its servers have that git does not speak of.</summary>
    public IReadOnlyList<ReportedUnmanaged> Unmanaged { get; init; } = [];

    /// <summary>Code commits that the servers have, as last seen; one, when all is well.</summary>
    public IReadOnlyList<string> RunningCommits { get; init; } = [];

    /// <summary>Users see the maintenance page; null when nobody could see.</summary>
    public bool? Covered { get; init; }

    /// <summary>The maintenance flag in git.</summary>
    public bool Flag { get; init; }

    /// <summary>How a person goes on, where one has to.</summary>
    public IReadOnlyList<WayOn> GoOn { get; init; } = [];

    /// <summary>What `follow` does with its commit; null where nothing is followed.</summary>
    public string? Follow { get; init; }

    /// <summary>The run that goes on, waits or is held now; null when there is none.</summary>
    public RunStatus? Run { get; init; }

    public Condition? Of(string type) => Conditions.FirstOrDefault(condition => condition.Type == type);

    /// <summary>A verdict that was not renewed in time is no verdict: sync and health turn unknown by themselves.</summary>
    public ApplicationStatus AsOf(DateTimeOffset now, TimeSpan interval) =>
        Verified is not { } verified || !Freshness.IsOver(verified, now, interval)
            ? this
            : this with { Sync = SyncStatus.Unknown, Health = Health.Unknown };
}
