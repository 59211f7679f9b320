using System.Globalization;
using Reconciler.Documents;
using Reconciler.Documents.Editing;
using Reconciler.Documents.Reading;
using Reconciler.Git;
using Reconciler.Model;

namespace Reconciler.Cli;

/// <summary>The desired state in a clone while a command rewrites some of its lines.</summary>
/// <param name="folder">Of the desired state in the repository.</param>
internal sealed class DesiredStateEdit(EditedClone clone, string folder, bool allowLocal)
{
    private HashSet<string> _before = [];

    public EditedClone Clone => clone;

    private string Root => Path.Combine(clone.Folder, folder);

    public static async Task<DesiredStateEdit> BeginAsync(EditedClone clone, string folder, bool allowLocal, CancellationToken cancellation)
    {
        var edit = new DesiredStateEdit(clone, folder.Trim('/'), allowLocal);
        if (!Directory.Exists(edit.Root))
            throw new EditException($"there is no folder {folder} in the repository; correct --folder");
        // Unsigned, it would keep that environment where it is, with all that come after it.
        clone.Sign = edit.Environments.Select(environment => edit.Get($"{environment}/environment.yaml", "spec", "verify")).FirstOrDefault(verify => verify is not null)
            is { } sort ? sort == "ssh" ? "ssh" : "openpgp" : null;
        edit._before = [.. (await edit.FaultsAsync(cancellation)).Select(fault => $"{fault}")];
        return edit;
    }

    /// <summary>Path in the repository, for git.</summary>
    public string PathOf(string file) => folder.Trim('/') is { Length: > 0 } top ? $"{top}/{file}" : file;

    public bool Has(string file) => File.Exists(Path.Combine(Root, file));

    public IReadOnlyList<string> Environments => [.. Folders(Root).Where(name => name != "base" && Has($"{name}/environment.yaml"))];

    public IReadOnlyList<string> ApplicationsIn(string environment) =>
        [.. Folders(Path.Combine(Root, environment)).Where(name => Has($"{environment}/{name}/application.yaml"))];

    /// <exception cref="UsageException">There is no such thing.</exception>
    public void Require(string environment, string? application = null)
    {
        if (!Environments.Contains(environment))
            throw new UsageException($"there is no environment {environment}; there are {Listed(Environments)}");
        if (application is not null && !ApplicationsIn(environment).Contains(application))
            throw new UsageException(
                $"there is no application {application} in {environment}; there are {Listed(ApplicationsIn(environment))}");
    }

    public string? Get(string file, params ReadOnlySpan<string> path) => Has(file) ? Open(file).Get(path) : null;

    /// <summary>Rewrites a file; one that is not there begins as <paramref name="otherwise"/>.</summary>
    public void Rewrite(string file, Action<YamlEdit> change, string? otherwise = null)
    {
        var edit = Has(file) || otherwise is null ? Open(file) : new YamlEdit(file, otherwise);
        change(edit);
        Write(file, edit.Text);
    }

    /// <summary>A text file beside documents, whole.</summary>
    public void Write(string file, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(Root, file))!);
        File.WriteAllText(Path.Combine(Root, file), text);
    }

    /// <summary>What the controller would refuse is not pushed. What it refuses already is somebody else's to mend.</summary>
    /// <exception cref="EditException">Names the faults.</exception>
    public async Task CheckAsync(CancellationToken cancellation)
    {
        var fresh = (await FaultsAsync(cancellation)).Where(fault => !_before.Contains($"{fault}")).ToList();
        if (fresh.Count > 0)
            throw new EditException($"that would be refused, and was not pushed:\n{string.Join('\n', fresh)}");
    }

    private YamlEdit Open(string file) => Has(file)
        ? new(file, File.ReadAllText(Path.Combine(Root, file)))
        : throw new EditException($"there is no {file} in the repository; write it first");

    private async Task<IEnumerable<Diagnostic>> FaultsAsync(CancellationToken cancellation) =>
        (await ReadAsync(cancellation)).Diagnostics.Where(fault => fault.Severity == Severity.Error);

    /// <summary>What the documents of an environment say together.</summary>
    /// <exception cref="EditException">They have faults.</exception>
    public async Task<DesiredEnvironment> DocumentsAsync(string environment, CancellationToken cancellation) =>
        await ReadAsync(cancellation) is var read && read.Environments.TryGetValue(environment, out var desired) ? desired
            : throw new EditException($"the documents of {environment} have faults, mend them first:\n"
                + string.Join('\n', read.Diagnostics.Where(fault => fault.Severity == Severity.Error)));

    private async Task<ReadResult> ReadAsync(CancellationToken cancellation)
    {
        var tree = FolderTree.Read(Root);
        var bases = new Dictionary<string, DocumentTree>();
        foreach (var pin in DocumentReader.BasePins(tree).Values.Where(CommitId.IsWhole).Distinct())
        {
            var at = $"{clone.Folder}-{pin}";
            var isThere = Directory.Exists(at)
                || (await clone.RunAsync(["worktree", "add", "--quiet", "--detach", at, pin], TimeSpan.FromMinutes(2), cancellation))
                    .ExitCode == 0;
            if (isThere && Directory.Exists(Path.Combine(at, folder)))
                bases[pin] = FolderTree.Read(Path.Combine(at, folder));
        }
        return DocumentReader.Read(tree, new ReadOptions
        {
            AllowLocalRepositories = allowLocal,
            BaseTrees = bases,
            ResourceKinds = Resources.ResourceKinds.All.Keys.ToHashSet(),
        });
    }

    private static IEnumerable<string> Folders(string path) =>
        Directory.EnumerateDirectories(path).Select(Path.GetFileName).OfType<string>().Order(StringComparer.Ordinal);

    private static string Listed(IReadOnlyList<string> names) => names.Count == 0 ? "none" : string.Join(", ", names);

    /// <summary>As documents write it.</summary>
    public static string TimeOf(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
}
