using Reconciler.Git;

namespace Reconciler.Watching;

/// <summary>The files of one commit of code, and the text of those asked for.</summary>
internal sealed class CodeTree(GitMirror mirror, IReadOnlyList<TreeEntry> entries)
{
    private readonly Dictionary<string, TreeEntry> _byPath = entries.ToDictionary(entry => entry.Path, StringComparer.Ordinal);

    public IReadOnlyList<TreeEntry> Entries => entries;

    public TreeEntry? Find(string path) => _byPath.GetValueOrDefault(path);

    public async Task<byte[]> ReadAsync(TreeEntry entry, CancellationToken cancel) => (await mirror.ReadBlobsAsync([entry.Id], cancel))[entry.Id];
}
