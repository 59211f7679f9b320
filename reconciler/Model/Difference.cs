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
    /// <summary>
    /// Set when converging would lose something or needs a person: the plan is refused in Prepare, and this sentence says what would
    /// fix it ("commit and push the edits, or set localChanges: discard").
    /// </summary>
    public string? Refusal { get; init; }

    /// <summary>
    /// As <see cref="Refusal"/>, where the thing was seen there before: made anew and empty, it would hide that something was lost.
    /// </summary>
    public string? RefusalOnceThere { get; init; }

    /// <summary>Its refusal keeps nothing else of its resource from being mended.</summary>
    public bool StandsAlone { get; init; }

    /// <summary>What only a person does, on the server.</summary>
    public IReadOnlyList<ByHand> ByHand { get; init; } = [];

    /// <summary>The name of the gate that an acknowledgement may open (<c>drift</c>, <c>databaseAhead</c>), where there is one.</summary>
    public string? Gate { get; init; }

    /// <summary>
    /// What this resource has read and is no longer as it was then. While that itself is not as git says, this is no difference: a restart now would only
    /// bring a hand's edit into force, and whoever mends that restarts its readers anyway.
    /// </summary>
    public ResourceId? Follows { get; init; }

    /// <summary>The resource kind whose policy (<c>selfHeal</c>) decides whether this drift is mended: a database server that was stopped is a service.</summary>
    public string HealedAs { get => field ?? Resource.Kind; init; }

    /// <summary>The document line that says so.</summary>
    public Place? Origin { get; init; }
}

/// <summary>A way on that a person takes on the server, as root.</summary>
/// <param name="What">What it does: "restore the dump".</param>
/// <param name="Command">Ready to be pasted.</param>
internal sealed record ByHand(string What, string Command);
