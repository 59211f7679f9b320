namespace Reconciler.Documents;

/// <summary>The files of the desired state at one revision, as git has them.</summary>
/// <param name="Revision">Commit of the desired-state repository; shown in faults of a pinned base.</param>
/// <param name="Files">By path from the folder of the desired state, with / between the parts.</param>
internal sealed record DocumentTree(string Revision, IReadOnlyDictionary<string, TreeFile> Files);

/// <param name="Mode">As in <c>git ls-tree</c>: 100644, 100755, 120000 (a symbolic link), 160000 (a submodule).</param>
internal sealed record TreeFile(ReadOnlyMemory<byte> Content, string Mode = TreeFile.Ordinary)
{
    public const string Ordinary = "100644";

    public const string Executable = "100755";
}
