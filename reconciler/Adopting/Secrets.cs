using System.Text.RegularExpressions;

namespace Reconciler.Adopting;

/// <summary>What somebody may have typed into a configuration file, and git must not hold.</summary>
internal static partial class Secrets
{
    public static bool LooksLikeOne(string line) => Assigned().IsMatch(line) || UserInfo().IsMatch(line)
        || line.Contains("PRIVATE KEY", StringComparison.Ordinal);

    [GeneratedRegex(@"\b\w*(?:SECRET|PASSW|TOKEN|CREDENTIAL|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY|requirepass|masterauth)\w*[""']?\s*(?:[=:]|\s)\s*\S", RegexOptions.IgnoreCase)]
    private static partial Regex Assigned();

    [GeneratedRegex(@"://[^/@\s]*:[^/@\s]*@")]
    private static partial Regex UserInfo();
}
