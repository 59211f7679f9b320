using System.Text;

namespace Reconciler.Reporting.Pages;

/// <summary>
/// Text of servers and git as markdown shows it, and as nothing else: no link, mention, image, table or HTML comes about, in CommonMark
/// or in what GitHub and GitLab make of it.
/// </summary>
internal static class Markdown
{
    /// <summary>
    /// CommonMark: a backslash before any ASCII punctuation makes it stand for itself. What hosts make links and mentions of afterwards
    /// (addresses,
    /// @names, #numbers, :words:) is left alone only within code.
    /// </summary>
    public static string Text(string? text, int most = 600)
    {
        var line = Visible.Line(text, most).Replace('\t', ' ').Trim();
        if (line.Contains('@') || line.Contains("://", StringComparison.Ordinal) || line.Contains("www.",
            StringComparison.OrdinalIgnoreCase)
            || line.Contains('#') || line.Contains("GH-", StringComparison.OrdinalIgnoreCase))
            return Code(line, most);
        var escaped = new StringBuilder();
        foreach (var (i, c) in line.Index())
        {
            if (char.IsAscii(c) && (char.IsPunctuation(c) || char.IsSymbol(c)) && !StandsForItself(c, i == 0 ? ' ' : line[i - 1]))
                escaped.Append('\\');
            escaped.Append(c);
        }
        return escaped.ToString();
    }

    /// <summary>Where a list could not begin: neither first nor after a number.</summary>
    private static bool StandsForItself(char c, char before) => c is ',' or '/' or ';' or '\'' or '"' or '?' or '%'
        || (c is '.' or '-' or '(' or ')' && before != ' ' && !char.IsAsciiDigit(before)) || (c == '(' && before == ' ');

    /// <summary>Between more backticks than it has in a row; a table would end at its bars.</summary>
    public static string Code(string? text, int most = 600)
    {
        var line = Visible.Line(text, most).Replace('\t', ' ').Trim();
        if (line.Length == 0)
            return "";
        var fence = new string('`', LongestRun(line, '`') + 1);
        var room = line[0] == '`' || line[^1] == '`' ? " " : "";
        return $"{fence}{room}{line}{room}{fence}";
    }

    /// <summary>For a table: there a bar ends a cell even within code.</summary>
    public static string Cell(string? text, int most = 300) => Text(Visible.Line(text, most).Replace('|', '\u00A6'), most);

    public static string Block(IReadOnlyList<string> lines, string language)
    {
        var fence = new string('`', Math.Max(3, lines.Select(line => LongestRun(line, '`')).DefaultIfEmpty().Max() + 1));
        return $"{fence}{language}\n{string.Join('\n', lines)}\n{fence}\n";
    }

    private static int LongestRun(string text, char of)
    {
        var (longest, run) = (0, 0);
        foreach (var c in text)
            longest = Math.Max(longest, run = c == of ? run + 1 : 0);
        return longest;
    }
}
