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

    public string FileName => $"{Application}-{Name}";

    public string Path => $"/etc/nginx/sites-available/{FileName}";

    public string Link => $"/etc/nginx/sites-enabled/{FileName}";
}
