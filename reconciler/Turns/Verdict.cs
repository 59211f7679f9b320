using Reconciler.Diffing;
using Reconciler.Documents.Expansion;
using Reconciler.Journaling;
using Reconciler.Model;
using Reconciler.Planning;

namespace Reconciler.Turns;

/// <summary>Where a unit stands after a turn.</summary>
internal enum Standing
{
    /// <summary>As git says.</summary>
    Synced,

    /// <summary>Differences that policy only reports.</summary>
    Drifted,

    /// <summary>As git says on all servers but some that it may go without: no success.</summary>
    Incomplete,

    /// <summary>Only planned.</summary>
    Planned,

    /// <summary>Nobody allowed this ledger to change the environment yet.</summary>
    NeverConverged,

    /// <summary>A gate is not met yet.</summary>
    Deferred,

    /// <summary>A person has to decide first.</summary>
    Refused,

    /// <summary>A server did not answer, or something could not be seen.</summary>
    Unseen,

    /// <summary>This desired state failed and is not tried again by itself.</summary>
    SetAside,

    /// <summary>Stopped in the middle, page on.</summary>
    Held,

    /// <summary>Failed where nothing had been stopped; tried again.</summary>
    Failed,

    /// <summary>Another controller is in charge.</summary>
    Fenced,

    /// <summary>A person said that nothing is to be changed for a time.</summary>
    Suspended,
}

/// <summary>What a turn made of one unit.</summary>
/// <param name="Reason">One line; what a failed step printed may follow below it.</param>
/// <param name="Plan">The plan of this turn, or what is left of it.</param>
/// <param name="Ailments">What does not work, by resource.</param>
internal sealed record Verdict(Standing Standing, string Reason, Plan Plan, Diff Diff, IReadOnlyList<KeyValuePair<ResourceId, string>> Ailments)
{
    /// <summary>The reason without what was printed below it.</summary>
    public string Headline => Sentence.Split('\n')[0];

    /// <summary>The reason, and where the servers are as git says and something does not work all the same, what and where.</summary>
    public string Sentence => Standing == Standing.Synced && Alarm is null && Ailments is [var first, ..]
        ? $"{Reason}, but on {first.Key.Server} {first.Value}{(Ailments.Count == 1 ? "" : $" (and {Ailments.Count - 1} more)")}"
        : Reason;

    public Deferral? Deferral { get; init; }

    /// <summary>The run that is held, or whose failure this is; null when there is none.</summary>
    public string? Run { get; init; }

    /// <summary>What a run that failed in this turn set out to change; null when none did.</summary>
    public Diff? Tried { get; init; }

    /// <summary>Somebody should look although nothing failed: maintenance goes on longer than it should.</summary>
    public string? Alarm { get; init; }

    /// <summary>What keeps it from being changed; null when nothing does.</summary>
    public Suspension? Suspension { get; init; }

    /// <summary>It waits for the servers, on whose turn it depends; a person's word waits with it.</summary>
    public bool WaitsForServers { get; init; }

    /// <summary>What was seen besides; null when nothing was looked at.</summary>
    public LiveState? Live { get; init; }

    /// <summary>Servers that it goes without.</summary>
    public IReadOnlyList<MissingServer> Missing { get; init; } = [];

    /// <summary>Something was changed in this turn.</summary>
    public bool Converged { get; init; }
}
