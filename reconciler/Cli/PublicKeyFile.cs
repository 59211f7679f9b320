using Reconciler.Remote;

namespace Reconciler.Cli;

/// <summary>The file that <c>--public-key</c> names. Somebody will name the private one: what a file holds is never repeated.</summary>
internal static class PublicKeyFile
{
    private const int MostBytes = 16 * 1024;

    /// <exception cref="UsageException">It is not there, cannot be read, or is not a public key.</exception>
    public static async Task<string> ReadAsync(string file, CancellationToken cancellation)
    {
        if (!File.Exists(file))
            throw new UsageException($"there is no file {file}; make a key with ssh-keygen -t ed25519");
        try
        {
            if (new FileInfo(file).Length > MostBytes)
                throw NotOne(file);
            var text = (await File.ReadAllTextAsync(file, cancellation)).Trim();
            if (text.Contains("PRIVATE KEY", StringComparison.Ordinal) || text.StartsWith("PuTTY-User-Key-File", StringComparison.Ordinal))
                throw new UsageException($"{file} is a private key, not a public one: {file}.pub is meant (ssh-keygen -y -f {file} prints it)");
            return PublicKey.IsOne(text) ? text : throw NotOne(file);
        }
        catch (Exception fault) when (fault is UnauthorizedAccessException or IOException)
        {
            throw new UsageException($"{file} cannot be read: give it to {Environment.UserName}, or name another file");
        }
    }

    private static UsageException NotOne(string file) =>
        new($"{file} is not a public key: one line, TYPE BASE64 COMMENT, as ssh-keygen writes it into FILE.pub");
}
