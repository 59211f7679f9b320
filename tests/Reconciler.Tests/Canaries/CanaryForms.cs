using System.Net;
using System.Text;

namespace Reconciler.Tests.Canaries;

/// <summary>The forms in which a secret may have been written down.</summary>
public static class CanaryForms
{
    private const string Safe = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
    private const int Shortest = 8;

    /// <summary>Each form once, as bytes, with the name of the encoding.</summary>
    public static IReadOnlyList<(string Encoding, byte[] Bytes)> Of(string value)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Encoding.UTF8.GetByteCount(value), Shortest);
        var forms = Texts(value).Select(form => (form.Encoding, Encoding.UTF8.GetBytes(form.Text)))
            .Append(("UTF-16 LE", Encoding.Unicode.GetBytes(value)))
            .Append(("UTF-16 BE", Encoding.BigEndianUnicode.GetBytes(value)));
        // The plainest name for what is the same in several encodings.
        return [.. forms.DistinctBy(form => Convert.ToHexString(form.Item2))];
    }

    private static IEnumerable<(string Encoding, string Text)> Texts(string value)
    {
        var bytes = Encoding.UTF8.GetBytes(value);
        yield return ("plain", value);
        foreach (var text in Json(value))
            yield return ("JSON", text);
        foreach (var text in Shell(value, bytes))
            yield return ("shell", text);
        foreach (var text in Url(value, bytes))
            yield return ("URL", text);
        yield return ("hex", Convert.ToHexStringLower(bytes));
        yield return ("hex", Convert.ToHexString(bytes));
        for (var lead = 0; lead < 3; lead++)
        {
            var text = Base64(bytes, lead);
            yield return ("base64", text);
            yield return ("base64", text.Replace("+", "\\u002B"));
            yield return ("base64url", text.Replace('+', '-').Replace('/', '_'));
        }
    }

    /// <summary>What of its base64 is the same whatever stands before it, of which <paramref name="lead"/> bytes fall in its first group, and after it.</summary>
    private static string Base64(byte[] bytes, int lead)
    {
        var text = Convert.ToBase64String([.. new byte[lead], .. bytes]);
        return text[((lead * 8 + 5) / 6)..((lead + bytes.Length) * 8 / 6)];
    }

    /// <summary>From the writers that escape least to those that escape most, and with slashes escaped.</summary>
    private static IEnumerable<string> Json(string value)
    {
        foreach (var (unsafeOnes, format) in new[] { ("", ""), ("", "x4"), ("", "X4"), ("<>&'+\"`", "X4"), ("<>&'+`", "x4"), ("<>&", "x4") })
        {
            var text = string.Concat(value.Select(letter => letter switch
            {
                _ when unsafeOnes.Contains(letter) || letter < ' ' || (letter > '~' && format != "") => $"\\u{((int)letter).ToString(format == "" ? "x4" : format)}",
                '"' or '\\' => $"\\{letter}",
                _ => letter.ToString(),
            }));
            yield return text;
            yield return text.Replace("/", "\\/");
        }
    }

    private static IEnumerable<string> Shell(string value, byte[] bytes)
    {
        yield return value.Replace("'", "'\\''");
        yield return value.Replace("'", "'\"'\"'");
        yield return value.Replace("\\", "\\\\").Replace("\"", "\\\"").Replace("$", "\\$").Replace("`", "\\`");
        // As bash's %q leaves them, as others do, and as careful ones do.
        foreach (var asTheyAre in new[] { "/:=@%+~#", "/:=@%+,", "/", "" })
            yield return Backslashed(value, Safe + asTheyAre);
        yield return string.Concat(bytes.Select(each => each switch
        {
            (byte)'\'' or (byte)'\\' => $"\\{(char)each}",
            < 32 or > 126 => "\\" + Convert.ToString(each, 8).PadLeft(3, '0'),
            _ => ((char)each).ToString(),
        }));
    }

    private static string Backslashed(string value, string asTheyAre) =>
        string.Concat(value.Select(letter => letter > '~' || asTheyAre.Contains(letter) ? $"{letter}" : $"\\{letter}"));

    private static IEnumerable<string> Url(string value, byte[] bytes)
    {
        // Nothing, letters and digits, what each path or query may hold as it is, and what RFC 3986 reserves.
        foreach (var asTheyAre in new[] { "", Safe[..^3], Safe, Safe + "~", Safe + "~/", Safe + "~!*'()", Safe + "!*()", Safe + "~/:@!$&'()*+,;=", Safe + "~/:@!$&'()*+,;=?#[]" })
        {
            foreach (var format in new[] { "X2", "x2" })
            {
                var text = string.Concat(bytes.Select(each => asTheyAre.Contains((char)each) ? $"{(char)each}" : "%" + each.ToString(format)));
                yield return text;
                yield return text.Replace("%20", "+");
            }
        }
        yield return WebUtility.UrlEncode(value);
    }
}
