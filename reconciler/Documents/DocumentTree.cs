namespace Reconciler.Documents;

/// <summary>The files of the desired state at one revision, as git has them.</summary>
/// <param name="Revision">Commit of the desired-state repository; shown in faults of a pinned base.</param>
/// <param name="Files">By path from the folder of the desired state, with / between the parts.</param>
internal sealed record DocumentTree(string Revision, IReadOnlyDictionary<string, TreeFile> Files)
{
    /// <summary>Whether two revisions have the same files with the same content below a folder.</summary>
    /// <param name="folder">With / at its end.</param>
    public static bool HoldTheSame(DocumentTree one, DocumentTree other, string folder)
    {
        var (before, after) = (one.Below(folder).ToList(), other.Below(folder).Count());
        return before.Count == after && before.All(file => other.Files.TryGetValue(file.Key, out var now)
            && now.Mode == file.Value.Mode && now.Content.Span.SequenceEqual(file.Value.Content.Span));
    }

    private IEnumerable<KeyValuePair<string, TreeFile>> Below(string folder) => Files.Where(file => file.Key.StartsWith(folder, StringComparison.Ordinal));
}

/// <param name="Mode">As in <c>git ls-tree</c>: 100644, 100755, 120000 (a symbolic link), 160000 (a submodule).</param>
internal sealed record TreeFile(ReadOnlyMemory<byte> Content, string Mode = TreeFile.Ordinary)
{
    public const string Ordinary = "100644";

    public const string Executable = "100755";
}
