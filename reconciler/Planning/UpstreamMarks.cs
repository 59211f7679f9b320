using Reconciler.Model;

namespace Reconciler.Planning;

/// <summary>
/// Upstream lines from <c>{{> upstream}}</c>: here alone servers are marked <c>down</c> in them. Those that a run goes without, and, once there is
/// <c>strategy: rolling</c>, those that are drained.
/// </summary>
internal static class UpstreamMarks
{
    /// <returns>What git says of each, with these servers and no others marked.</returns>
    public static IReadOnlyList<Resource> Of(IReadOnlyList<Resource> resources, IReadOnlySet<string> down) =>
        [.. resources.Select(resource => resource.Spec.LeavingOut(down) is var spec && spec == resource.Spec ? resource : resource with { Spec = spec })];

    /// <summary>The marks of before, whichever they were: none, and each of them without one or more; of many only none and without one.</summary>
    public static IEnumerable<IReadOnlySet<string>> Fewer(IReadOnlySet<string> down)
    {
        var names = down.ToList();
        if (names.Count > MostCombined)
            return [new HashSet<string>(), .. names.Select(name => down.Except([name]).ToHashSet())];
        return Enumerable.Range(0, (1 << names.Count) - 1).Select(set => names.Where((_, i) => (set & (1 << i)) != 0).ToHashSet());
    }

    private const int MostCombined = 4;
}
