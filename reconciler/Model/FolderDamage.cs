using System.Globalization;

namespace Reconciler.Model;

/// <summary>What of a built folder is not as it was built, by path.</summary>
/// <param name="Others">Entries that differ besides, of which there were too many to name.</param>
internal sealed record FolderDamage(ValueList<string> Missing, ValueList<string> Changed, ValueList<string> Added, int Others)
{
    /// <summary>Not even the folder is there.</summary>
    public static FolderDamage Gone { get; } = new(["."], [], [], 0);

    public bool IsGone => Missing is ["."];

    public bool IsNothing => Missing.Count + Changed.Count + Added.Count + Others == 0;

    /// <summary>Without what was added, unless it counts.</summary>
    public FolderDamage? AddedOnly(Func<string, bool> counts) =>
        this with { Added = [.. Added.Where(counts)] } is { IsNothing: false } damage ? damage : null;

    /// <summary>"lacks bin/gunicorn (and 3 more files); has x.py changed by hand".</summary>
    public override string ToString()
    {
        var parts = new[]
        {
            Named("lacks ", Missing, "", Others),
            Named("has ", Changed, " changed by hand", 0),
            Named("has ", Added, " added by hand", 0),
        };
        return string.Join("; ", parts.OfType<string>());
    }

    /// <summary>
    /// The lines of <see cref="BuiltFolder.Compare"/>: <c>has ENTRY</c> and <c>had ENTRY</c>, an entry being a path, a bar and the rest.
    /// </summary>
    public static FolderDamage? Read(IReadOnlyList<string> lines)
    {
        HashSet<string> Paths(string word) =>
        [
            .. lines.Where(line => line.StartsWith(word, StringComparison.Ordinal) && line.Split('|') is { Length: > 4 })
                .Select(line => string.Join('|', line[word.Length..].Split('|')[..^4])),
        ];
        var (now, was) = (Paths("has "), Paths("had "));
        var differing = lines.FirstOrDefault(line => line.StartsWith("differing ", StringComparison.Ordinal));
        var named = lines.Count(line => line.Split(' ')[0] is "has" or "had");
        var all = int.TryParse(differing?[10..], NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : 0;
        var damage = new FolderDamage(Sorted(was.Except(now)), Sorted(now.Intersect(was)), Sorted(now.Except(was)), Math.Max(0, all - named));
        return damage.IsNothing ? null : damage;
    }

    private static ValueList<string> Sorted(IEnumerable<string> paths) => [.. paths.Order(StringComparer.Ordinal)];

    private static string? Named(string word, ValueList<string> paths, string how, int others)
    {
        var more = paths.Count - 1 + others;
        return paths.Count == 0 ? (others == 0 ? null : $"differs in {others} files")
            : $"{word}{paths[0]}{(more == 0 ? "" : more == 1 ? " (and 1 more file)" : $" (and {more} more files)")}{how}";
    }
}
