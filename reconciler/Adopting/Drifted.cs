using Reconciler.Documents.Expansion;
using Reconciler.Model;

namespace Reconciler.Adopting;

/// <summary>One resource on one server that is not as git says, and why.</summary>
/// <param name="Cause">Null when no look was kept.</param>
internal sealed record Drifted(Unit Unit, Resource Resource, IReadOnlyList<Difference> Differences, DriftCause? Cause)
{
    /// <summary>For a file: its text on the server; null when it was not read.</summary>
    public string? Live { get; init; }

    /// <summary>Why it was not.</summary>
    public string? Unread { get; init; }

    /// <summary>For a checkout: the commit that it is at.</summary>
    public string? Head { get; init; }

    /// <summary>For a checkout: why its commit may not run; null when it may.</summary>
    public string? HeadRefused { get; init; }
}
