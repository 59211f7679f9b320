using Reconciler.Model;

namespace Reconciler.Planning;

/// <summary>
/// Upstream lines from <c>{{> upstream}}</c>: here alone servers are marked <c>down</c> in them. Those that a run goes without; <see cref="RollingOrder"/> has those
/// that are drained.
/// </summary>
internal static class UpstreamMarks
{
    /// <returns>What git says of each, with these servers and no others marked.</returns>
    public static IReadOnlyList<Resource> Of(IReadOnlyList<Resource> resources, IReadOnlySet<string> down) =>
        [.. resources.Select(resource => resource.Spec.LeavingOut(down) is var spec && spec == resource.Spec ? resource : resource with { Spec = spec })];
}
