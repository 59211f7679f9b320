using System.Text;
using Reconciler.Model;

namespace Reconciler.Watching;

/// <summary>A requirements file with every file that it takes in, read from one commit.</summary>
internal sealed class RequirementsClosure
{
    private const int MostFiles = 100;
    private const long MostBytes = 1_000_000;
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    private readonly CodeTree _tree;
    private readonly List<RequirementsFile> _files = [];
    private readonly List<string> _open = [];

    private RequirementsClosure(CodeTree tree) => _tree = tree;

    /// <returns>The start first, then the others in the order in which they are met, each once.</returns>
    /// <exception cref="CodeRefusedException"><see cref="CodeRefusal.Requirements"/>.</exception>
    public static async Task<IReadOnlyList<RequirementsFile>> ReadAsync(CodeTree tree, string start, CancellationToken cancel)
    {
        var closure = new RequirementsClosure(tree);
        await closure.AddAsync(start, "application.yaml", cancel);
        return closure._files;
    }

    private async Task AddAsync(string path, string from, CancellationToken cancel)
    {
        if (_open.Contains(path))
            throw Refused($"The requirements files take each other in, in a circle: {string.Join(" -> ", [.. _open, path])}. Take one of these lines out.");
        if (_files.Any(file => file.Path == path))
            return;
        if (_files.Count == MostFiles)
            throw Refused($"More than {MostFiles} requirements files are taken in.");
        var text = await TextAsync(path, from, cancel);
        _files.Add(new RequirementsFile(path, text));
        _open.Add(path);
        foreach (var included in RequirementsText.Includes(text))
            await AddAsync(Resolve(path, included), path, cancel);
        _open.Remove(path);
    }

    private async Task<string> TextAsync(string path, string from, CancellationToken cancel)
    {
        if (_tree.Find(path) is not { } entry)
            throw Refused($"{from} takes in {path}, which is not in the commit. Add the file, or correct the line.");
        if (!entry.IsFile || entry.Size > MostBytes)
            throw Refused($"{path}, taken in by {from}, is a link, or has more than {MostBytes} bytes. Put the list itself there.");
        try
        {
            return Strict.GetString(await _tree.ReadAsync(entry, cancel)).TrimStart('\uFEFF');
        }
        catch (DecoderFallbackException)
        {
            throw Refused($"{path} is not UTF-8. Save it as UTF-8.");
        }
    }

    /// <summary>As pip does: from the folder of the file that takes it in.</summary>
    private static string Resolve(string path, string included)
    {
        if (included.Contains("://") || included.StartsWith('/') || included.Contains('$') || included.StartsWith("file:", StringComparison.Ordinal))
            throw Refused($"{path} takes in '{included}', which is outside the repository. Put the file into the repository.");
        var parts = new List<string>(path.Split('/')[..^1]);
        foreach (var part in included.Split('/'))
        {
            if (part == ".." && parts.Count == 0)
                throw Refused($"{path} takes in '{included}', which is outside the repository. Put the file into the repository.");
            if (part == "..")
                parts.RemoveAt(parts.Count - 1);
            else if (part is not ("" or "."))
                parts.Add(part);
        }
        return string.Join('/', parts);
    }

    private static CodeRefusedException Refused(string sentence) => new(CodeRefusal.Requirements, sentence);
}
