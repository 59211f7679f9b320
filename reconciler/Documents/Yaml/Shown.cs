using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Reconciler.Documents.Yaml;

/// <summary>How a value of a document is shown to a person: escaped, cut, in back quotes.</summary>
internal static partial class Shown
{
    /// <summary>Characters of the value that are shown.</summary>
    public const int Longest = 60;

    public static string Value(string text) => $"`{Escaped(text, Longest)}`";

    /// <summary>The same without quotes.</summary>
    public static string Escaped(string text, int longest)
    {
        var shown = new StringBuilder();
        var count = 0;
        foreach (var rune in UserInfo().Replace(text, "://...@").EnumerateRunes())
        {
            if (++count > longest)
                return shown.Append("...").ToString();
            Append(shown, rune);
        }
        return shown.ToString();
    }

    /// <summary>A character that cannot be shown as itself, by number.</summary>
    public static string Character(Rune rune) => $"U+{rune.Value:X4}";

    // Who writes a password or token into a URL should not find it in a log as well.
    [GeneratedRegex("://[^/@\\s]*@")]
    private static partial Regex UserInfo();

    private static void Append(StringBuilder shown, Rune rune)
    {
        if (rune.Value == '\n')
            shown.Append("\\n");
        else if (rune.Value == '\t')
            shown.Append("\\t");
        else if (rune.Value == '`')
            shown.Append('\'');
        else if (IsShowable(rune))
            shown.Append(rune.ToString());
        else
            shown.Append(CultureInfo.InvariantCulture, $"\\u{{{rune.Value:x}}}");
    }

    private static bool IsShowable(Rune rune) => rune.Value != 0xFFFD && Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse
        or UnicodeCategory.OtherNotAssigned or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
}
