using Reconciler.Diffing;
using Reconciler.Model;

namespace Reconciler.Planning;

/// <summary>A phase that this plan would have but leaves out, and why: "production skips nothing", "staging has no users to warn".</summary>
internal sealed record SkippedPhase(Phase Phase, string Why);

/// <summary>What will be done to bring one application of one environment to its desired state: exactly these steps, in this order.</summary>
/// <param name="Application">The application, or <see cref="ResourceId.Host"/>.</param>
/// <param name="Steps">Sorted by the safe order, then rank, server and resource.</param>
/// <param name="Later">Of an interim plan: the phases that may follow, an upper bound.</param>
/// <param name="Refusals">Differences that only a person can decide about: while there are any, nothing is done.</param>
internal sealed record Plan(
    string Environment,
    string Application,
    IReadOnlyList<Step> Steps,
    IReadOnlyList<Phase> Later,
    IReadOnlyList<SkippedPhase> Skipped,
    IReadOnlyList<Difference> Differences,
    IReadOnlyList<Difference> Refusals,
    IReadOnlyList<UnknownResource> Unknown)
{
    /// <summary>Prepare is a turn of its own: the exact plan is made from what it left. So is System on a server with nothing to protect.</summary>
    public bool IsInterim { get; init; }

    /// <summary>As in <see cref="PlanInput.HealKinds"/>: what this plan, and those that follow from it, may mend.</summary>
    public IReadOnlySet<string>? HealKinds { get; init; }

    /// <summary>A person asked for everything to be mended: holds for the plans that follow from this one.</summary>
    public bool HealAll { get; init; }

    /// <summary>Drift that policy would mend, and that is left until what it reads is mended, each with the reason.</summary>
    public IReadOnlyDictionary<ResourceId, string> Withheld { get; init; } = new Dictionary<ResourceId, string>();

    /// <summary>Drift that is left because nginx is not reloaded beside a rival (<see cref="PlanInput.Rivals"/>), while the rest is mended.</summary>
    public IReadOnlyList<Difference> Left { get; init; } = [];

    /// <summary>Resources of which steps were left out for the same reason, and nothing else was.</summary>
    public IReadOnlySet<ResourceId> Curtailed { get; init; } = new HashSet<ResourceId>();

    /// <summary>The resources whose differences it removes: those that policy only reports, or that a person must decide about, are not among them.</summary>
    public IReadOnlySet<ResourceId> Removes { get; init; } = new HashSet<ResourceId>();

    /// <summary>What this plan was to bring about: resources with a difference that it removes, or with a step.</summary>
    public IReadOnlySet<ResourceId> Touched =>
        Steps.Where(step => !step.IsDispensable).Select(step => step.Resource).Concat(Removes).ToHashSet();

    /// <summary>When users are told that it begins; null when they are not told.</summary>
    public DateTimeOffset? StartsAt { get; init; }

    /// <summary>It would take servers in batches, but for this, a sentence; null when it does, or nobody asked for it.</summary>
    public string? WhyCovered { get; init; }

    /// <summary>Servers are taken in batches, and the others serve (<c>strategy: rolling</c>).</summary>
    public bool Rolls => Steps.Any(step => step.Batch > 0);

    /// <summary>How many batches there are; what comes after them has the next number.</summary>
    public int Batches => Steps.Where(RollingOrder.Interrupts).Select(step => step.Batch).DefaultIfEmpty().Max();

    public bool IsEmpty => Steps.Count == 0;

    public IReadOnlySet<Phase> Phases => Steps.Select(step => step.Phase).ToHashSet();

    /// <summary>Whether the site is covered on the way: decides which failures need the page to stay.</summary>
    public bool Covers => Steps.Any(step => step.Phase == Phase.Cover);
}
