using System.Net;
using System.Text.RegularExpressions;
using Reconciler.Model;

namespace Reconciler.Documents.Expansion;

/// <summary>Where a rendered site can be asked from its own server: the first listener without TLS, else the first with it.</summary>
internal static partial class ListenLine
{
    /// <param name="within">A text that stands in the server block that is meant: another one of the same file may answer on another port, or redirect.</param>
    /// <returns>Null when the text has no <c>listen</c> with a TCP port.</returns>
    public static PageTarget? TargetOf(string site, string fallbackHost, string? within = null)
    {
        if (within is not null && site.IndexOf(within, StringComparison.Ordinal) is var at && at >= 0)
            site = BlockAround(site, at);
        var name = ServerName().Match(site) is { Success: true } match ? match.Groups[1].Value : "_";
        var host = name.StartsWith('_') || name.Contains('*') || name.StartsWith('~') ? fallbackHost : name;
        var targets = Listen().Matches(site).Select(listen => Parse(listen.Groups[1].Value, host)).OfType<PageTarget>().ToList();
        return targets.Find(target => !target.Tls) ?? targets.FirstOrDefault();
    }

    /// <summary>The server block that holds a place at its own level; the whole text where the braces do not say.</summary>
    private static string BlockAround(string text, int at)
    {
        var masked = Hidden().Replace(text, match => new string(' ', match.Length));
        var (start, depth) = (at - 1, 0);
        for (; start >= 0 && (masked[start] != '{' || depth > 0); start--)
            depth += masked[start] switch { '}' => 1, '{' => -1, _ => 0 };
        var (end, open) = (start + 1, 1);
        for (; start >= 0 && end < text.Length && open > 0; end++)
            open += masked[end] switch { '{' => 1, '}' => -1, _ => 0 };
        return start >= 0 && open == 0 ? text[start..end] : text;
    }

    [GeneratedRegex(@"#[^\n]*|""(?:[^""\\\n]|\\.)*""|'(?:[^'\\\n]|\\.)*'")]
    private static partial Regex Hidden();

    private static PageTarget? Parse(string arguments, string host)
    {
        var words = arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var tls = words.Contains("ssl");
        var endpoint = words[0];
        if (int.TryParse(endpoint, out var port))
            return new("127.0.0.1", port, tls, host);
        if (endpoint.StartsWith("unix:", StringComparison.Ordinal))
            return null;
        if (!IPEndPoint.TryParse(endpoint.Replace("*", "0.0.0.0"), out var parsed))
            return null;
        var address = parsed.Address.Equals(IPAddress.Any) ? "127.0.0.1" : parsed.Address.Equals(IPAddress.IPv6Any) ? "::1" : parsed.Address.ToString();
        return new(address, parsed.Port == 0 ? 80 : parsed.Port, tls, host);
    }

    [GeneratedRegex(@"^\s*listen\s+([^;]+);", RegexOptions.Multiline)]
    private static partial Regex Listen();

    [GeneratedRegex(@"^\s*server_name\s+([^\s;]+)", RegexOptions.Multiline)]
    private static partial Regex ServerName();
}
