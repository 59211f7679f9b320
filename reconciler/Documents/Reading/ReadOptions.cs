namespace Reconciler.Documents.Reading;

/// <summary>What the reader must know from outside; all of it data.</summary>
internal sealed record ReadOptions
{
    public static ReadOptions Default { get; } = new();

    /// <summary>Repositories by <c>file://</c> or absolute path: for tests and the demo.</summary>
    public bool AllowLocalRepositories { get; init; }

    /// <summary>
    /// The trees that environments pin with <c>base:</c>, by commit: those of <see cref="DocumentReader.BasePins"/> that the caller found among the
    /// revision's ancestors. A pinned one that is missing here is a fault.
    /// </summary>
    public IReadOnlyDictionary<string, DocumentTree> BaseTrees { get; init; } = new Dictionary<string, DocumentTree>();

    /// <summary>Names of the resource kinds, to which <c>selfHeal</c> refers; without any, every name is taken.</summary>
    public IReadOnlySet<string> ResourceKinds { get; init; } = new HashSet<string>();
}
