using System.Globalization;
using Reconciler.Model;

namespace Reconciler.Resources.Code;

/// <summary>A file, or with a slash at its end a folder, that git neither has nor ignores.</summary>
/// <param name="Runs">Python may import it.</param>
internal sealed record UntrackedFile(string Path, DateTimeOffset Since, bool Runs);

/// <summary>
/// What lies in a checkout beside the commit. A settings file of somebody's own there changes what runs while git is as it should be;
/// uploads and a database file belong there. So it is said, and never a difference. Looked at only where git status is asked anyway.
/// </summary>
internal static class UntrackedFiles
{
    private const int Most = 50;
    private const int MostNamed = 4;

    /// <summary>As the owner, in the checkout. Names may hold anything but become one line each.</summary>
    public static string Script { get; } = $$"""
        listed() {
          git ls-files -z --others --exclude-standard -x __pycache__ -x '*.pyc' "$@" | head -z -n {{Most}} |
            xargs -0r stat --printf "$k %Z %n\0" -- | tr '\n\0' '?\n'
        }
        k=runs; listed -- '*.py' '*.so'
        k=lies; listed --directory --no-empty-directory
        """;

    /// <summary>As the login: what reconciler itself put there (secrets, files) is in the runner's record.</summary>
    public static string Placed(CodeSpec spec, string placed = "/var/lib/reconciler/server/placed") =>
        $"find {Shell.Quote(placed + spec.Path)} -type f -printf 'placed %P\\n' || true";

    public static IReadOnlyList<UntrackedFile> Read(IReadOnlyCollection<string> lines)
    {
        var placed = lines.Where(line => line.StartsWith("placed ", StringComparison.Ordinal)).Select(line => line[7..]).ToHashSet();
        var files = lines.Select(Parse).OfType<UntrackedFile>().Where(file => !placed.Contains(file.Path)).ToList();
        var named = files.Where(file => !file.Runs).Select(file => file.Path).ToHashSet();
        return
        [
            .. files.Where(file => file.Runs || !(IsVersions(file.Path, named) || HoldsOnly(file.Path, files, placed)))
                .DistinctBy(file => file.Path),
        ];
    }

    public static IEnumerable<Unmanaged> Say(ResourceId beside, CodeSpec spec, IReadOnlyList<UntrackedFile> files)
    {
        var (code, others) = (files.Where(file => file.Runs).ToList(), files.Where(file => !file.Runs).ToList());
        if (code.Count > 0)
            yield return Of(code, $"{spec.Path} has {Counted(code.Count, "file")} with code that git does not know: {Listed(code)}: "
                + "Python may import it in place of, or besides, what was deployed",
                "commit it, delete it there, or name it in .gitignore if it belongs there", loud: true);
        if (others.Count > 0)
            yield return Of(others,
                $"{spec.Path} has {Counted(others.Count, "file or folder", "files or folders")} that git does not know: {Listed(others)}",
                "leave it, if the site writes it itself (name it in .gitignore, and it is not told any more); else delete it there",
                    loud: false);

        Unmanaged Of(List<UntrackedFile> those, string sentence, string advice, bool loud) =>
            new(beside, $"{spec.Path} {(loud ? "code" : "files")}", sentence)
            {
                Loud = loud,
                Since = those.Min(file => file.Since),
                Advice = advice,
            };
    }

    private static string Counted(int count, string one, string? many = null) =>
        count == 1 ? $"a {one}" : $"{(count >= Most ? $"{Most} or more" : count)} {many ?? one + "s"}";

    private static string Listed(List<UntrackedFile> files) =>
        string.Join(", ", files.Take(MostNamed).Select(file => file.Path)) + (files.Count > MostNamed
            ? $" and {files.Count - MostNamed} more" : "");

    /// <summary>A link that is switched and the folder of its versions beside it (a virtualenv, static files) are ours.</summary>
    private static bool IsVersions(string path, HashSet<string> named) =>
        path.EndsWith(".d/", StringComparison.Ordinal) ? named.Contains(path[..^3]) : named.Contains(path + ".d/");

    /// <summary>A folder that is there because reconciler put a file into it, or that was named with its code already.</summary>
    private static bool HoldsOnly(string path, List<UntrackedFile> files, HashSet<string> placed) =>
        files.Exists(file => file.Runs && (file.Path == path || (path.EndsWith('/') && file.Path.StartsWith(path,
            StringComparison.Ordinal))))
        || (path.EndsWith('/') && placed.Any(file => file.StartsWith(path, StringComparison.Ordinal)));

    private static UntrackedFile? Parse(string line) => line.Split(' ', 3) switch
    {
        [("runs" or "lies") and var word, var time, { Length: > 0 } path] when long.TryParse(time, CultureInfo.InvariantCulture,
            out var seconds) =>
            new(path, DateTimeOffset.FromUnixTimeSeconds(seconds), word == "runs"),
        _ => null,
    };
}
