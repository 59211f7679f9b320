using Reconciler.Git;
using Reconciler.Model;

namespace Reconciler.Watching;

/// <summary>Reads one commit of the desired-state repository from the mirror.</summary>
internal sealed class RevisionReader(GitMirror mirror, string folder)
{
    private const int MostFiles = 20_000;
    private const long MostBytes = 1_000_000;
    private const long MostBytesInAll = 64_000_000;

    /// <exception cref="GitException"><see cref="GitFailure.NoSuchCommit"/>, or the mirror is broken.</exception>
    public async Task<DesiredStateRevision> ReadAsync(string commit, CancellationToken cancel)
    {
        var info = await mirror.CommitInfoAsync(commit, cancel);
        var tree = await mirror.ReadTreeAsync(commit, folder, cancel);
        var faults = new List<Diagnostic>();
        if (tree.Count > MostFiles || tree.Sum(entry => entry.Size) > MostBytesInAll)
        {
            faults.Add(Diagnostic.Error("too-much", Place.Of(folder.Length == 0 ? "." : folder),
                $"{tree.Count} files with {tree.Sum(entry => entry.Size)} bytes", $"at most {MostFiles} files with {MostBytesInAll} bytes; name the folder of the desired state"));
            return new DesiredStateRevision(info, new Dictionary<string, RevisionFile>(), faults);
        }
        var good = new List<(string Path, TreeEntry Entry)>();
        foreach (var entry in tree)
        {
            var path = folder.Length == 0 ? entry.Path : entry.Path[(folder.TrimEnd('/').Length + 1)..];
            if (FaultOf(path, entry) is { } fault)
                faults.Add(fault);
            else
                good.Add((path, entry));
        }
        var blobs = await mirror.ReadBlobsAsync([.. good.Select(file => file.Entry.Id)], cancel);
        return new DesiredStateRevision(info,
            good.ToDictionary(file => file.Path, file => new RevisionFile(file.Entry.Mode, blobs[file.Entry.Id]), StringComparer.Ordinal), faults);
    }

    private static Diagnostic? FaultOf(string path, TreeEntry entry)
    {
        if (path.Any(c => char.IsControl(c) || c == '\uFFFD' || c == '\\') || path.Split('/').Any(part => part is "" or "." or ".." || IsGitFolder(part)))
            return Diagnostic.Error("file-name", Place.Of(string.Concat(path.Select(c => char.IsControl(c) ? '\uFFFD' : c))),
                "this name is refused", "use UTF-8 without control characters and backslashes, and neither '..' nor '.git'");
        if (entry.IsLink)
            return Diagnostic.Error("link", Place.Of(path), "symbolic links are not followed", "put the file itself there");
        if (entry.IsSubmodule)
            return Diagnostic.Error("submodule", Place.Of(path), "submodules are not fetched", "put the files themselves there");
        return entry.Size > MostBytes
            ? Diagnostic.Error("too-large", Place.Of(path), $"{entry.Size} bytes", $"at most {MostBytes} bytes in one file")
            : null;
    }

    private static bool IsGitFolder(string part) => part.TrimEnd('.', ' ').Equals(".git", StringComparison.OrdinalIgnoreCase);
}
