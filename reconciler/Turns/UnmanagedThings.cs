using Reconciler.Documents.Expansion;
using Reconciler.Model;
using Reconciler.Observing;
using Reconciler.Resources.Absence;
using Reconciler.Resources.File;
using Reconciler.Resources.Link;

namespace Reconciler.Turns;

/// <summary>
/// What a look found beside what git says: each thing once, the loudest word about it, and nothing that another document speaks of.
/// </summary>
internal static class UnmanagedThings
{
    /// <param name="beside">What the kinds found.</param>
    public static IReadOnlyList<Unmanaged> Of(IEnumerable<Unmanaged> beside, ExpandedEnvironment environment, Unit unit, Observed observed)
    {
        var claimed = environment.Units.SelectMany(each => each.Resources)
            .Select(resource => (resource.Id.Server, PathOf(resource.Spec))).ToHashSet();
        return
        [
            .. beside.Concat(StrayProcesses.Of(unit, observed))
                .Where(thing => !claimed.Contains((thing.Resource.Server, thing.What)))
                .OrderByDescending(thing => thing.Loud)
                .DistinctBy(thing => (thing.Resource.Server, thing.What)),
        ];
    }

    private static string? PathOf(ResourceSpec spec) => spec switch
    {
        FileSpec file => file.Path,
        LinkSpec link => link.Path,
        AbsenceSpec absence => absence.Path,
        _ => null,
    };
}
