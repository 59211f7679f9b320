namespace Reconciler.Secrets;

/// <summary><c>file:PATH</c>, written: the new content is durable beside the old before it takes its name, 0600 from its first byte
/// on.</summary>
/// <param name="requireOurs">Throws where the file is another user's: it would be ours afterwards, and the controller could not read
/// it.</param>
internal sealed class FileSecretStore(FileSecretSource source, Action<string> requireOurs) : ISecretStore
{
    public string Scheme => source.Scheme;

    public async Task<string?> ReplaceAsync(SecretLocation location, Func<SecretValue, SecretValue> change, CancellationToken cancel)
    {
        var old = await source.ReadAsync(location, cancel);
        var path = source.PathOf(location);
        requireOurs(path);
        var content = change(old).Reveal();
        var fresh = $"{path}.{Path.GetRandomFileName()}";
        try
        {
            await WriteAsync(fresh, content, cancel);
            File.Move(fresh, path, overwrite: true);
            return null;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new SecretSourceException(SecretFaultReason.Refused, $"The file {location.Name} could not be replaced, and is as it"
                + $" was: {fault.Message} "
                + $"The controller's user must be able to write into {Path.GetDirectoryName(path)}.");
        }
        finally
        {
            File.Delete(fresh);
        }
    }

    private static async Task WriteAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancel)
    {
        await using var file = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
        await file.WriteAsync(content, cancel);
        file.Flush(flushToDisk: true);
    }
}
