using System.Text.RegularExpressions;

namespace Reconciler.Rotating;

/// <summary>What a new SECRET_KEY means for those who are logged in.</summary>
internal static partial class DjangoKeys
{
    /// <summary>For a shell in the live virtualenv; prints <c>django MAJOR MINOR</c>.</summary>
    public const string Question = "python -c 'import django; print(\"django\", *django.VERSION[:2])'\n";

    /// <summary>SECRET_KEY_FALLBACKS is new in Django 4.1 (its release notes). Null when the answer is none.</summary>
    public static bool? KnowsFallbacks(string answer) => Version().Match(answer) is { Success: true } match
        ? (int.Parse(match.Groups[1].Value), int.Parse(match.Groups[2].Value)).CompareTo((4, 1)) >= 0 : null;

    public static string LoggedIn(bool kept, bool declared, bool drops) => (kept, declared, drops) switch
    {
        (_, true, true) => "SECRET_KEY_FALLBACKS is empty: everybody is logged out, and no link that was mailed counts any more",
        (true, _, _) => "the old key is the one in SECRET_KEY_FALLBACKS: nobody is logged out; rotate again with --drop-fallbacks when"
            + " sessions have run out",
        (_, true, _) => "this Django is older than 4.1 and knows no SECRET_KEY_FALLBACKS: everybody is logged out",
        _ => "the secrets file declares no SECRET_KEY_FALLBACKS: everybody is logged out, and no link that was mailed counts any more",
    };

    [GeneratedRegex(@"^django (\d{1,3}) (\d{1,3})\s*$", RegexOptions.Multiline)]
    private static partial Regex Version();
}
