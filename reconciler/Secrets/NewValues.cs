using System.Text.Json;

namespace Reconciler.Secrets;

/// <summary>Whether a value that a person gives can stand where it is to stand: said before it is put anywhere.</summary>
internal static class NewValues
{
    private const int MostBytes = 64 * 1024;

    /// <param name="key">Null for a file that is one value.</param>
    /// <param name="format">Of <see cref="SecretFormat"/>, by name.</param>
    /// <returns>Continues "the new value ..."; never holds it. Null when nothing is wrong.</returns>
    public static string? FaultOf(string? key, string format, SecretValue value)
    {
        if (value.RevealText() is not { } text || text.Contains('\0'))
            return "is not text (UTF-8 without NUL)";
        if (text.Trim().Length == 0)
            return "is empty";
        if (text.Length > MostBytes)
            return $"has more than {MostBytes} characters";
        if (key is null)
            return null;
        if (text.Any(c => char.IsControl(c) && c != '\n'))
            return "has control characters";
        if (text != text.Trim())
            return "begins or ends with a blank";
        var resolved = new ResolvedValue(value, JsonValueKind.String, null);
        return Enum.Parse<SecretFormat>(format) switch
        {
            SecretFormat.Dotenv => SecretLiteral.Dotenv(key, resolved).Fault,
            SecretFormat.Python => SecretLiteral.Python(key, resolved).Fault,
            _ => null,
        };
    }
}
