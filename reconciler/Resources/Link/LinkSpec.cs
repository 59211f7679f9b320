using Reconciler.Model;

namespace Reconciler.Resources.Link;

/// <summary>A symbolic link.</summary>
/// <param name="Path">Absolute.</param>
/// <param name="Target">Exactly what the link says, absolute or relative to the link's folder.</param>
internal sealed record LinkSpec(string Path, string Target) : ResourceSpec
{
    /// <summary>Where one that points elsewhere is switched; an absent one is always made in Prepare. See <c>FileSpec.Phase</c>.</summary>
    public Phase Phase { get; init; } = Phase.Secrets;
}
