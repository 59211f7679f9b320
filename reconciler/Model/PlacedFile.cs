using System.Globalization;

namespace Reconciler.Model;

/// <summary>What a cheap look says of a file that the runner may have placed.</summary>
/// <param name="State">Whether it is there, and whether it is untouched since it was placed.</param>
/// <param name="Note">The note it was placed with; null unless <see cref="PlacedState.Same"/>.</param>
/// <param name="Mode">Octal, four digits, as <c>0640</c>; empty when absent.</param>
internal sealed record PlacedFile(PlacedState State, string? Note, string Mode, string Owner, string Group)
{
    /// <summary>The runner's record of each placed file: <c>NOTE INODE SIZE MTIME CTIME</c>, times with nanoseconds, below this folder at the file's own path.</summary>
    public const string Folder = "/var/lib/reconciler/server/placed";

    /// <summary>
    /// A fragment that prints one line per path: <c>absent</c>, <c>same NOTE MODE OWNER GROUP</c>, <c>changed MODE OWNER GROUP</c>, or
    /// <c>hidden</c> when a folder above does not let the login look. It starts one process (stat) for all of them.
    /// </summary>
    public static string Look(params IReadOnlyList<string> paths)
    {
        var words = Shell.Join(paths);
        return $$"""
            look() {
            p=$1 seen=$2
            case $seen in '') d=${p%/*}; while [ "$d" ] && [ ! -d "$d" ]; do d=${d%/*}; done; [ -x "${d:-/}" ] && echo absent || echo hidden; return;; esac
            n= r=
            [ -f "{{Folder}}$p" ] && read -r n r <"{{Folder}}$p"
            if [ "$n" ] && [ "$r" = "${seen#* * * }" ]; then echo "same $n ${seen%" $r"}"; else s=${seen#* * * }; echo "changed ${seen%" $s"}"; fi
            }
            all=$(stat -c '%n|%a %U %G %i %s %.9Y %.9Z' -- {{words}})
            nl='
            '
            for f in {{words}}; do s=; case "$nl$all" in *"$nl$f|"*) s="$nl$all"; s=${s#*"$nl$f|"}; s=${s%%"$nl"*};; esac; look "$f" "$s"; done
            """;
    }

    /// <summary>One entry per path asked, in that order; null for one that could not be seen.</summary>
    /// <exception cref="FormatException">The output is not what the fragment prints.</exception>
    public static IReadOnlyList<PlacedFile?> Read(string output) => [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(ReadLine)];

    private static PlacedFile? ReadLine(string line) => line.Split(' ') switch
    {
        ["hidden"] => null,
        ["absent"] => new(PlacedState.Absent, null, "", "", ""),
        ["same", var note, var mode, var owner, var group] => new(PlacedState.Same, note, Octal(mode), owner, group),
        ["changed", var mode, var owner, var group] => new(PlacedState.Changed, null, Octal(mode), owner, group),
        _ => throw new FormatException($"\"{line}\" is not what the look at a placed file prints"),
    };

    private static string Octal(string mode) => int.TryParse(mode, NumberStyles.None, CultureInfo.InvariantCulture, out _)
        ? mode.PadLeft(4, '0')
        : throw new FormatException($"\"{mode}\" is not a mode");
}

internal enum PlacedState
{
    Absent,

    /// <summary>Inode, size and both times are those of when it was placed.</summary>
    Same,

    /// <summary>Never placed by us, or touched since: only a look at the content can tell.</summary>
    Changed,
}
