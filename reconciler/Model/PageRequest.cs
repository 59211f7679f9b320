using System.Globalization;

namespace Reconciler.Model;

/// <summary>A GET sent to a web server from the server that it runs on, and what its answer must be.</summary>
/// <param name="Path">With its query.</param>
internal sealed record PageRequest(PageTarget Target, string Path)
{
    /// <summary>The wanted HTTP status.</summary>
    public int Status { get; init; } = 200;

    /// <summary>A response header that must be there, as <c>Name: value</c>.</summary>
    public string? HeadHolds { get; init; }

    /// <summary>Text, without line breaks, that must be in the first 256 KiB of the body.</summary>
    public string? BodyHolds { get; init; }

    /// <summary>Whatever is no HTML page with status 200 (a redirect to a login, JSON) says nothing, and counts as right.</summary>
    public bool OnlyHtml { get; init; }

    /// <summary>How often in a row a proof asks, within about three seconds: a page may fail one time in two.</summary>
    public int Times { get; init; } = 1;

    public ValueList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>Where this is, for a person: "through nginx", "at the application server".</summary>
    public string Where { get; init; } = "";

    /// <summary>What an answer with the right status may still lack.</summary>
    public string Lacking => (HeadHolds, BodyHolds) switch
    {
        (null, _) => $"\"{BodyHolds}\"",
        (_, null) => $"the header {HeadHolds}",
        _ => $"the header {HeadHolds} or \"{BodyHolds}\"",
    };

    /// <summary>The words of <c>ask</c> in <see cref="PageScript"/>. HTTP/1.0, so that no answer comes in chunks.</summary>
    /// <exception cref="ArgumentException">A value holds a control character, which would forge a header.</exception>
    internal IReadOnlyList<string> Words()
    {
        string[] words =
        [
            Target.Tls ? "tls" : "plain", Target.Address, Target.Port.ToString(CultureInfo.InvariantCulture), Target.Host,
            HeadHolds ?? "", BodyHolds ?? "",
            $"GET {Path} HTTP/1.0", $"Host: {Target.Host}", "User-Agent: reconciler", "Accept: */*", "Connection: close",
            .. Headers.Select(header => $"{header.Key}: {header.Value}"), "",
        ];
        return words.FirstOrDefault(word => word.Any(char.IsControl)) is { } bad
            ? throw new ArgumentException($"a control character in a page request: {Uri.EscapeDataString(bad)}")
            : words;
    }
}
