using System.Globalization;
using System.Text;

namespace Reconciler.Git;

/// <summary>One file of a commit.</summary>
/// <param name="Path">From the root of the repository, with slashes. What is not UTF-8 in it is U+FFFD.</param>
/// <param name="Mode"><c>100644</c>, <c>100755</c>, <c>120000</c> (link) or <c>160000</c> (submodule).</param>
/// <param name="Id">Of the blob; of a commit elsewhere for a submodule.</param>
/// <param name="Size">Bytes; 0 for a submodule.</param>
internal sealed record TreeEntry(string Path, string Mode, string Id, long Size)
{
    public bool IsFile => Mode is "100644" or "100755" or "100664";

    public bool IsLink => Mode == "120000";

    public bool IsSubmodule => Mode == "160000";

    /// <summary>Reads what <c>git ls-tree -r -z -l</c> prints: mode, type, id, padded size, tab, path, NUL.</summary>
    public static IReadOnlyList<TreeEntry> Parse(byte[] output)
    {
        var entries = new List<TreeEntry>();
        foreach (var record in Encoding.UTF8.GetString(output).Split('\0', StringSplitOptions.RemoveEmptyEntries))
        {
            var tab = record.IndexOf('\t');
            var words = record[..tab].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            var size = words[3] == "-" ? 0 : long.Parse(words[3], CultureInfo.InvariantCulture);
            entries.Add(new TreeEntry(record[(tab + 1)..], words[0], words[2], size));
        }
        return entries;
    }
}
