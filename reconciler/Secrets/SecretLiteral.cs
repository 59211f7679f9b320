using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Reconciler.Secrets;

/// <summary>One line of a dotenv or Python file, or why the value cannot stand there.</summary>
/// <param name="Fault">Continues "The key KEY, from SOURCE, ..."; never holds the value.</param>
internal sealed partial record SecretLiteral(string? Line, string? Fault)
{
    public override string ToString() => "***";

    /// <summary>
    /// <c>KEY=value</c>, quoted so that sh, python-dotenv, django-environ and systemd read the same value. Where they do not agree, it is refused.
    /// </summary>
    public static SecretLiteral Dotenv(string key, ResolvedValue value)
    {
        if (Unfit(key, value) is { } fault)
            return new SecretLiteral(null, fault);
        var text = value.Text;
        if (text.AsSpan().ContainsAny('\n', '\r'))
            return new SecretLiteral(null, "has several lines, which a dotenv file cannot hold safely; use format json, python or raw");
        if (Plain().IsMatch(text))
            return new SecretLiteral($"{key}={text}", null);
        if (!text.AsSpan().ContainsAny('\'', '\\'))
            return new SecretLiteral($"{key}='{text}'", null);
        return text.AsSpan().ContainsAny('$', '`')
            ? new SecretLiteral(null, "has a quote or backslash together with $ or `, which readers of dotenv files take differently; choose another value or format json")
            : new SecretLiteral($"{key}=\"{text.Replace("\\", "\\\\").Replace("\"", "\\\"")}\"", null);
    }

    /// <summary><c>KEY = 'value'</c>, as a string literal of Python 3; numbers and booleans as such.</summary>
    public static SecretLiteral Python(string key, ResolvedValue value)
    {
        if (Unfit(key, value) is { } fault)
            return new SecretLiteral(null, fault);
        return new SecretLiteral(value.Kind switch
        {
            JsonValueKind.True => $"{key} = True",
            JsonValueKind.False => $"{key} = False",
            JsonValueKind.Number => $"{key} = {value.Text}",
            _ => $"{key} = {PythonString(value.Text)}",
        }, null);
    }

    private static string PythonString(string text)
    {
        var literal = new StringBuilder("'");
        foreach (var c in text)
        {
            _ = c switch
            {
                '\'' => literal.Append("\\'"),
                '\\' => literal.Append("\\\\"),
                '\n' => literal.Append("\\n"),
                '\r' => literal.Append("\\r"),
                '\t' => literal.Append("\\t"),
                < ' ' or '\x7f' => literal.Append($"\\x{(int)c:x2}"),
                _ => literal.Append(c),
            };
        }
        return literal.Append('\'').ToString();
    }

    private static string? Unfit(string key, ResolvedValue value)
    {
        if (!Name().IsMatch(key))
            return "is no name that this format can hold; use letters, digits and _, or format json";
        return value.Kind is JsonValueKind.Object or JsonValueKind.Array ? "is a JSON object or array, which only format json can hold" : null;
    }

    [GeneratedRegex(@"^[A-Za-z_][A-Za-z0-9_]*\z")]
    private static partial Regex Name();

    [GeneratedRegex(@"^[A-Za-z0-9_@%+=:,./-]+\z")]
    private static partial Regex Plain();
}
