namespace Reconciler.Model;

/// <summary>
/// A folder <c>LINK.d/NAME</c> that is built whole and then only read. Beside it lie <c>.NAME.ready</c>, and since its end <c>.NAME.dirs</c>
/// and <c>.NAME.files</c>: every folder in it, and of every file and link size, time and target. Whatever is added to a folder, removed from
/// it or replaced in it makes that folder newer than the list (POSIX, XBD 4.9 and the pages of the calls that mark its time for update): so
/// a cheap look need read no file. One edited in place is found by comparing with the list.
/// </summary>
internal sealed record BuiltFolder(string Link, string Name)
{
    // Whole seconds: what was put back from an archive has no others.
    private const string Listing = "find . -name __pycache__ -prune -o ! -type d ! -name '*.pyc' -printf '%P|%y|%s|%T@|%l\\n'"
        + " | sed 's/|\\([0-9]*|[0-9]*\\)[.][0-9]*|/|\\1|/' | sort";

    private const int MostLines = 1000;

    public string Path => $"{Link}.d/{Name}";

    public string ReadyFile => $"{Record}.ready";

    /// <summary>A successor, built while this one is still in use.</summary>
    public BuiltFolder Beside => this with { Name = $"{Name}.new" };

    private string Record => $"{Link}.d/.{Name}";

    /// <summary>The files that tell how it was built.</summary>
    public IEnumerable<string> Records => [$"{Record}.dirs", $"{Record}.files"];

    /// <summary>
    /// A fragment that prints one line: <c>built gone</c>, <c>built same</c>, or <c>built newer</c> with a digest of when its folders changed;
    /// nothing where nobody noted what was built. One process for all folders, and two more where any changed.
    /// </summary>
    public string Look => $$"""
        (d={{Shell.Quote(Path)}} r={{Shell.Quote(Record)}}
        if [ ! -d "$d" ]; then echo 'built gone'; exit; fi
        [ -f "$r.dirs" ] && [ -f "$r.files" ] && cd "$d" || exit
        set -f
        IFS='
        ' n=
        for f in $(cat "$r.dirs"); do [ -d "$f" ] && [ ! "$f" -nt "$r.files" ] || n="$n$f$IFS"; done
        if [ -z "$n" ]; then echo 'built same'; else echo "built newer $(LC_ALL=C stat -c '%n %.9Y' -- $n 2>&1 | cksum)"; fi)
        """;

    /// <summary>Compares every file with the list, as the user to whom they belong.</summary>
    /// <param name="cheap">The cheap look whole: its answer comes first once more.</param>
    public Probe Compare(string user, string cheap) => new(cheap)
    {
        Request = RunnerRequest.Run(user, $"{Link}.d", "-", new PayloadPart.Text($$"""
            export LC_ALL=C
            cd ./{{Shell.Quote(Name)}} || exit
            now=$({{Listing}} | comm -3 - {{Shell.Quote($"../.{Name}.files")}} | sed 's/^\t/had /;t;s/^/has /')
            [ -z "$now" ] || { printf '%s\n' "$now" | head -n {{MostLines}}; echo "differing $(printf '%s\n' "$now" | wc -l)"; }
            echo 'compared'

            """)),
    };

    /// <summary>Empties it, or makes it, so that nothing counts as built; for scripts with <c>set -e</c>.</summary>
    /// <param name="at">Where the script finds it: a successor may be bound over what is in use.</param>
    public string Begin(string at) => $$"""
        rm -f {{Shell.Quote(ReadyFile)}} {{Shell.Quote(Record + ".files")}} {{Shell.Quote(Record + ".dirs")}}
        mkdir -p {{Shell.Quote(at)}}
        find {{Shell.Quote(at + "/")}} -mindepth 1 -delete

        """;

    /// <summary>Removes what is half built: a disk that was full of it has room again.</summary>
    /// <inheritdoc cref="Begin"/>
    public string Abandon(string at) => $$"""
        find {{Shell.Quote(at + "/")}} -mindepth 1 -delete 2>/dev/null
        rmdir {{Shell.Quote(at)}} 2>/dev/null
        rm -f {{Shell.Quote(Record + ".files")}} {{Shell.Quote(Record + ".dirs")}}

        """;

    /// <summary>Notes what was built, all of it on the disk: what makes it count as ready comes after this, and may outlive a power cut alone.</summary>
    /// <inheritdoc cref="Begin"/>
    public string Note(string at) => $$"""
        (export LC_ALL=C r={{Shell.Quote(Record)}}
        cd {{Shell.Quote(at)}}
        find . -name __pycache__ -prune -o -type d -print >"$r.dirs"
        {{Listing}} >"$r.files"
        sync -f .)

        """;

    /// <summary>Notes anew, for scripts, what is in the folder that a link leads to, if that is one that was built whole.</summary>
    public static string NoteAnew(string link) => $$"""
        (s={{Shell.Quote(link)}}
        d=$(readlink "$s") && export LC_ALL=C r="$s.d/.${d##*/}" && [ -e "$r.ready" ] && cd "$d" || exit 0
        find . -name __pycache__ -prune -o -type d -print >"$r.dirs.new" && {{Listing}} >"$r.files.new" && mv "$r.dirs.new" "$r.dirs" && mv "$r.files.new" "$r.files")

        """;

    /// <summary>
    /// Puts the successor in its place: two renames, between which nothing is there for a moment. Whoever dies in the middle leaves what the
    /// same script brings to its end. Runs in the folder above.
    /// </summary>
    public string TakeOver() => $$"""
        set -e
        n={{Shell.Quote(Name)}}
        if [ -d "./$n.new" ]; then
        rm -f "./.$n.ready" "./.$n.files" "./.$n.dirs"
        [ ! -e "./$n" ] || mv "./$n" "./.$n.old.$$"
        mv "./$n.new" "./$n"
        fi
        for f in dirs files ready; do [ ! -e "./.$n.new.$f" ] || mv "./.$n.new.$f" "./.$n.$f"; done
        {{RemoveAll("\"./.$n.old\"*")}}

        """;

    /// <summary>It is there, and no successor waits.</summary>
    public string Proof => $"[ -d {Shell.Quote(Path)} ] && [ -e {Shell.Quote(ReadyFile)} ] && [ ! -e {Shell.Quote(Beside.ReadyFile)} ]";

    /// <summary>Removes one that nobody uses. Runs in the folder above.</summary>
    public static string Remove(string name)
    {
        var record = Shell.Quote($"./.{name}");
        return $"rm -f {record}.ready {record}.files {record}.dirs && {RemoveAll(Shell.Quote($"./{name}"))}\n";
    }

    /// <summary>What another user (root, with pip) put into it cannot be removed by this one: that is left, and keeps nothing up.</summary>
    private static string RemoveAll(string what) =>
        $$"""{ rm -rf {{what}} 2>/dev/null || echo "files of another user stay in $PWD/"{{what}}; }""";

    /// <summary>What the lines say of it; null where only <see cref="Compare"/> can tell.</summary>
    /// <param name="last">What the look before knew, and from which line of its own.</param>
    public static BuiltState? Read(IReadOnlyList<string> lines, bool dearer, BuiltState? last)
    {
        var line = lines.FirstOrDefault(line => line.StartsWith("built ", StringComparison.Ordinal));
        return line switch
        {
            null => new(null, null),
            "built gone" => new(line, FolderDamage.Gone),
            _ when dearer => lines.Contains("compared") ? new(line, FolderDamage.Read(lines)) : null,
            _ => last?.Line == line ? last : null,
        };
    }
}

/// <summary>What is known of a built folder.</summary>
/// <param name="Line">The cheap look's line, as long as which it stays so.</param>
/// <param name="Damage">Null when it is as it was built, or when nobody noted how that was.</param>
internal sealed record BuiltState(string? Line, FolderDamage? Damage);
