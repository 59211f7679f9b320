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
        List<Unmanaged> things = [.. beside, .. StrayProcesses.Of(unit, observed)];
        if (things.Count == 0)
            return [];
        var claimed = environment.Units.SelectMany(each => each.Resources)
            .Select(resource => (resource.Id.Server, Path: PathOf(resource.Spec))).Where(claim => claim.Path is not null).ToHashSet();
        return
        [
            .. things
                .Where(thing => !claimed.Contains((thing.Resource.Server, (string?)thing.What)))
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
