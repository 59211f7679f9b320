using System.Security.Cryptography;

namespace Reconciler.Remote;

/// <summary>The runner as it is built into this program.</summary>
internal static class RunnerFile
{
    public static ReadOnlyMemory<byte> Content { get; } = Read();

    /// <summary>SHA-256 hex: what sudo's rule names, and what a server's runner calls its version.</summary>
    public static string Version { get; } = Convert.ToHexStringLower(SHA256.HashData(Content.Span));

    /// <summary>
    /// The one line in sudoers that a server's login has: this file, as it is here and without arguments, as root (sudoers(5), digests; an empty
    /// argument in quotes allows none).
    /// </summary>
    public static string RuleFor(string login) => $"{login} ALL=(root) NOPASSWD: sha256:{Version} {RunnerWire.Path} \"\"";

    private static byte[] Read()
    {
        using var stream = typeof(RunnerFile).Assembly.GetManifestResourceStream("runner.sh")!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
