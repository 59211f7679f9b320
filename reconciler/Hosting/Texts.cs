namespace Reconciler.Hosting;

/// <summary>Texts as git hosts take them.</summary>
internal static class Texts
{
    /// <summary>One line of at most that many characters, counted as UTF-16.</summary>
    public static string Cut(string text, int longest)
    {
        var line = new string([.. text.Select(c => char.IsControl(c) ? ' ' : c)]).Trim();
        if (line.Length <= longest)
            return line;
        var end = longest - 1;
        return (char.IsHighSurrogate(line[end - 1]) ? line[..(end - 1)] : line[..end]) + "…";
    }
}
