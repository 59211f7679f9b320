namespace Reconciler.Model;

/// <summary>How a file begins that the <c>age</c> program made (https://age-encryption.org/v1, binary and armored).</summary>
internal static class AgeFormat
{
    /// <summary>False: it is somebody's clear text, or something else.</summary>
    public static bool IsEncrypted(ReadOnlySpan<byte> content) =>
        content.StartsWith("age-encryption.org/"u8) || content.TrimStart(" \t\r\n"u8).StartsWith("-----BEGIN AGE ENCRYPTED FILE-----"u8);
}
