using Reconciler.Documents.Contracts;
using Reconciler.Documents.Yaml;
using Reconciler.Model;

namespace Reconciler.Documents.Reading;

/// <summary>The documents of a tree, each checked by itself.</summary>
/// <param name="Documents">By path.</param>
/// <param name="Environments">Top folders that hold documents, without base; sorted.</param>
internal sealed record TreeContent(IReadOnlyDictionary<string, DocumentFile> Documents, IReadOnlyList<string> Environments,
    DocumentTree Tree)
{
    /// <summary>Folders of an environment in which anything stands, without host; sorted.</summary>
    public IReadOnlyList<string> ApplicationsOf(string environment) =>
        [.. Tree.Files.Keys.Where(path => path.StartsWith(environment + "/", StringComparison.Ordinal)).Select(path => path.Split('/'))
            .Where(parts => parts.Length > 2 && parts[1] != ResourceId.Host).Select(parts =>
                parts[1]).Distinct().Order(StringComparer.Ordinal)];
}

/// <summary>Finds the documents in a tree: what stands where, and what may not stand there.</summary>
internal sealed class TreeReader(DocumentTree tree, string prefix, List<Diagnostic> diagnostics)
{
    public const string Base = "base";

    private const int MostFiles = 20_000;

    private readonly Dictionary<string, DocumentFile> _documents = [];

    /// <param name="prefix">Before every path in a <see cref="Place"/>: the commit of a pinned base.</param>
    /// <param name="onlyBase">Of a pinned tree nothing else counts.</param>
    public static TreeContent Read(DocumentTree tree, string prefix, bool onlyBase, List<Diagnostic> diagnostics)
    {
        var reader = new TreeReader(tree, prefix, diagnostics);
        if (tree.Files.Count > MostFiles)
            reader.Report("too-many-files", "", $"the tree has {tree.Files.Count} files", $"at most {MostFiles}");
        var paths = tree.Files.Keys.Where(path =>
            !onlyBase || path.StartsWith(Base + "/", StringComparison.Ordinal)).Order(StringComparer.Ordinal).Take(MostFiles).ToList();
        var environments = onlyBase ? [] : FindEnvironments(paths);
        foreach (var path in paths)
            reader.ReadFile(path, environments);
        return new TreeContent(reader._documents,
            [.. environments.Where(name => Forms.Of(Form.Name).Judge(name) is null && name != ResourceId.Host)], tree);
    }

    private static List<string> FindEnvironments(IEnumerable<string> paths) =>
        [.. paths.Where(IsYaml).Select(path => path.Split('/')).Where(parts => parts.Length > 1 && parts[0] != Base && !parts[0].StartsWith('.'))
            .Select(parts => parts[0]).Distinct()];

    private void ReadFile(string path, List<string> environments)
    {
        var parts = path.Split('/');
        var inside = parts[0] == Base || environments.Contains(parts[0]);
        if (!IsSound(path, parts))
            return;
        if (!inside && parts.Length == 1 && IsYaml(path))
            Report("misplaced-file", path, "a document outside of base/ and of every environment",
                "move it into base/APPLICATION, base/host or an environment's folder");
        if (!inside || (parts.Length > 1 && !HasSoundFolders(path, parts)))
            return;
        if (parts.Length <= 3 && IsYaml(path))
            ReadDocument(path, parts);
    }

    private bool IsSound(string path, string[] parts)
    {
        if (parts.Any(part => part is "" or "." or ".." || part.Equals(".git", StringComparison.OrdinalIgnoreCase) || part
            .Any(char.IsControl)))
            Report("bad-path", path, "a path with an empty part, `.`, `..`, .git or a control character", "rename it");
        else if (tree.Files[path].Mode == "120000")
            Report("symbolic-link", path, "a symbolic link", "put the file itself there: what a link leads to is not reviewed with it");
        else if (tree.Files[path].Mode == "160000")
            Report("submodule", path, "a submodule", "remove it: submodules are never fetched");
        else
            return true;
        return false;
    }

    /// <summary>The environment's and the application's folder.</summary>
    private bool HasSoundFolders(string path, string[] parts)
    {
        foreach (var (folder, index) in parts[..^1].Take(2).Select((folder, index) => (folder, index)))
        {
            var reserved = folder == (index == 0 ? Base : ResourceId.Host);
            if (!reserved && folder is Base or ResourceId.Host)
                Report("reserved-name", path, $"`{folder}` is a reserved name",
                    "only the folders base/ and ENVIRONMENT/host/, base/host/ are called so");
            else if (!reserved && Forms.Of(Form.Name).Judge(folder) is { } fault)
                Report("bad-name", path, $"the folder's name {Shown.Value(folder)} {fault}", $"it must be {Forms.Of(Form.Name).Allowed}");
            else
                continue;
            return false;
        }
        return true;
    }

    private void ReadDocument(string path, string[] parts)
    {
        var folder = string.Join('/', parts[..^1]);
        var home = parts.Length switch
        {
            2 when parts[0] == Base => (Home)0,
            2 => Home.Environment,
            _ when parts[1] == ResourceId.Host => Home.Host,
            _ when parts[0] == Base => Home.Application,
            _ => Home.Application | Home.ApplicationHere,
        };
        if (FindKind(path, parts[^1], home) is { } kind)
            _documents[path] = new EnvelopeReader(diagnostics).Read(prefix + path, folder, parts[^2], kind, tree.Files[path].Content.Span);
    }

    private DocumentKind? FindKind(string path, string file, Home home)
    {
        var kind = DocumentKind.All.FirstOrDefault(candidate => candidate.FileName == file);
        var here = DocumentKind.All.Where(candidate => (candidate.Home & home) != 0).Select(candidate => candidate.FileName).ToList();
        if (kind is not null && (kind.Home & home) != 0)
            return kind;
        if (kind is not null && (kind.LaterHome & home) != 0)
            Report("not-in-this-version", path, $"{file} of {(home == Home.Host ? "host" : "an application")} is not in this version",
                $"it belongs to {(home == Home.Host ? "an application's folder" : "host/")}");
        else if (kind is not null)
            Report("misplaced-file", path, $"a document of kind {kind.Name} does not belong here",
                here.Count == 0 ? "here are only folders" : $"here: {string.Join(", ", here)}");
        else if (DocumentKind.NotYet.FirstOrDefault(name =>
            name.Equals(file[..file.LastIndexOf('.')], StringComparison.OrdinalIgnoreCase)) is { } later)
            Report("not-in-this-version", path, $"the kind {later} is not in this version", "remove the file; a later version brings it");
        else
            Report("unknown-file", path, $"{Shown.Value(file)} is not named after a kind",
                $"{Nearest.Hint(file, here)}; templates in YAML stand one folder deeper");
        return null;
    }

    private static bool IsYaml(string path) =>
        path.EndsWith(".yaml", StringComparison.OrdinalIgnoreCase) || path.EndsWith(".yml", StringComparison.OrdinalIgnoreCase);

    private void Report(string code, string path, string what, string fix) =>
        diagnostics.Add(Diagnostic.Error(code, Place.Of(prefix + Escaped(path)), what, fix));

    /// <summary>A path may hold anything that git allows.</summary>
    private static string Escaped(string path) => path.Any(char.IsControl) ? Shown.Value(path) : path;
}
