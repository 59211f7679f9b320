using System.Text.RegularExpressions;

namespace Reconciler.Watching;

/// <summary>The format of pip's requirements files, as far as taking in other files goes.</summary>
internal static partial class RequirementsText
{
    /// <summary>What <c>-r</c> and <c>-c</c> name, in order, as written. Continued lines and comments are read as pip reads them.</summary>
    public static IEnumerable<string> Includes(string text)
    {
        foreach (var line in Continued().Replace(text.ReplaceLineEndings("\n"), "").Split('\n'))
        {
            if (Include().Match(Comment().Replace(line, "").Trim()) is { Success: true } include)
                yield return include.Groups["file"].Value.Trim().Trim('"', '\'');
        }
    }

    [GeneratedRegex(@"\\\n")]
    private static partial Regex Continued();

    [GeneratedRegex(@"(^|\s)#.*$")]
    private static partial Regex Comment();

    [GeneratedRegex(@"^(-[rc]\s*|--(requirement|constraint)(\s+|\s*=\s*))(?<file>\S.*)$")]
    private static partial Regex Include();
}
