using Reconciler.Documents;

namespace Reconciler.Cli;

/// <summary>A folder of this machine as a document tree: for <c>validate</c> and <c>render</c> before anything is committed.</summary>
internal static class FolderTree
{
    /// <exception cref="UsageException">There is no such folder.</exception>
    public static DocumentTree Read(string folder)
    {
        if (!Directory.Exists(folder))
            throw new UsageException($"there is no folder {folder}");
        var files = new Dictionary<string, TreeFile>();
        foreach (var path in Directory.EnumerateFiles(folder, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None }))
        {
            var relative = Path.GetRelativePath(folder, path);
            if (relative.StartsWith(".git/", StringComparison.Ordinal))
                continue;
            var link = File.GetAttributes(path).HasFlag(FileAttributes.ReparsePoint);
            files[relative] = link ? new TreeFile(default, "120000") : new TreeFile(File.ReadAllBytes(path));
        }
        return new DocumentTree("0000000000000000000000000000000000000000", files);
    }
}
