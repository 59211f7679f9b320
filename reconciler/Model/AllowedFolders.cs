namespace Reconciler.Model;

/// <summary>
/// Whether the runner of a server may do anything at a path, by its own list: known when the plan is made, so that nothing is stopped for what it
/// would refuse. The runner judges again.
/// </summary>
internal static class AllowedFolders
{
    /// <summary>A fragment, last in its subshell, that prints <c>outside REAL-PATH</c> when the list does not allow it; nothing when it does or cannot be read.</summary>
    /// <param name="directory">A directory itself: an allowed folder counts, and each missing one above it must be allowed as well.</param>
    /// <param name="link">A link, or what is removed: places named by <c>link</c> lines count.</param>
    public static string Look(string path, bool directory = false, bool link = false, string conf = RunnerRoots.Configuration)
    {
        var start = directory ? "$p" : "${p%/*}";
        var judged = directory ? "case $p in \"$d\") t=$at;; *) t=${p#\"$d\"/} t=${PWD%/}/${t%%/*};; esac" : "t=$at";
        var itself = directory ? " | \"$root\"" : "";
        var links = link ? " link) case $t in \"$root\") ok=1;; esac;;" : "";
        return $$"""
            p={{Shell.Quote(path)}}
            d={{start}}
            while [ "$d" ] && [ ! -d "$d" ]; do d=${d%/*}; done
            if [ -r {{conf}} ] && cd -P -- "${d:-/}" 2>/dev/null; then
            at=${PWD%/}${p#"$d"} ok= any=
            {{judged}}
            while read -r word root; do
            case $word in root) any=1; case $t in "$root"/?*{{itself}}) ok=1;; esac;;{{links}} esac
            done <{{conf}}
            [ "$ok" ] || [ ! "$any" ] || echo "outside $at"
            fi

            """;
    }

    /// <summary>The real path that is outside; null when no line says so.</summary>
    public static string? Read(IEnumerable<string> lines) =>
        lines.FirstOrDefault(line => line.StartsWith("outside /", StringComparison.Ordinal))?["outside ".Length..];

    /// <summary>In the place of differences that the runner would refuse to mend: a sentence with the line that would allow it.</summary>
    /// <param name="real">From <see cref="Read"/>.</param>
    public static IEnumerable<Difference> Refuse(IEnumerable<Difference> differences, string real, bool directory = false)
    {
        var folder = directory ? real : real[..real.LastIndexOf('/')];
        return differences.Take(1).Select(difference => difference with
        {
            Sentence = $"{difference.Sentence}, and reconciler may not change it there: {real} is outside the folders that {RunnerRoots.Configuration} on {difference.Resource.Server} allows",
            Gate = null,
            Refusal = !RunnerRoots.MayBe(folder)
                ? $"name another path in git: {(folder.Length == 0 ? "/" : folder)} is the system's, and cannot be allowed as a whole"
                : $"as root on {difference.Resource.Server}, add the line `root {folder}` to {RunnerRoots.Configuration}; or name another path in git",
        });
    }
}
