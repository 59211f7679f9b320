using Reconciler.Model;

namespace Reconciler.Planning;

/// <summary>
/// <c>strategy: rolling</c>: the steps of a plan in batches of servers. Servers that nobody passes requests on to (workers, beat) come first; then, a
/// batch at a time, web servers are left out of the upstreams, brought to what is new, checked, and passed requests on to again. At least one serves
/// always. Static files go to all before the first batch, for a page of one server may ask another for its style sheet (seeds/001: 49-56).
/// </summary>
internal sealed class RollingOrder
{
    // In these a server does not serve, or serves what is neither old nor new.
    private static readonly Phase[] Interrupting = [Phase.Stop, Phase.Code, Phase.Virtualenv, Phase.Secrets, Phase.Migrate, Phase.Start];

    /// <summary>Its server is better not asked meanwhile.</summary>
    public static bool Interrupts(Step step) => Interrupting.Contains(step.Phase);

    private readonly PlanInput _input;
    private readonly Rolling _rolling;
    private readonly IReadOnlyDictionary<string, IResourceKind> _kinds;
    private readonly List<Resource> _sites;
    private readonly HashSet<string> _served;

    // Left out by a plan that did not come to its end: they are not what the others are.
    private readonly HashSet<string> _drained;

    public RollingOrder(PlanInput input, Rolling rolling, IReadOnlyDictionary<string, IResourceKind> kinds)
    {
        (_input, _rolling, _kinds) = (input, rolling, kinds);
        _sites = [.. input.Resources.Where(resource => resource.Spec.PassesOnTo().Count > 0)];
        _served = [.. _sites.SelectMany(site => site.Spec.PassesOnTo()).Except(input.Down)];
        _drained = [.. _sites.SelectMany(site => input.Observed.GetValueOrDefault(site.Id)?.FactsOf<ResourceFacts>()?.LeavesOut ?? []).Intersect(_served)];
    }

    /// <summary>Somebody is left out whom nothing keeps out any more.</summary>
    public bool IsLeftDrained => _drained.Count > 0;

    /// <param name="differing">Resources that differ from git and that this plan leaves so.</param>
    /// <returns>Why these steps go behind the maintenance page all the same, and the step for which; null when they need not.</returns>
    public (Step? Step, string Why)? WhyNot(IReadOnlyList<Step> steps, IReadOnlySet<ResourceId> differing)
    {
        if (steps.FirstOrDefault(step => step.Irreversible) is { } migration)
            return (migration, $"old and new code cannot serve side by side on one schema: {migration.Summary}");
        if (steps.FirstOrDefault(step => step is { Phase: Phase.System, IsQuiet: false }) is { } system)
            return (null, $"it changes the servers themselves: {system.Summary}");
        if (steps.FirstOrDefault(step => step is { Phase: Phase.Secrets, Resource.Kind: "Database" }) is { } password)
            return (null, $"it changes for all servers at once: {password.Summary}");
        if (steps.FirstOrDefault(step => step.TakesSiteDown && step.Phase != Phase.Stop) is { } other)
            return (null, $"all servers depend on it: {other.Summary}");
        if (_sites.Count == 0)
            return (null, "no site's {{> upstream}} names its web servers");
        if (_sites.Find(site => differing.Contains(site.Id)) is { } edited)
            return (null, $"{edited.Id.Kind} {edited.Id.Name} on {edited.Id.Server} is not as git says, and is left so");
        if (steps.FirstOrDefault(step => step.TakesSiteDown && !_served.Contains(step.Resource.Server) && !_input.Down.Contains(step.Resource.Server)) is { } alone)
            return (null, $"no site's {{{{> upstream}}}} names {alone.Resource.Server}");
        return _served.Count < 2 ? (null, $"{string.Join(", ", _served.Order(StringComparer.Ordinal))} alone serves users now") : null;
    }

    public List<Step> Of(IReadOnlyList<Step> steps)
    {
        var batches = BatchesOf(steps);
        var last = batches.Count + 1;
        var batchOf = batches.SelectMany((batch, i) => batch.Select(server => (server, i + 1))).ToDictionary();
        var passing = batches.SelectMany((batch, i) => PassingOn(batch, i + 1, [.. batches.Skip(i + 1).SelectMany(later => later).Intersect(_drained)])).ToList();
        var marked = passing.Select(step => step.Resource).ToHashSet();
        return [.. steps.Where(step => step.Phase != Phase.Nginx || !marked.Contains(step.Resource)).Select(Placed), .. passing];

        Step Placed(Step step) => step with
        {
            Batch = step.Phase is Phase.Prepare or Phase.Static ? 0
                : step.Phase > Phase.Check ? last
                : batchOf.TryGetValue(step.Resource.Server, out var batch) ? batch
                : step.Phase == Phase.Check && _drained.Contains(step.Resource.Server) ? 0
                : last,
        };
    }

    private List<IReadOnlyList<string>> BatchesOf(IReadOnlyList<Step> steps)
    {
        var servers = steps.Where(Interrupts).Select(step => step.Resource.Server).Distinct().Order(StringComparer.Ordinal).ToList();
        return
        [
            .. servers.Where(server => !_served.Contains(server)).Chunk(_rolling.Batch),
            .. servers.Where(_served.Contains).OrderBy(server => !_drained.Contains(server)).Chunk(Math.Min(_rolling.Batch, _served.Count - 1)),
        ];
    }

    /// <param name="later">Left out already, and in a batch that is still to come.</param>
    private IEnumerable<Step> PassingOn(IReadOnlyList<string> batch, int number, IReadOnlyList<string> later)
    {
        foreach (var site in _sites.Where(site => site.Spec.PassesOnTo().Overlaps(batch)))
        {
            foreach (var step in Told(site, [.. batch, .. later], new([.. batch], [], _rolling.Settle)))
                yield return step with { Batch = number, Part = BatchPart.Drain };
            foreach (var step in Told(site, later, new([], [.. batch], TimeSpan.Zero)))
                yield return step with { Batch = number, Part = BatchPart.Return };
        }
    }

    private IEnumerable<Step> Told(Resource site, IEnumerable<string> besides, Passing passing) => _kinds[site.Id.Kind].Steps(
        site with { Spec = site.Spec.LeavingOut(_input.Down.Concat(besides).ToHashSet()) },
        _input.Observed.GetValueOrDefault(site.Id) ?? new Observation.Unknown("it was not looked at"),
        Change.Of() with { Passing = passing });
}
