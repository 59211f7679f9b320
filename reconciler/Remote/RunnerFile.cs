using System.Security.Cryptography;

namespace Reconciler.Remote;

/// <summary>The runner as it is built into this program.</summary>
internal static class RunnerFile
{
    public static ReadOnlyMemory<byte> Content { get; } = Read();

    /// <summary>SHA-256 hex: what sudo's rule names, and what a server's runner calls its version.</summary>
    public static string Version { get; } = Convert.ToHexStringLower(SHA256.HashData(Content.Span));

    private static byte[] Read()
    {
        using var stream = typeof(RunnerFile).Assembly.GetManifestResourceStream("runner.sh")!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
