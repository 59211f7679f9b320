using System.Globalization;
using System.Text.RegularExpressions;
using DiffPlex;
using DiffPlex.DiffBuilder;
using DiffPlex.DiffBuilder.Model;

namespace Reconciler.Reporting;

/// <summary>
/// What <c>diff -u</c> would print, for texts that come from servers: control characters are made visible, it ends after some lines, and in
/// what only the server has the values of what is named as a secret are left out.
/// </summary>
internal static partial class UnifiedDiff
{
    private const int Context = 3;
    private const int MostLines = 120;

    /// <returns>Empty when the texts are the same.</returns>
    public static string Of(string before, string after, string beforeName, string afterName)
    {
        var pieces = new InlineDiffBuilder(new Differ()).BuildDiffModel(WithoutEnd(before), WithoutEnd(after), ignoreWhitespace: false)
            .Lines;
        var lines = new List<string>();
        foreach (var (start, end) in Hunks(pieces))
            lines.AddRange(Hunk(pieces, start, end));
        if (lines.Count == 0)
            return before == after ? "" : $"--- {beforeName}\n+++ {afterName}\n(only the ends of lines differ)\n";
        var cut = lines.Count > MostLines ? [.. lines.Take(MostLines), $"(and {lines.Count - MostLines} more lines)"] : lines;
        return string.Concat(cut.Prepend($"+++ {afterName}").Prepend($"--- {beforeName}").Select(line => Printable(line) + "\n"));
    }

    /// <summary>The newline that ends the last line begins no further one.</summary>
    private static string WithoutEnd(string text) => text.EndsWith('\n') ? text[..^1] : text;

    private static IEnumerable<(int Start, int End)> Hunks(List<DiffPiece> pieces)
    {
        (int Start, int End)? open = null;
        for (var i = 0; i < pieces.Count; i++)
        {
            if (pieces[i].Type == ChangeType.Unchanged)
                continue;
            var (start, end) = (Math.Max(0, i - Context), Math.Min(pieces.Count, i + Context + 1));
            if (open is { } last && start > last.End)
            {
                yield return last;
                open = null;
            }
            open = (open?.Start ?? start, end);
        }
        if (open is { } rest)
            yield return rest;
    }

    private static IEnumerable<string> Hunk(List<DiffPiece> pieces, int start, int end)
    {
        int Count(int from, int to, ChangeType without) => pieces.Skip(from).Take(to - from).Count(piece => piece.Type != without);
        var (old, young) = (Count(start, end, ChangeType.Inserted), Count(start, end, ChangeType.Deleted));
        var (oldStart, youngStart) =
            (Count(0, start, ChangeType.Inserted) + (old > 0 ? 1 : 0), Count(0, start, ChangeType.Deleted) + (young > 0 ? 1 : 0));
        yield return string.Create(CultureInfo.InvariantCulture, $"@@ -{oldStart},{old} +{youngStart},{young} @@");
        foreach (var piece in pieces.Skip(start).Take(end - start))
            yield return piece.Type switch
            {
                ChangeType.Inserted => "+",
                ChangeType.Deleted => "-",
                _ => " ",
            } + (piece.Type == ChangeType.Inserted ? Masked(piece.Text) : piece.Text);
    }

    private static string Masked(string text) => UserInfo().Replace(Secret().Replace(text, "$1..."), "://...@");

    // nginx's own words are none: server_tokens, proxy_pass, ssl_certificate_key.
    [GeneratedRegex(@"((?!server_tokens\b)\b[\w-]*(?:secret|passw|passphrase|token|api[_-]?key|access[_-]?key|credential|authorization)[\w-]*[""']?\s*[=:\s]\s*)\S.*$",
        RegexOptions.IgnoreCase)]
    private static partial Regex Secret();

    [GeneratedRegex(@"://[^/@\s]+@")]
    private static partial Regex UserInfo();

    private static string Printable(string line) =>
        string.Concat(line.Select(c => (char.IsControl(c) && c != '\t') || char.GetUnicodeCategory(c) == UnicodeCategory.Format ? '\uFFFD'
            : c));
}
