using System.Security.Cryptography;
using System.Text;
using Reconciler.Git;

namespace Reconciler.Watching;

/// <summary>Everything from which <c>collectstatic</c> may make something: while it is the same, the collected files are too.</summary>
internal static class StaticInputs
{
    /// <param name="settings">Python files that count nevertheless.</param>
    /// <returns>Lower hex SHA-256 over mode, object id and path of each, sorted by path.</returns>
    public static string DigestOf(IReadOnlyList<TreeEntry> entries, IReadOnlySet<string> settings)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var entry in entries.Where(entry => settings.Contains(entry.Path) || IsInput(entry.Path)).OrderBy(entry => entry.Path, StringComparer.Ordinal))
            hash.AppendData(Encoding.UTF8.GetBytes($"{entry.Mode} {entry.Id} {entry.Path}\0"));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static bool IsInput(string path) =>
        !path.EndsWith(".py", StringComparison.Ordinal)
        && !path.EndsWith(".md", StringComparison.OrdinalIgnoreCase)
        && !path.Split('/').Any(part => part is "test" or "tests" or ".github");
}
