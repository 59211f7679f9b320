using DiffPlex;

namespace Reconciler.Adopting;

/// <summary>What became of an edit on the way back.</summary>
/// <param name="Text">The new source; null when it cannot be had.</param>
/// <param name="Why">Why not.</param>
internal readonly record struct BroughtBack(string? Text, string? Why)
{
    public static BroughtBack Refused(string why) => new(null, why);
}

/// <summary>
/// Brings edits of a rendered text back into its template: what was changed on lines that stand in the template as they are. A
/// line that a value or a part
/// made is not guessed at.
/// </summary>
internal static class TemplateBack
{
    private const string Cover = "{{> cover}}";

    /// <param name="render">One line of the template, without a part, as it is rendered.</param>
    public static BroughtBack Of(string template, string rendered, string live, Func<string, string> render)
    {
        if (template.Contains("{{#each", StringComparison.Ordinal))
            return BroughtBack.Refused("its template has a loop, which an edit cannot be brought back into: edit the template");
        var source = template.Split('\n');
        if (Origins(source, rendered.Split('\n'), render) is not { } origins)
            return BroughtBack.Refused("its template and what it is rendered to cannot be brought together line by line: "
                + "edit the template");
        var result = source.Select(line => new List<string> { line }).Append([]).ToList();
        foreach (var block in new Differ().CreateLineDiffs(rendered, live, ignoreWhitespace: false).DiffBlocks)
            if (Apply(block, source, origins, live.Split('\n'), result) is { } why)
                return BroughtBack.Refused(why);
        return new(string.Join('\n', result.SelectMany(lines => lines)), null);
    }

    /// <summary>For each rendered line the line of the template that it comes from; null when they do not fit together.</summary>
    private static List<int>? Origins(string[] source, string[] rendered, Func<string, string> render)
    {
        var made = source.Select(line => line.Contains(Cover, StringComparison.Ordinal) ? null
            : line.Contains("{{", StringComparison.Ordinal) ? render(line).Split('\n') : [line]).ToList();
        var ofCover = rendered.Length - made.Sum(lines => lines?.Length ?? 0);
        var origins = new List<int>();
        for (var i = 0; i < source.Length; i++)
        {
            var lines = made[i];
            if (lines is not null && !rendered.Skip(origins.Count).Take(lines.Length).SequenceEqual(lines))
                return null;
            origins.AddRange(Enumerable.Repeat(i, lines?.Length ?? Math.Max(ofCover, 0)));
        }
        return origins.Count == rendered.Length ? origins : null;
    }

    /// <returns>Why it cannot be done; null when it was.</returns>
    private static string? Apply(DiffPlex.Model.DiffBlock block, string[] source, List<int> origins, string[] live,
        List<List<string>> result)
    {
        var gone = origins.Skip(block.DeleteStartA).Take(block.DeleteCountA).ToList();
        if (gone.Find(line => source[line].Contains("{{", StringComparison.Ordinal)) is var made
            && gone.Exists(line => source[line].Contains("{{", StringComparison.Ordinal)))
            return $"the edit is on what line {made + 1} of the template makes (`{source[made].Trim()}`): a value would be "
                + $"lost, so edit the template or the value";
        var at = block.DeleteStartA < origins.Count ? origins[block.DeleteStartA] : source.Length;
        if (block.DeleteCountA == 0 && block.DeleteStartA > 0 && at < source.Length && origins[block.DeleteStartA - 1] == at)
            return $"the edit is within what line {at + 1} of the template makes (`{source[at].Trim()}`): edit the template";
        var added = live.Skip(block.InsertStartB).Take(block.InsertCountB).ToList();
        if (added.Exists(line => line.Contains("{{", StringComparison.Ordinal)))
            return "a line of it holds `{{`, which a template would take for a value";
        if (added.Exists(Secrets.LooksLikeOne))
            return "it may hold a secret, which git never does: put it into a secrets file";
        foreach (var line in gone)
            result[line].RemoveAt(result[line].Count - 1);
        result[at].InsertRange(0, added);
        return null;
    }
}
