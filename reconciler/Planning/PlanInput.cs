using Reconciler.Diffing;
using Reconciler.Model;

namespace Reconciler.Planning;

/// <summary>All that the planner decides from: data only.</summary>
/// <param name="Resources">Desired resources of this application.</param>
/// <param name="Borrowed">Resources of others that this plan may call on (a database, for the backup; covers, for System), never for their own differences.</param>
/// <param name="Observed">What was seen of both.</param>
/// <param name="Diff">Differences of <paramref name="Resources"/>.</param>
internal sealed record PlanInput(
    string Environment,
    string Application,
    IReadOnlyList<Resource> Resources,
    IReadOnlyList<Resource> Borrowed,
    IReadOnlyDictionary<ResourceId, Observation> Observed,
    Diff Diff)
{
    /// <summary>Phases that the profile leaves out, with the reason.</summary>
    public IReadOnlyDictionary<Phase, string> Skip { get; init; } = new Dictionary<Phase, string>();

    /// <summary>Phases for which nothing is declared, with the reason: shown where the plan would have them.</summary>
    public IReadOnlyDictionary<Phase, string> Lacks { get; init; } = new Dictionary<Phase, string>();

    /// <summary>When maintenance begins for users, if this plan is one that they are told about; null where nobody is told.</summary>
    public DateTimeOffset? StartsAt { get; init; }

    /// <summary>
    /// The maintenance flag covers at <see cref="StartsAt"/>: what would be noticed goes under the same cover, whether or not there is a
    /// notice.
    /// </summary>
    public bool WaitsForFlag { get; init; }

    /// <summary>Never converged by this ledger, and none of the declared services runs: there is nothing to protect, so System comes before Prepare.</summary>
    public bool FirstContact { get; init; }

    /// <summary>Never converged by this ledger, and some of the declared services run: somebody else set them up, and users are being served.</summary>
    public bool TakesOver { get; init; }

    /// <summary>The maintenance flag in git: a plan that covers does not uncover.</summary>
    public bool Flag { get; init; }

    /// <summary>Servers are taken in batches where that is possible, rather than behind the maintenance page; null: never.</summary>
    public Rolling? Rolling { get; init; }

    /// <summary>Servers that nobody is to pass requests on to, whatever the plan: upstreams of <see cref="Resources"/> leave them out.</summary>
    public IReadOnlySet<string> Down { get; init; } = new HashSet<string>();

    /// <summary>Gates that an acknowledgement has opened for exactly this commit.</summary>
    public IReadOnlySet<string> Acknowledged { get; init; } = new HashSet<string>();

    /// <summary>Git has not moved since this was converged: whatever differs is drift, and what may not be mended is left out.</summary>
    public bool OnlyMends { get; init; }

    /// <summary>Kinds whose edits by hand are replaced without anybody's acknowledgement: <c>selfHeal: fix</c>, or <c>--heal</c>. A copy is kept.</summary>
    public IReadOnlySet<string> MendEdits { get; init; } = new HashSet<string>();

    /// <summary>
    /// By server, a sentence about a file that a reload of nginx there could put into force in place of a site of ours: no plan that reloads it begins.
    /// </summary>
    public IReadOnlyDictionary<string, string> Rivals { get; init; } = new Dictionary<string, string>();

    /// <inheritdoc cref="Plan.HealAll"/>
    public bool HealAll { get; init; }

    /// <summary>When git did not move, only drift is planned, of the kinds that policy heals; null: everything is planned.</summary>
    public IReadOnlySet<string>? HealKinds { get; init; }
}
