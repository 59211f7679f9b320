namespace Reconciler.Adopting;

/// <summary>One change of the desired state, in the environment's own folder: the base is other environments' too.</summary>
/// <param name="File">From the top of the desired state.</param>
/// <param name="Sentence">What drifted.</param>
internal abstract record Adoption(string File, string Sentence)
{
    /// <summary>A template, whole.</summary>
    public sealed record Text(string File, string Sentence, string Content) : Adoption(File, Sentence);

    /// <summary>A single value.</summary>
    /// <param name="Kind">Of the document.</param>
    /// <param name="Entry">The named thing; null for a document that is one itself.</param>
    /// <param name="Yaml">As YAML.</param>
    public sealed record Value(string File, string Sentence, string Kind, string? Entry, string Key, string Yaml)
        : Adoption(File, Sentence);
}

/// <param name="Sentence">What drifted.</param>
/// <param name="Why">It stays out of git, and what to do instead.</param>
internal sealed record NotAdopted(string Sentence, string Why);

/// <param name="Changes">Each once, whatever number of servers it is the same on.</param>
internal sealed record Adoptions(IReadOnlyList<Adoption> Changes, IReadOnlyList<NotAdopted> Left);
