using System.Security.Cryptography;
using System.Text;

namespace Reconciler.Tests.PowerCut;

/// <summary>What is in a folder: paths relative to it, in order.</summary>
internal sealed class DiskImage
{
    private readonly SortedDictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    /// <param name="Content">Of a file; null for a folder or a link.</param>
    /// <param name="Target">Of a link.</param>
    internal sealed record Entry(byte[]? Content, int Mode, string? Target = null);

    public IReadOnlyDictionary<string, Entry> Entries => _entries;

    public void Add(string path, Entry entry) => _entries.Add(path, entry);

    /// <summary>Null when there is no such file.</summary>
    public string? Text(string path) => _entries.TryGetValue(path, out var entry) && entry.Content is { } content ? Encoding.UTF8.GetString(content) : null;

    /// <summary>Of all whose path a test picks.</summary>
    public string Digest(Func<string, bool>? picks = null)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (path, entry) in _entries.Where(entry => picks?.Invoke(entry.Key) ?? true))
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{path}\0{entry.Mode}\0{entry.Target}\0{entry.Content?.Length}\0"));
            hash.AppendData(entry.Content ?? []);
        }
        return Convert.ToHexString(hash.GetHashAndReset());
    }

    /// <param name="leavesOut">Paths, with all below them, that are not of interest.</param>
    public static DiskImage Of(string folder, Func<string, bool> leavesOut)
    {
        var image = new DiskImage();
        Load(new DirectoryInfo(folder), "");
        return image;

        void Load(DirectoryInfo from, string prefix)
        {
            foreach (var found in from.EnumerateFileSystemInfos())
            {
                var path = prefix + found.Name;
                if (leavesOut(path))
                    continue;
                var mode = (int)found.UnixFileMode;
                if (found.LinkTarget is { } target)
                    image.Add(path, new(null, 0b111_111_111, target));
                else if (found is DirectoryInfo inner)
                {
                    image.Add(path, new(null, mode));
                    Load(inner, path + "/");
                }
                else
                    image.Add(path, new(File.ReadAllBytes(found.FullName), mode));
            }
        }
    }

    /// <summary>Makes the folder be this and nothing else.</summary>
    public void WriteTo(string folder)
    {
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
        Directory.CreateDirectory(folder, (UnixFileMode)0b111_101_101);
        foreach (var (name, entry) in _entries)
        {
            var path = Path.Combine(folder, name);
            if (entry.Target is { } target)
                File.CreateSymbolicLink(path, target);
            else if (entry.Content is { } content)
                File.WriteAllBytes(path, content);
            else
                Directory.CreateDirectory(path);
            if (entry.Target is null)
                File.SetUnixFileMode(path, (UnixFileMode)entry.Mode);
        }
    }

    /// <summary>Line by line what differs, for people.</summary>
    public IEnumerable<string> DifferencesTo(DiskImage other) =>
        from path in _entries.Keys.Union(other._entries.Keys).Order(StringComparer.Ordinal)
        let here = Told(this, path)
        let there = Told(other, path)
        where here != there
        select $"{path}: {here} / {there}";

    private static string Told(DiskImage image, string path) => !image._entries.TryGetValue(path, out var entry) ? "absent"
        : entry.Target is not null ? $"link to {entry.Target}"
        : entry.Content is null ? $"folder {Convert.ToString(entry.Mode, 8)}"
        : $"file {Convert.ToString(entry.Mode, 8)}, {entry.Content.Length} bytes, {Convert.ToHexStringLower(SHA256.HashData(entry.Content))[..8]}";
}
