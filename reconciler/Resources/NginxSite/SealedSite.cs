using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Reconciler.Resources.NginxSite;

/// <summary>A rendered site that can say which it is: the digest of the text with placeholders, and the text with the digest in their place.</summary>
internal sealed partial record SealedSite(string Content, string Digest)
{
    /// <summary>Stands in the text of <see cref="CoverPartial"/> until the whole site is rendered.</summary>
    public const string Placeholder = "@reconciler-digest@";

    /// <summary>Stands in an upstream line until it is known whether the server is left out of it.</summary>
    public static string DownAt(string server) => $"@reconciler-down:{server}@";

    /// <param name="down">Servers that upstreams are to leave out.</param>
    public static SealedSite Of(string rendered, IReadOnlySet<string>? down = null)
    {
        rendered = Text(rendered, down ?? new HashSet<string>());
        var digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(rendered)));
        return new(rendered.Replace(Placeholder, digest, StringComparison.Ordinal), digest);
    }

    /// <summary>As it is before it is sealed, with each place in an upstream line filled in.</summary>
    public static string Text(string rendered, IEnumerable<string> down) =>
        Down().Replace(rendered, place => down.Contains(place.Groups[1].Value) ? " down" : "");

    public static HashSet<string> ServersIn(string rendered) => [.. Down().Matches(rendered).Select(place => place.Groups[1].Value)];

    /// <summary><c>ADDRESS:PORT</c> of a server, in each upstream that names it.</summary>
    public static IEnumerable<string> EndpointsOf(string rendered, string server) =>
        Line().Matches(rendered).Where(line => line.Groups[2].Value == server).Select(line => line.Groups[1].Value).Distinct();

    /// <summary>A fragment for a file that was sealed: a line <c>out SERVER</c> for each that its upstreams leave out.</summary>
    public static string OutScript(string file) => $"sed -n 's/^[[:space:]]*server [^;# ]* down; # \\([a-z0-9.-]*\\)$/out \\1/p' {file}";

    [GeneratedRegex(@"server (\S+?)@reconciler-down:([a-z0-9.-]+)@;")]
    private static partial Regex Line();

    [GeneratedRegex("@reconciler-down:([a-z0-9.-]+)@")]
    private static partial Regex Down();
}
