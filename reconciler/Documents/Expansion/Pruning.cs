using Reconciler.Model;
using Reconciler.Resources.Absence;
using Reconciler.Resources.File;
using Reconciler.Resources.Link;
using Reconciler.Resources.NginxSite;
using Reconciler.Resources.SecretsFile;

namespace Reconciler.Documents.Expansion;

/// <summary>What git no longer declares, of the state that was converged last: the inventory of what we put on servers.</summary>
internal static class Pruning
{
    /// <summary>With what is to go, where the environment's policy says so. More than its share at once is refused, and nothing goes.</summary>
    /// <param name="before">The unit as it was converged last.</param>
    public static Unit WithPruned(this Unit unit, Unit before, ExpandedEnvironment environment)
    {
        if (environment.Policy.PruneAtMost is not { } atMost)
            return unit;
        // What moved to another application, or is declared under another name, stays.
        var declared = environment.Units.Append(unit).SelectMany(each => each.Resources)
            .SelectMany(resource => PathsOf(resource.Spec).Select(thing => (resource.Id.Server, thing.Path))).ToHashSet();
        var were = before.Resources
            .Where(resource => environment.Servers.ContainsKey(resource.Id.Server))
            .SelectMany(resource => PathsOf(resource.Spec).Select(thing => (Resource: resource, Thing: thing)))
            .ToList();
        var gone = were.Where(each => !declared.Contains((each.Resource.Id.Server, each.Thing.Path))).ToList();
        var refusal = gone.Count * 100 <= were.Count * atMost ? null
            : $"{gone.Count} of {were.Count} files and links of {unit.Application} would go at once, and prune: {{atMost: {atMost}}} in environment.yaml allows "
                + $"{atMost} %: take them out of git in several commits, or write {Math.Min(100, (gone.Count * 100 + were.Count - 1) / Math.Max(1, were.Count))} there";
        return unit with { Resources = [.. unit.Resources, .. gone.Select(each => Absent(each.Resource, each.Thing, refusal))] };
    }

    private static Resource Absent(Resource was, PrunedThing thing, string? refusal) =>
        new(was.Id with { Kind = "Absence", Name = $"{was.Id.Kind}.{was.Id.Name}{(thing.Target is null ? "" : ".link")}" },
            new AbsenceSpec(thing.Path) { Pruned = thing with { Refusal = refusal } }, was.Origin);

    private static IEnumerable<PrunedThing> PathsOf(ResourceSpec spec) => spec switch
    {
        FileSpec file => [new(file.Path)],
        LinkSpec link => [new(link.Path) { Target = link.Target }],
        SecretsFileSpec secrets => [new(secrets.Path) { IsSecret = true }],
        NginxSiteSpec site => [new(site.Link) { Target = site.Path }, new(site.Path)],
        AbsenceSpec { Pruned: null } absence => [new(absence.Path)],
        _ => [],
    };
}
