using System.Text.RegularExpressions;

namespace Reconciler.Git;

/// <summary>Branch names as documents give them, checked before git sees them: <c>main</c>, or with one star <c>hotfix/*</c>.</summary>
internal static partial class BranchName
{
    /// <summary>Null when git may be given it; else what is wrong with it. The rules are those of git-check-ref-format(1), and no leading dash.</summary>
    public static string? Fault(string name, bool pattern)
    {
        if (name.Length is 0 or > 200)
            return "a branch name has 1 to 200 characters";
        if (name[0] == '-')
            return "a branch name that begins with a dash would be read as an option";
        if (name.Count(c => c == '*') > (pattern ? 1 : 0))
            return pattern ? "at most one * may stand in a branch pattern" : "* may stand only in a pattern";
        if (Forbidden().IsMatch(name) || name == "@")
            return "this is no name that git accepts for a branch (see git check-ref-format)";
        return null;
    }

    /// <summary>
    /// Of a branch that a person names to push to. Refuses also what git would accept, but reads as something else elsewhere.
    /// </summary>
    /// <returns>What is wrong with it; null when a branch may be called so.</returns>
    public static string? FaultToPush(string name)
    {
        if (name.StartsWith("refs/", StringComparison.Ordinal))
            return "this is a whole ref; name the branch alone, as maintenance/site";
        if (name.StartsWith('+') || name.StartsWith('@') || name == "HEAD" || name.StartsWith("HEAD/", StringComparison.Ordinal))
            return "git reads this as something else than a branch; name the branch alone, as maintenance/site";
        return Fault(name, pattern: false);
    }

    /// <exception cref="GitException"><see cref="GitFailure.NotAllowed"/>.</exception>
    public static void Check(string name, bool pattern = false)
    {
        if (Fault(name, pattern) is { } fault)
            throw new GitException(GitFailure.NotAllowed, $"The branch '{GitError.Clean(name)}' is refused: {fault}.");
    }

    /// <summary>A star stands for any characters, slashes too, as in git's own refspecs.</summary>
    public static bool Matches(string name, string pattern)
    {
        var star = pattern.IndexOf('*');
        if (star < 0)
            return name == pattern;
        return name.Length >= pattern.Length - 1
            && name.StartsWith(pattern[..star], StringComparison.Ordinal)
            && name.EndsWith(pattern[(star + 1)..], StringComparison.Ordinal);
    }

    [GeneratedRegex(@"[\x00-\x20\x7f~^:?\[\\]|\.\.|@\{|//|^/|/$|\.$|(^|/)\.|\.lock(/|$)")]
    private static partial Regex Forbidden();
}
