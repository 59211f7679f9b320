namespace Reconciler.Documents.Contracts;

/// <summary>"Did you mean": the known word with the fewest edits.</summary>
internal static class Nearest
{
    /// <returns>Null when none is near enough to be a slip.</returns>
    public static string? To(string word, IEnumerable<string> known)
    {
        if (word.Length > 63)
            return null;
        var nearest = known.Select(candidate => (candidate, distance: Distance(word.ToLowerInvariant(), candidate.ToLowerInvariant())))
            .OrderBy(pair => pair.distance).ThenBy(pair => pair.candidate, StringComparer.Ordinal).FirstOrDefault();
        return nearest.candidate is not null && nearest.distance <= Math.Max(1,
            Math.Min(3, nearest.candidate.Length / 3)) ? nearest.candidate : null;
    }

    /// <summary>"did you mean `restart`?", or what is known when nothing is near.</summary>
    public static string Hint(string word, IReadOnlyCollection<string> known) => To(word, known) is { } nearest
        ? $"did you mean `{nearest}`?"
        : known.Count == 0 ? "there is none"
            : $"known: {string.Join(", ", known.Order(StringComparer.Ordinal).Take(20))}{(known.Count > 20 ? ", ..." : "")}";

    // Levenshtein's distance, one row at a time.
    private static int Distance(string from, string to)
    {
        var row = Enumerable.Range(0, to.Length + 1).ToArray();
        for (var i = 1; i <= from.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= to.Length; j++)
            {
                var substituted = diagonal + (from[i - 1] == to[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(substituted, Math.Min(row[j], row[j - 1]) + 1);
            }
        }
        return row[to.Length];
    }
}
