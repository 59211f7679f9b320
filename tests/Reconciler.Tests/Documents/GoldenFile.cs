namespace Reconciler.Tests.Documents;

/// <summary>Expected output kept in the repository; <c>UPDATE_GOLDEN=1 ./test</c> rewrites it, and its diff is read.</summary>
internal static class GoldenFile
{
    /// <param name="path">From the top of the repository.</param>
    public static void Check(string path, string text)
    {
        var file = Path.Combine(Trees.Repository, path);
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, text);
        }
        var kept = File.Exists(file) ? File.ReadAllText(file) : "";
        // Line by line: of two long texts a comparison of characters shows nothing.
        text.Split('\n').ShouldBe(kept.Split('\n'), $"{path} is otherwise: read the difference, and rewrite it with UPDATE_GOLDEN=1 ./test fast");
    }
}
