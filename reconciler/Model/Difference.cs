namespace Reconciler.Model;

/// <summary>How a difference counts in a plan: to add, to change, to remove, unknown.</summary>
internal enum DifferenceType
{
    Add,
    Change,
    Remove,
    Unknown,
}

/// <summary>A mismatch between what git says and what the server says.</summary>
/// <param name="Sentence">For a person who does not know the tool; never holds a secret.</param>
/// <param name="Wanted">What git says, short; null where there is nothing short to say.</param>
/// <param name="Observed">What the server says, short.</param>
internal sealed record Difference(ResourceId Resource, DifferenceType Type, string Sentence, string? Wanted = null, string? Observed = null)
{
    /// <summary>The document line that says so.</summary>
    public Place? Origin { get; init; }
}
