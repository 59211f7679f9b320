namespace Reconciler.Hosting;

/// <summary>A file of the controller that holds one secret word.</summary>
internal static class TokenFile
{
    private const int Longest = 4096;

    /// <exception cref="GitHostException">It is not there, may be read by others, or holds no single word.</exception>
    public static string Read(string file, string host)
    {
        GitHostException Refused(string why) => new(GitHostFailure.Refused, $"the file {file} with the secret for {host} {why}");
        try
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read);
            if ((File.GetUnixFileMode(stream.SafeFileHandle) & (UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.GroupWrite)) != 0)
                throw Refused($"may be read or changed by others: run chmod 600 {file}");
            if (stream.Length > Longest)
                throw Refused($"has {stream.Length} bytes, and is no token");
            using var reader = new StreamReader(stream);
            var word = reader.ReadToEnd().Trim();
            return word.Length > 0 && word.All(c => c is > ' ' and <= '~') ? word : throw Refused("must hold one word without spaces, and nothing else");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw Refused($"cannot be read: {fault.Message}");
        }
    }
}
