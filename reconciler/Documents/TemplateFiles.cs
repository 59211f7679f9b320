using System.Text;

namespace Reconciler.Documents;

/// <param name="File">As in a <see cref="Model.Place"/>.</param>
internal sealed record TemplateFile(string File, ReadOnlyMemory<byte> Content)
{
    public string Text => Encoding.UTF8.GetString(Content.Span).TrimStart('\uFEFF');
}

/// <summary>Templates of one environment: the tree it is in, and the one that its base comes from.</summary>
internal sealed class TemplateFiles(DocumentTree tree, DocumentTree baseTree)
{
    public TemplateFile? Find(string environment, string folder, string path) =>
        Read(tree, $"{environment}/{folder}/{path}", "") ?? Read(baseTree, $"base/{folder}/{path}", Prefix);

    /// <summary>What stands before the path of a file of a pinned base: <c>git show</c> takes it as it is.</summary>
    public string Prefix => tree.Revision == baseTree.Revision ? "" : $"{baseTree.Revision[..Math.Min(12, baseTree.Revision.Length)]}:";

    private static TemplateFile? Read(DocumentTree tree, string path, string prefix) =>
        tree.Files.TryGetValue(path, out var file) ? new TemplateFile(prefix + path, file.Content) : null;
}
