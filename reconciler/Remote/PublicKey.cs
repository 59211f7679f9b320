using System.Buffers.Text;

namespace Reconciler.Remote;

/// <summary>A line as ssh-keygen writes it into FILE.pub: type, base64, comment. No options before it: they would lift the restrictions of ours.</summary>
internal static class PublicKey
{
    public static bool IsOne(string text) =>
        !text.Any(char.IsControl)
        && text.Split(' ') is [var type, { Length: > 40 } key, ..]
        && (type.StartsWith("ssh-", StringComparison.Ordinal) || type.StartsWith("ecdsa-", StringComparison.Ordinal) || type.StartsWith("sk-", StringComparison.Ordinal))
        && Base64.IsValid(key);
}
