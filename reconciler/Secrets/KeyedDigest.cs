using System.Security.Cryptography;
using System.Text;

namespace Reconciler.Secrets;

/// <summary>
/// The digest by which a secrets file is compared and shown. Keyed, so that nobody who sees it can try out short passwords; the server
/// computes the same with <c>{ printf %s "$key"; cat FILE; } | sha256sum</c>.
/// </summary>
internal static class KeyedDigest
{
    /// <param name="key">The ledger's digest key, as the text that it is (its ASCII bytes go in, not what they might encode).</param>
    /// <returns>Lower hex SHA-256 of key and content joined.</returns>
    public static string Of(string key, ReadOnlySpan<byte> content)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(key));
        hash.AppendData(content);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
