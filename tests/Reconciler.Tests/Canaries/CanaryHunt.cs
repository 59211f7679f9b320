using System.Diagnostics;
using System.IO.Compression;

namespace Reconciler.Tests.Canaries;

/// <summary>Searches for canaries in all their forms, also in what is compressed and in git's objects.</summary>
public sealed class CanaryHunt
{
    private const int Piece = 1 << 16;
    private readonly List<(Canary Canary, string Encoding, byte[] Bytes)> _forms;
    private readonly ManyPatterns _patterns;

    public CanaryHunt(IEnumerable<Canary> canaries)
    {
        _forms = [.. canaries.SelectMany(canary => CanaryForms.Of(canary.Value).Select(form => (canary, form.Encoding, form.Bytes)))
            .DistinctBy(form => Convert.ToHexString(form.Bytes))];
        _patterns = new([.. _forms.Select(form => form.Bytes)]);
    }

    /// <summary>All regular files below a folder, as they are and unpacked, and the objects of all git repositories there.</summary>
    /// <param name="except">Files that may hold canaries.</param>
    /// <param name="newerThan">Only what was written or changed since this file was.</param>
    public List<CanaryFinding> InFolder(string folder, Func<string, bool>? except = null, string? newerThan = null)
    {
        var found = new List<CanaryFinding>();
        foreach (var file in Files(folder, newerThan).Where(file => except?.Invoke(file) != true))
        {
            found.AddRange(InFile(file));
            var above = Path.GetDirectoryName(file)!;
            if (Path.GetFileName(file) == "HEAD" && Directory.Exists(Path.Combine(above, "objects", "pack")))
                found.AddRange(In("git", ["-c", "safe.directory=*", "--git-dir", above, "cat-file", "--batch-all-objects", "--buffer", "--batch"],
                    $"{above} (git objects)"));
        }
        return found;
    }

    /// <summary>A file as it is and, where it is gzip or an object of git, unpacked. One that has gone meanwhile holds nothing.</summary>
    public List<CanaryFinding> InFile(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1);
            var found = In(file, path);
            file.Position = 0;
            var (first, second) = (file.ReadByte(), file.ReadByte());
            file.Position = 0;
            if ((first, second) == (0x1f, 0x8b))
                ReadPacked(new GZipStream(file, CompressionMode.Decompress), $"{path} (gzip)", found);
            else if (first == 0x78 && (first * 256 + second) % 31 == 0)
                ReadPacked(new ZLibStream(file, CompressionMode.Decompress), $"{path} (zlib)", found);
            return found;
        }
        catch (Exception gone) when (gone is FileNotFoundException or DirectoryNotFoundException)
        {
            return [];
        }
        catch (IOException)
        {
            // Somebody holds it locked, which only programs of .NET ask about.
            return In("cat", ["--", path], path);
        }
    }

    /// <summary>What a program prints.</summary>
    public List<CanaryFinding> In(string program, IEnumerable<string> arguments, string where)
    {
        using var running = Start(program, arguments);
        var found = In(running.StandardOutput.BaseStream, where);
        running.WaitForExit();
        return found;
    }

    /// <summary>A stream from where it stands to its end.</summary>
    public List<CanaryFinding> In(Stream stream, string where)
    {
        var found = new List<CanaryFinding>();
        Read(stream, where, found);
        return found;
    }

    /// <summary>Asked of find: it tells files from pipes without opening them, and knows when an inode changed.</summary>
    private static List<string> Files(string folder, string? newerThan)
    {
        using var find = Start("find", [folder, "-type", "f", .. newerThan is null ? Array.Empty<string>() : ["-cnewer", newerThan], "-print0"]);
        var files = find.StandardOutput.ReadToEnd().Split('\0', StringSplitOptions.RemoveEmptyEntries);
        find.WaitForExit();
        return [.. files];
    }

    private static Process Start(string program, IEnumerable<string> arguments) =>
        Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;

    private void ReadPacked(Stream unpacked, string where, List<CanaryFinding> found)
    {
        using (unpacked)
        {
            try
            {
                Read(unpacked, where, found);
            }
            catch (InvalidDataException)
            {
                // It only began like one, or is still being written: what came out until then was searched.
            }
        }
    }

    private void Read(Stream stream, string where, List<CanaryFinding> found)
    {
        var (piece, state, before) = (new byte[Piece], 0, 0L);
        while (stream.Read(piece) is > 0 and var read)
        {
            var begin = before;
            state = _patterns.Search(piece.AsSpan(0, read), state, (index, end) =>
                found.Add(new(where, begin + end - _forms[index].Bytes.Length, _forms[index].Encoding, _forms[index].Canary.Name)));
            before += read;
        }
    }
}
