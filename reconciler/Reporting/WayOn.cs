namespace Reconciler.Reporting;

/// <summary>A way to go on from where something stands.</summary>
/// <param name="What">What is done: "in production/acknowledgements.yaml, below `spec:`".</param>
/// <param name="Paste">Ready to be typed or pasted; null when there is nothing to.</param>
internal sealed record WayOn(string What, string? Paste)
{
    /// <summary>What a sentence leaves to be said: all of them, as a list that lacks what was said above misleads; none when it names each.</summary>
    public static IEnumerable<WayOn> Beyond(string sentence, IReadOnlyList<WayOn> ways) =>
        ways.All(way => way.Paste is not null && sentence.Contains(way.Paste, StringComparison.Ordinal)) ? [] : ways;

    /// <summary>The paste stands on a line of its own.</summary>
    public override string ToString() => Paste is null ? What : $"{What}:\n  {Paste}";
}
