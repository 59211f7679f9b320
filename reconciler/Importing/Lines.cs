namespace Reconciler.Importing;

/// <summary>A text file of the server.</summary>
internal sealed record SeenFile(string Path, string Text);

/// <summary>Lines that looks print: a word, then the rest; a file's own lines follow its <c>file PATH</c>, each behind <c>|
/// </c>, and
/// <c>noeol</c> where the last one is not ended.</summary>
internal static class Lines
{
    public static IReadOnlyList<SeenFile> Files(string output)
    {
        var files = new List<(string Path, List<string> Lines)>();
        foreach (var line in output.Split('\n'))
            if (line.StartsWith("file ", StringComparison.Ordinal))
                files.Add((line[5..], []));
            else if (line.StartsWith("| ", StringComparison.Ordinal) && files.Count > 0)
                files[^1].Lines.Add(line[2..] + "\n");
            else if (line == "noeol" && files is [.., { Lines: [.., var last] lines }])
                lines[^1] = last[..^1];
        return [.. files.Select(file => new SeenFile(file.Path, string.Concat(file.Lines)))];
    }

    public static IEnumerable<string> After(string output, string word) => output.Split('\n')
        .Where(line => line.StartsWith(word + " ", StringComparison.Ordinal)).Select(line => line[(word.Length + 1)..].Trim());

    public static string? First(string output, string word) => After(output, word).FirstOrDefault(value => value.Length > 0);
}
