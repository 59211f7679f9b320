namespace Reconciler.Reporting;

/// <summary>A way to go on from where something stands.</summary>
/// <param name="What">What is done: "in production/acknowledgements.yaml, below `spec:`".</param>
/// <param name="Paste">Ready to be typed or pasted; null when there is nothing to.</param>
internal sealed record WayOn(string What, string? Paste)
{
    /// <summary>Those that a sentence does not name already.</summary>
    public static IEnumerable<WayOn> Beyond(string sentence, IEnumerable<WayOn> ways) =>
        ways.Where(way => way.Paste is null || !sentence.Contains(way.Paste, StringComparison.Ordinal));

    /// <summary>The paste stands on a line of its own.</summary>
    public override string ToString() => Paste is null ? What : $"{What}:\n  {Paste}";
}
