namespace Reconciler.Secrets;

/// <summary>
/// <c>file:PATH</c>: a file of the controller, below one folder, since desired state must not be able to send any file of the controller
/// to a server. Refused when others may read it, or when a link leads out of the folder.
/// </summary>
/// <param name="root">Absolute; paths may be written from it or absolute within it.</param>
internal sealed class FileSecretSource(string root) : ISecretSource
{
    private const int MostBytes = 1 << 20;
    private const UnixFileMode Others = (UnixFileMode)0b111_111; // 0077

    public string Scheme => "file";

    public async Task<SecretValue> ReadAsync(SecretLocation location, CancellationToken cancel)
    {
        try
        {
            var path = PathOf(location);
            await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            var mode = File.GetUnixFileMode(file.SafeFileHandle);
            if ((mode & Others) != 0)
                throw Refused(location, $"others may read or change it (mode {Convert.ToString((int)mode, 8).PadLeft(4, '0')}); run chmod 600 on it");
            if (file.Length > MostBytes)
                throw Refused(location, $"it has {file.Length} bytes, and at most {MostBytes} are read");
            var content = new byte[file.Length];
            await file.ReadExactlyAsync(content, cancel);
            return new SecretValue(content);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new SecretSourceException(SecretFaultReason.Missing, $"There is no file {location.Name} below {root}; put it there, or correct the path.");
        }
        catch (UnauthorizedAccessException)
        {
            throw Refused(location, "the controller's user may not read it, or it is a folder; give it to that user");
        }
        catch (IOException e)
        {
            throw new SecretSourceException(SecretFaultReason.Unreachable, $"The file {location.Name} below {root} could not be read: {e.Message}");
        }
    }

    /// <summary>Of the file itself, links followed.</summary>
    /// <exception cref="SecretSourceException">It is not there, or lies elsewhere.</exception>
    /// <exception cref="IOException">It is not there, or cannot be looked at.</exception>
    public string PathOf(SecretLocation location)
    {
        if (location.Name.Split('/').Contains(".."))
            throw Refused(location, "'..' must not stand in its path");
        if (location.Name.StartsWith('/') && !location.Name.StartsWith(root.TrimEnd('/') + "/", StringComparison.Ordinal))
            throw new SecretSourceException(SecretFaultReason.Refused,
                $"The file {location.Name} is not read: only files below {root} are; move it there, or start the controller with --secrets FOLDER (RECONCILER_SECRETS).");
        if (!Directory.Exists(root))
            throw new SecretSourceException(SecretFaultReason.Missing,
                $"The folder {root}, below which secrets are read, does not exist; make it, or start the controller with --secrets FOLDER (RECONCILER_SECRETS).");
        var top = RealPath.Of(root);
        var real = RealPath.Of(Path.Combine(root, location.Name));
        return real.StartsWith(top.TrimEnd('/') + "/", StringComparison.Ordinal)
            ? real
            : throw Refused(location, $"it lies outside {root}, or a link leads there; move it into that folder");
    }

    private SecretSourceException Refused(SecretLocation location, string why) =>
        new(SecretFaultReason.Refused, $"The file {location.Name} below {root} is refused: {why}.");
}
