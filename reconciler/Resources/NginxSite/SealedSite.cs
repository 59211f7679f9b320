using System.Security.Cryptography;
using System.Text;

namespace Reconciler.Resources.NginxSite;

/// <summary>A rendered site that can say which it is: the digest of the text with placeholders, and the text with the digest in their place.</summary>
internal sealed record SealedSite(string Content, string Digest)
{
    /// <summary>Stands in the text of <see cref="CoverPartial"/> until the whole site is rendered.</summary>
    public const string Placeholder = "@reconciler-digest@";

    public static SealedSite Of(string rendered)
    {
        var digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(rendered)));
        return new(rendered.Replace(Placeholder, digest, StringComparison.Ordinal), digest);
    }
}
