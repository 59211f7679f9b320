using Reconciler.Diffing;
using Reconciler.Documents.Expansion;
using Reconciler.Model;
using Reconciler.Observing;
using Reconciler.Planning;

namespace Reconciler.Turns;

/// <summary>
/// A file by hand that claims a site's server_name or default_server may not be in force yet: nginx reads it with the next reload, and may
/// then answer with it in place of the site, and of its cover. So no run that would reload nginx for that site begins.
/// </summary>
internal static class RivalSites
{
    private const string SiteKind = "NginxSite";

    /// <summary>By server, what stands there: beside a site of any application, for all of them have one nginx.</summary>
    public static IReadOnlyDictionary<string, string> Of(ExpandedEnvironment environment, Unit unit, Observed observed, Differ differ)
    {
        var sites = SitesBeside(environment, unit).Concat(unit.Resources.Where(resource => resource.Id.Kind == SiteKind)).ToList();
        return sites.Count == 0 ? new Dictionary<string, string>()
            : UnmanagedThings.Of(differ.BesideOf(sites, observed.Resources).Where(thing => thing.Loud), environment, unit, observed)
                .Where(thing => thing.Loud && thing.Resource.Kind == SiteKind)
                .GroupBy(thing => thing.Resource.Server)
                .ToDictionary(server => server.Key, server => server.First().Sentence);
    }

    /// <summary>Other applications' sites on the servers where this unit does something.</summary>
    public static IEnumerable<Resource> SitesBeside(ExpandedEnvironment environment, Unit unit)
    {
        var servers = unit.Resources.Concat(unit.Borrowed).Select(resource => resource.Id.Server).ToHashSet();
        var own = unit.Resources.Select(resource => resource.Id).ToHashSet();
        return environment.Units.SelectMany(each => each.Resources).Where(resource => resource.Id.Kind == SiteKind
            && servers.Contains(resource.Id.Server) && !own.Contains(resource.Id));
    }

    /// <summary>Differences that the plan leaves because of a rival say so, whoever shows them.</summary>
    public static Diff Marked(Diff diff, Plan plan)
    {
        var why = plan.Refusals.Concat(plan.Left).Where(refusal => refusal.Gate is null && diff.ByResource.ContainsKey(refusal.Resource))
            .GroupBy(refusal => refusal.Resource).ToDictionary(group => group.Key, group => $"{group.First().Sentence}; {group.First().Refusal}");
        Difference With(Difference difference) => difference.Refusal is null && why.TryGetValue(difference.Resource, out var refusal)
            ? difference with { Refusal = refusal }
            : difference;
        return diff with
        {
            ByResource = diff.ByResource.ToDictionary(entry => entry.Key, entry => (IReadOnlyList<Difference>)[.. entry.Value.Select(With)]),
        };
    }

    public static Diff Refuse(Diff diff)
    {
        var rivals = diff.Beside.Where(thing => thing.Loud && diff.ByResource.ContainsKey(thing.Resource)
            && thing.Resource.Kind == SiteKind).ToLookup(thing => thing.Resource);
        if (rivals.Count == 0)
            return diff;
        IReadOnlyList<Difference> Refused(ResourceId resource, IReadOnlyList<Difference> differences) => rivals[resource].FirstOrDefault() is { } rival
            ? [.. differences.Select(difference => difference with
            {
                Gate = null,
                Refusal = $"{rival.Sentence}, and a reload of nginx could put it in force: take that file away first",
            })]
            : differences;
        return diff with { ByResource = diff.ByResource.ToDictionary(entry => entry.Key, entry => Refused(entry.Key, entry.Value)) };
    }
}
