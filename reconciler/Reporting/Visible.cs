using System.Globalization;

namespace Reconciler.Reporting;

/// <summary>Text of servers and git as a page may hold it: nothing in it acts, turns the direction of writing, or hides.</summary>
internal static class Visible
{
    /// <summary>One line, cut.</summary>
    public static string Line(string? text, int most = 600)
    {
        var shown = Of(text ?? "");
        return shown.Length <= most ? shown : (char.IsHighSurrogate(shown[most - 1]) ? shown[..(most - 1)] : shown[..most]) + "...";
    }

    /// <summary>What controls, formats, breaks lines or is no character at all becomes U+FFFD; a tab stays.</summary>
    public static string Of(string text)
    {
        var shown = text.ToCharArray();
        for (var i = 0; i < shown.Length; i++)
        {
            if (char.IsHighSurrogate(shown[i]) && i + 1 < shown.Length && char.IsLowSurrogate(shown[i + 1]))
            {
                if (Acts(CharUnicodeInfo.GetUnicodeCategory(text, i)))
                    (shown[i], shown[i + 1]) = ('\uFFFD', '\uFFFD');
                i++;
            }
            else if (shown[i] != '\t' && (Acts(char.GetUnicodeCategory(shown[i])) || shown[i] is '\uFFFE' or '\uFFFF'))
                shown[i] = '\uFFFD';
        }
        return new(shown);
    }

    private static bool Acts(UnicodeCategory category) => category is UnicodeCategory.Control or UnicodeCategory.Format
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate
        or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned;
}
