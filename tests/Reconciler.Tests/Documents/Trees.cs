using System.Text;
using Reconciler.Documents;

namespace Reconciler.Tests.Documents;

/// <summary>Trees of documents for tests: from a folder, or from one file with <c>--- path</c> before each part.</summary>
internal static class Trees
{
    public const string Revision = "1111111111111111111111111111111111111111";

    public static string Repository { get; } = FindRepository();

    public static DocumentTree Example => FromFolder(Path.Combine(Repository, "desired-state"));

    public static DocumentTree FromFolder(string folder) => new(Revision, Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
        .ToDictionary(file => Path.GetRelativePath(folder, file).Replace('\\', '/'), file => new TreeFile(File.ReadAllBytes(file))));

    public static DocumentTree With(this DocumentTree tree, string path, string content, string mode = TreeFile.Ordinary) =>
        tree.With(path, Encoding.UTF8.GetBytes(content), mode);

    public static DocumentTree With(this DocumentTree tree, string path, byte[] content, string mode = TreeFile.Ordinary) =>
        tree with { Files = new Dictionary<string, TreeFile>(tree.Files) { [path] = new TreeFile(content, mode) } };

    public static DocumentTree Without(this DocumentTree tree, string prefix) =>
        tree with { Files = tree.Files.Where(file => !file.Key.StartsWith(prefix, StringComparison.Ordinal)).ToDictionary() };

    public static DocumentTree Replacing(this DocumentTree tree, string path, string old, string text)
    {
        var content = tree.Text(path);
        content.ShouldContain(old);
        return tree.With(path, content.Replace(old, text));
    }

    public static string Text(this DocumentTree tree, string path) => Encoding.UTF8.GetString(tree.Files[path].Content.Span);

    private static string FindRepository()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Reconciler.sln")))
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("The tests run outside of the repository.");
        return folder;
    }
}
