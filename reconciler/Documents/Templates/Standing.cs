using Reconciler.Model;

namespace Reconciler.Documents.Templates;

/// <summary>Where a value stands in what is rendered: it decides how the value is quoted, or that it is refused.</summary>
internal enum Standing
{
    /// <summary>Taken as it is: words of a command that was split before, paths, variables, configuration files of any kind.</summary>
    Plain,

    /// <summary>One word, or part of one, of a shell script.</summary>
    ShellWord,

    /// <summary>One token, or part of one, of an nginx configuration.</summary>
    NginxToken,

    /// <summary>One component of a URL.</summary>
    Url,

    /// <summary>Text of an HTML page.</summary>
    Html,
}

internal static class Standings
{
    private static readonly System.Buffers.SearchValues<char> NotInNginx = System.Buffers.SearchValues.Create(" \t\r\n;{}\"'\\$#");

    /// <returns>The value quoted; or why it cannot stand there.</returns>
    public static (string? Text, string? Fault) Quote(this Standing standing, string value)
    {
        if (value.AsSpan().ContainsAny('\n', '\r', '\0'))
            return (null, "has a line feed or NUL in it");
        return standing switch
        {
            Standing.ShellWord => (Shell.Quote(value), null),
            Standing.Html => (System.Net.WebUtility.HtmlEncode(value), null),
            Standing.Url => (Uri.EscapeDataString(value).Replace("%3A", ":"), null),
            // nginx knows quotes, but not within every directive: refusing is safe in all of them.
            Standing.NginxToken when value.Length == 0 || value.AsSpan().ContainsAny(NotInNginx) =>
                (null, "is empty, or holds a space or one of ;{}\"'\\$#, which end a token of nginx"),
            _ => (value, null),
        };
    }
}
