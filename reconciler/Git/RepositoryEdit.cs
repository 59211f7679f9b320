namespace Reconciler.Git;

/// <summary>What was committed.</summary>
/// <param name="Branch">That it was pushed to.</param>
/// <param name="Change">As git prints it, without context.</param>
internal sealed record PushedCommit(string Id, string Branch, string Author, string Change);

/// <summary>
/// A commit that changes a few lines: made in a clone that is gone afterwards, pushed, and made anew when somebody else was faster.
/// </summary>
/// <param name="branch">That is followed: where the change starts from.</param>
internal sealed class RepositoryEdit(GitProgram git, string remote, string branch)
{
    private const int MostTries = 5;

    /// <summary>Pushed to; null: the followed branch itself.</summary>
    public string? To { get; init; }

    /// <summary>What stands on <see cref="To"/> gives way: a branch of our own.</summary>
    public bool Force { get; init; }

    /// <summary><c>NAME &lt;ADDRESS&gt;</c>; null: as git's configuration says.</summary>
    public string? Author { get; init; }

    /// <param name="change">Changes files in the clone, gives the commit's message; called again on what others pushed meanwhile.</param>
    /// <returns>Null when nothing was to be changed.</returns>
    /// <exception cref="GitException"/>
    public async Task<PushedCommit?> CommitAsync(Func<EditedClone, CancellationToken, Task<string>> change, CancellationToken cancellation)
    {
        RemoteAddress.Check(remote, git.Settings);
        BranchName.Check(branch);
        BranchName.Check(To ?? branch);
        var folder = Directory.CreateTempSubdirectory("reconciler-commit-").FullName;
        try
        {
            var clone = new EditedClone(git, Path.Combine(folder, "tree"));
            if (await git.RunAsync(
                new(["clone", "--quiet", "--no-tags", "--single-branch", "--branch", branch, "--", remote, clone.Folder],
                    git.Settings.FetchDeadline), cancellation)
                is { ExitCode: not 0 } refused)
                throw OfClone(refused.Error);
            for (var attempt = 1; ; attempt++)
            {
                var message = await change(clone, cancellation);
                if (await clone.CommitAsync(message, Author, cancellation) is not { } made)
                    return null;
                var pushed = await clone.RunAsync(["push", "--quiet", "origin", $"{(Force && To is not null ? "+" : "")}HEAD:refs/heads/{To ?? branch}"],
                    git.Settings.FetchDeadline, cancellation);
                if (pushed.ExitCode == 0)
                    return made with { Branch = To ?? branch };
                if (To is not null || !IsRace(pushed.Error) || attempt == MostTries)
                    throw OfPush(pushed.Error);
                await clone.OkAsync(["fetch", "--quiet", "origin", branch], git.Settings.FetchDeadline, cancellation);
                await clone.OkAsync(["reset", "--quiet", "--hard", "FETCH_HEAD"], git.Settings.ReadDeadline, cancellation);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private GitException OfClone(string error) => error.Contains("Remote branch", StringComparison.Ordinal)
        ? new(GitFailure.NoSuchBranch, $"{remote} has no branch {branch}; correct the name, or push the branch.")
        : GitError.OfFetch(remote, error);

    private static bool IsRace(string error) =>
        error.Contains("fetch first", StringComparison.Ordinal) || error.Contains("non-fast-forward", StringComparison.Ordinal)
        || error.Contains("cannot lock ref", StringComparison.Ordinal) || error.Contains("incorrect old value", StringComparison.Ordinal);

    private GitException OfPush(string error) => (To, IsRace(error)) switch
    {
        ({ } to, true) => new(GitFailure.Refused,
            $"{remote} has a branch {to} with other commits on it; nothing was pushed: name another branch, or delete that one."),
        (null, true) => new(GitFailure.Busy,
            $"Others pushed to {branch} of {remote} each time, {MostTries} times in a row; nothing was pushed: try again."),
        _ => new(GitFailure.Refused,
            $"{remote} did not take the commit, nothing was pushed: {error}. Get the right to push to {To ?? branch}, "
            + "or push to a branch of its own with "
            + "--to-branch NAME and open a pull request."),
    };
}
