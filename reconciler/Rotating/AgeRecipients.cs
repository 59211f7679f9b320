using System.Text.RegularExpressions;

namespace Reconciler.Rotating;

/// <summary><c>FILE.recipients</c> beside an encrypted file: for whom it is encrypted anew, a public key on each line, as <c>age -R</c>
/// reads it.</summary>
internal static partial class AgeRecipients
{
    public const string Suffix = ".recipients";

    /// <returns>The keys; or why there are none to be used.</returns>
    public static (IReadOnlyList<string> Keys, string? Fault) Read(string file, string text)
    {
        var lines = text.Split('\n').Select(line => line.Trim()).ToList();
        for (var i = 0; i < lines.Count; i++)
            if (lines[i].Length > 0 && lines[i][0] != '#' && !Key().IsMatch(lines[i]))
                return ([], $"{file}:{i + 1}: this is no public key of age; write age1... (age-keygen -y IDENTITY shows it) or"
                    + $" ssh-ed25519 AAAA...");
        List<string> keys = [.. lines.Where(line => line.Length > 0 && line[0] != '#')];
        return keys.Count > 0 ? (keys, null) : ([], $"{file} names nobody; write a public key of age on each line, the controller's"
            + $" among them");
    }

    // Not age1NAME1...: those start a program age-plugin-NAME, and that is not for a file in git to say.
    [GeneratedRegex(@"^(age1[02-9ac-hj-np-z]{58}|ssh-(ed25519|rsa) [A-Za-z0-9+/=]+( .*)?)\z")]
    private static partial Regex Key();
}
