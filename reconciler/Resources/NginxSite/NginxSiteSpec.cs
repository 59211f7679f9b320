using Reconciler.Model;

namespace Reconciler.Resources.NginxSite;

/// <summary>One site of an application on one server: a file in <c>sites-available</c>, enabled by a link, and in use.</summary>
/// <param name="Name">Its key in nginx.yaml.</param>
/// <param name="Content">The rendered template, sealed by <see cref="SealedSite.Of"/>.</param>
/// <param name="Digest">SHA-256 hex of the rendered template before the digest was put into it; nginx answers it at <see cref="Cover.ConfigPath"/>.</param>
/// <param name="Ask">A listener of the <c>server</c> block that holds the cover, without TLS where there is one.</param>
/// <param name="CheckToken">As given to <see cref="CoverPartial"/>.</param>
internal sealed record NginxSiteSpec(string Application, string Name, string Content, string Digest, PageTarget Ask, string CheckToken) : ResourceSpec
{
    /// <summary>
    /// Secrets files that the configuration names (a certificate's key), by absolute path: on a first deploy they are not there yet when the
    /// configuration is tried.
    /// </summary>
    public ValueList<KeyValuePair<string, SecretContent>> Secrets { get; init; } = [];

    /// <summary>Files below /etc/nginx that go in the same run: it is tried without them, as it will be used.</summary>
    public ValueList<string> Without { get; init; } = [];

    /// <summary>
    /// The site before it was sealed, with a place in each upstream line (<see cref="SealedSite.DownAt"/>); null where it has none. Not public, and so no part of
    /// the digest: who is left out is a matter of the turn, and not of what git says.
    /// </summary>
    internal string? Unmarked { get; init; }

    public override IReadOnlySet<string> PassesOnTo() => Unmarked is null ? base.PassesOnTo() : SealedSite.ServersIn(Unmarked);

    public override ResourceSpec LeavingOut(IReadOnlySet<string> servers)
    {
        if (Unmarked is null || (Down.Count == 0 && servers.Count == 0))
            return this;
        var site = SealedSite.Of(Unmarked, servers);
        return this with { Content = site.Content, Digest = site.Digest, Down = [.. servers.Intersect(PassesOnTo()).Order(StringComparer.Ordinal)] };
    }

    /// <summary>Servers that its upstreams leave out; of <see cref="Content"/>, and so no part of the digest by itself.</summary>
    internal ValueList<string> Down { get; init; } = [];

    public string FileName => $"{Application}-{Name}";

    public string Path => $"/etc/nginx/sites-available/{FileName}";

    public string Link => $"/etc/nginx/sites-enabled/{FileName}";
}
