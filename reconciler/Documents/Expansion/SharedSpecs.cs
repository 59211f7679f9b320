using System.Runtime.InteropServices;
using Reconciler.Model;

namespace Reconciler.Documents.Expansion;

/// <summary>
/// One object for what git says alike of many servers: a fleet has few sorts of servers, and a site's text or a page stands in memory once.
/// </summary>
internal sealed class SharedSpecs
{
    private readonly Dictionary<ResourceSpec, ResourceSpec> _known = [];

    public Resource Share(Resource resource)
    {
        ref var known = ref CollectionsMarshal.GetValueRefOrAddDefault(_known, resource.Spec, out var exists);
        if (exists)
            return ReferenceEquals(known, resource.Spec) ? resource : resource with { Spec = known! };
        known = resource.Spec;
        return resource;
    }
}
