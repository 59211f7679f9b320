using System.Text.RegularExpressions;

namespace Reconciler.Git;

/// <summary>Whole object ids only: 40 lower hex digits, or 64 in a SHA-256 repository. Nothing else can be an option or a range.</summary>
internal static partial class CommitId
{
    public static bool IsWhole(string id) => Whole().IsMatch(id);

    /// <exception cref="GitException"><see cref="GitFailure.NoSuchCommit"/>.</exception>
    public static string Check(string id) => IsWhole(id)
        ? id
        : throw new GitException(GitFailure.NoSuchCommit, $"'{GitError.Clean(id)}' is no whole commit id; write all 40 digits, in lower case.");

    [GeneratedRegex(@"^([0-9a-f]{40}|[0-9a-f]{64})\z")]
    private static partial Regex Whole();
}
