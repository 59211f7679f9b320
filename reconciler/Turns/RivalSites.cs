using Reconciler.Diffing;
using Reconciler.Model;

namespace Reconciler.Turns;

/// <summary>
/// A file by hand that claims a site's server_name or default_server may not be in force yet: nginx reads it with the next reload, and may
/// then answer with it in place of the site, and of its cover. So no run that would reload nginx for that site begins.
/// </summary>
internal static class RivalSites
{
    public static Diff Refuse(Diff diff)
    {
        var rivals = diff.Beside.Where(thing => thing.Loud && diff.ByResource.ContainsKey(thing.Resource)
            && thing.Resource.Kind == "NginxSite").ToLookup(thing => thing.Resource);
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
