using System.Text.RegularExpressions;

namespace Reconciler.Importing;

/// <summary>A server block of a site's file.</summary>
/// <param name="Start">Just behind its opening brace.</param>
/// <param name="End">At its closing brace.</param>
/// <param name="Line">Of the word <c>server</c>.</param>
/// <param name="Text">Without comments, and with what it includes.</param>
internal sealed record ServerBlock(int Start, int End, int Line, string Text)
{
    /// <summary>Where it passes requests: <c>127.0.0.1:8000</c>, <c>unix:/run/x.sock</c> or an upstream's name.</summary>
    public string? Passes => NginxText.PassOf(Text);

    public string? Name => NginxText.NameOf(Text);
}

/// <summary>As much of nginx's language as tells where a site passes requests, and where a line may be put into it.</summary>
internal static partial class NginxText
{
    /// <param name="included">The text of what an <c>include</c> names; null when it is not known.</param>
    public static IReadOnlyList<ServerBlock> Servers(string text, Func<string, string?>? included = null)
    {
        var masked = Masked(text);
        var blocks = new List<ServerBlock>();
        foreach (Match match in Server().Matches(masked))
        {
            var (depth, at) = (1, match.Index + match.Length);
            for (; at < masked.Length && depth > 0; at++)
                depth += masked[at] switch { '{' => 1, '}' => -1, _ => 0 };
            if (depth == 0)
                blocks.Add(new(match.Index + match.Length, at - 1, masked[..match.Index].Count(c => c == '\n') + 1,
                    WithIncluded(Uncommented(text[(match.Index + match.Length)..(at - 1)]), included)));
        }
        return blocks;
    }

    /// <summary>The cover, as the block's first line.</summary>
    public static string WithCover(string text, ServerBlock block)
    {
        var rest = text[block.Start..];
        var indent = Indent().Match(rest) is { Success: true } next ? next.Groups[1].Value : "    ";
        return string.Concat(text.AsSpan(0, block.Start), $"\n{indent}{{{{> cover}}}}", rest.StartsWith('\n')
            || rest.StartsWith("\r\n", StringComparison.Ordinal) ? "" : "\n", rest);
    }

    public static string? PassOf(string block) => Pass().Match(block) is { Success: true } pass ? pass.Groups[1]
        .Value.TrimEnd('/') : null;

    public static string? NameOf(string block) => ServerName().Matches(block)
        .SelectMany(match => match.Groups[1].Value.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        .FirstOrDefault(name => name is not "_" && !name.Contains('*') && !name.StartsWith('~') && !name.StartsWith('.'));

    /// <summary>The port to which an address or an upstream of the same text leads.</summary>
    public static int? PortOf(string text, string passes) =>
        Port().Match(passes) is { Success: true } port ? int.Parse(port.Groups[1].Value)
        : Regex.Match(Uncommented(text),
        $@"upstream\s+{Regex.Escape(passes)}\s*\{{[^}}]*?server\s+[\w.\[\]:]*?:(\d+)") is { Success: true } upstream
            ? int.Parse(upstream.Groups[1].Value)
        : null;

    /// <summary>The folder from which it serves <c>/static/</c>.</summary>
    public static string? StaticOf(string block) =>
        Static().Match(block) is not { Success: true } location ? null
        : Alias().Match(location.Groups[2].Value) is { Success: true } alias ? alias.Groups[1].Value.TrimEnd('/')
        : Root().Match(location.Groups[2].Value) is { Success: true } root
        ? $"{root.Groups[1].Value.TrimEnd('/')}/{location.Groups[1].Value.Trim('/')}"
        : null;

    /// <summary>Proxying is often kept in a snippet (nginx.org, ngx_core_module, include).</summary>
    private static string WithIncluded(string block, Func<string, string?>? included) => included is null ? block
        : Include().Replace(block, match => included(match.Groups[1].Value) is { } text ? Uncommented(text) : match.Value);

    private static string Uncommented(string text) => Comment().Replace(text, "");

    /// <summary>The same length, with comments and quoted texts blanked.</summary>
    private static string Masked(string text) => Hidden().Replace(text, match => Regex.Replace(match.Value, "[^\n]", " "));

    [GeneratedRegex(@"(?<![\w.$/-])server\s*\{")]
    private static partial Regex Server();

    [GeneratedRegex(@"#[^\n]*|""(?:[^""\\]|\\.)*""|'(?:[^'\\]|\\.)*'")]
    private static partial Regex Hidden();

    [GeneratedRegex(@"^(?:[^\S\n]*\n)+([^\S\n]+)\S")]
    private static partial Regex Indent();

    [GeneratedRegex(@"#[^\n]*")]
    private static partial Regex Comment();

    [GeneratedRegex(@"\b(?:proxy_pass\s+https?://|uwsgi_pass\s+(?:uwsgi://)?)([^;\s]+?)\s*;")]
    private static partial Regex Pass();

    [GeneratedRegex(@"\binclude\s+[""']?([^;""'\s]+)[""']?\s*;")]
    private static partial Regex Include();

    [GeneratedRegex(@"\bserver_name\s+([^;]+);")]
    private static partial Regex ServerName();

    [GeneratedRegex(@":(\d+)(?:/|$)")]
    private static partial Regex Port();

    [GeneratedRegex(@"location\s+(?:\^~\s+|=\s+)?(/static/?)\s*\{([^}]*)\}")]
    private static partial Regex Static();

    [GeneratedRegex(@"\balias\s+([^;\s]+)\s*;")]
    private static partial Regex Alias();

    [GeneratedRegex(@"\broot\s+([^;\s]+)\s*;")]
    private static partial Regex Root();
}
