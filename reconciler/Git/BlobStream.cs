using System.Globalization;
using System.Text;

namespace Reconciler.Git;

/// <summary>Reads what <c>git cat-file --batch</c> prints: <c>ID blob SIZE</c>, newline, content, newline; <c>ID missing</c> for what is not there.</summary>
internal static class BlobStream
{
    // As large as a file may be that is read into memory; nothing that we read is meant to be larger.
    private const long Most = 256 << 20;

    public static async Task ReadAsync(Stream output, Dictionary<string, byte[]> blobs, CancellationToken cancel)
    {
        await using var buffered = new BufferedStream(output, 1 << 16);
        var header = new StringBuilder();
        while (await ReadLineAsync(buffered, header, cancel))
        {
            var words = header.ToString().Split(' ');
            if (words is not [var id, var type, var digits])
                continue;
            var size = long.Parse(digits, CultureInfo.InvariantCulture);
            if (size > Most)
                throw new GitException(GitFailure.Failed, $"The {type} {id} has {size} bytes; more than {Most} are not read.");
            var content = new byte[size + 1];
            await buffered.ReadExactlyAsync(content, cancel);
            if (type == "blob")
                blobs[id] = content[..^1];
        }
    }

    private static async Task<bool> ReadLineAsync(Stream stream, StringBuilder line, CancellationToken cancel)
    {
        line.Clear();
        var one = new byte[1];
        while (await stream.ReadAsync(one, cancel) == 1)
        {
            if (one[0] == '\n')
                return true;
            line.Append((char)one[0]);
        }
        return false;
    }
}
