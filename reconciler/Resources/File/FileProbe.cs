using Reconciler.Model;

namespace Reconciler.Resources.File;

/// <summary>
/// Is it still the file that the runner placed? One stat tells, against the runner's record <c>placed/PATH</c>: <c>NOTE INODE SIZE MTIME CTIME</c>. Only where
/// they differ is the content read, by the runner, since the login may not be allowed to. (<see cref="PlacedFile.Look"/> says less: here a hand's edit, a file
/// never placed and a folder are told apart, and one that stays edited is read once.)
/// </summary>
internal static class FileProbe
{
    /// <summary>In the place of the digest of a file that nobody may read for us.</summary>
    public const string Unread = "its content is not known";

    public static string Cheap(FileSpec spec) => $$"""
        LC_ALL=C stat -c 'found|%F|%i %s %.9Y %.9Z|%04a|%U|%G' -- {{Shell.Quote(spec.Path)}} 2>&1
        read -r placed <{{Shell.Quote(PlacedFile.Folder + spec.Path)}} && echo "placed $placed"
        {{AllowedFolders.Look(spec.Path)}}
        echo end

        """;

    public static Reading Read(FileSpec spec, FileFacts? last, string output)
    {
        var (look, rest) = Split(output);
        if (look is null)
            return Reading.Unknown("the look at the file was cut off");
        var outside = AllowedFolders.Read(look);
        if (look[0].EndsWith(": No such file or directory", StringComparison.Ordinal))
            return outside is null ? Reading.Absent : Reading.Found(new FileFacts(string.Join('\n', look), "", "", "", "", "", null) { Outside = outside });
        // Behind a folder that the login may not enter, the same complaint says nothing.
        var hidden = look[0].EndsWith(": Permission denied", StringComparison.Ordinal);
        if (!hidden && last is not null && last.Look == string.Join('\n', look))
            return Reading.Found(last);
        var placed = look.FirstOrDefault(line => line.StartsWith("placed ", StringComparison.Ordinal))?.Split(' ', 3);
        if (look[0].Split('|') is ["found", var type, var stat, var mode, var owner, var group])
        {
            if (!type.StartsWith("regular", StringComparison.Ordinal))
                return Reading.Found(new FileFacts(string.Join('\n', look), type, "", mode, owner, group, placed?[1]));
            if (placed is [_, var note, var then] && then == stat)
                return Reading.Found(new FileFacts(string.Join('\n', look), type, note, mode, owner, group, note) { Outside = outside });
            // The runner would not read it; to replace it is refused all the same.
            if (outside is not null)
                return Reading.Found(new FileFacts(string.Join('\n', look), type, Unread, mode, owner, group, null) { Outside = outside });
        }
        else if (!hidden)
            return Reading.Unknown($"stat does not answer for {spec.Path}");
        return rest is null
            ? new Reading.NeedsMore(new Probe(Cheap(spec)) { Request = RunnerRequest.Digest("", spec.Path) })
            : Digested(spec, string.Join('\n', look), rest, placed?[1]);
    }

    /// <summary>The runner's line: <c>DIGEST MODE OWNER GROUP</c>, or <c>absent</c>.</summary>
    private static Reading Digested(FileSpec spec, string look, string[] rest, string? placed) =>
        rest.Select(line => line.Split(' ')).FirstOrDefault(words => words is ["absent"] or [{ Length: 64 }, _, _, _]) switch
        {
            ["absent"] => Reading.Absent,
            [var digest, var mode, var owner, var group] => Reading.Found(new FileFacts(look, "regular file", digest, mode, owner, group, placed)),
            _ => Reading.Unknown($"the runner may not read {spec.Path}"),
        };

    /// <summary>The lines of the look, and those of the runner's answer after <c>end</c>; that is null where there is none.</summary>
    private static (string[]? Look, string[]? Answer) Split(string output)
    {
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var end = Array.IndexOf(lines, "end");
        return end < 1 ? (null, null) : (lines[..end], end + 1 < lines.Length ? lines[(end + 1)..] : null);
    }
}
