using Reconciler.Model;

namespace Reconciler.Observing;

/// <summary>What one look at an environment's servers gave.</summary>
/// <param name="Resources">An entry for every resource asked for; those of a server that did not answer are unknown.</param>
/// <param name="Unreachable">Servers that did not answer, each with a sentence that says why and what to do.</param>
internal sealed record Observed(IReadOnlyDictionary<ResourceId, Observation> Resources, IReadOnlyDictionary<string, string> Unreachable)
{
    /// <summary>When each of those that were found was last looked at without anything remembered: now, or earlier.</summary>
    public IReadOnlyDictionary<ResourceId, DateTimeOffset> VerifiedAt { get; init; } = new Dictionary<ResourceId, DateTimeOffset>();

    /// <summary>Servers that have not answered yet and of which nothing is known from before; none when the look is over.</summary>
    public IReadOnlySet<string> Awaited { get; init; } = new HashSet<string>();
}
