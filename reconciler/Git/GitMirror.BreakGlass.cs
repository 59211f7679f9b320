namespace Reconciler.Git;

internal sealed partial class GitMirror
{
    private static readonly TimeSpan AnswerDeadline = TimeSpan.FromSeconds(20);

    /// <summary>For every call: a hook says by them where the objects lie that git has not taken yet.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>();

    /// <summary>Whether the git host answers now; what hangs for 20 s does not.</summary>
    /// <exception cref="GitException">The git program is missing.</exception>
    public async Task<bool> AnswersAsync(string branch, CancellationToken cancel)
    {
        BranchName.Check(branch);
        try
        {
            var call = new GitCall(["ls-remote", "--quiet", "--end-of-options", remote, $"refs/heads/{branch}"], AnswerDeadline);
            return (await git.RunAsync(call, cancel)).ExitCode == 0;
        }
        catch (GitException fault) when (fault.Failure == GitFailure.TimedOut)
        {
            return false;
        }
    }

    /// <summary>Takes the objects of a branch of a repository of the controller's own, kept from all branches of the git host.</summary>
    /// <exception cref="GitException"/>
    public async Task TakeAsync(string from, string branch, CancellationToken cancel)
    {
        BranchName.Check(branch);
        using var held = await TakeAsync(cancel);
        var call = Call(
            [
                "-c", "fetch.unpackLimit=1", "fetch", "--quiet", "--no-tags", "--no-prune", "--no-auto-maintenance",
                "--no-write-fetch-head", "--no-recurse-submodules", "--end-of-options", from,
                $"+refs/heads/{branch}:refs/break-glass/{branch}",
            ], git.Settings.FetchDeadline);
        var fromFolder = new Dictionary<string, string> { ["GIT_ALLOW_PROTOCOL"] = "file" };
        var answer = await git.RunAsync(call with { Variables = With(fromFolder) }, cancel);
        if (answer.ExitCode != 0)
            throw GitError.OfFetch(from, answer.Error);
    }

    /// <summary>Who signed a commit, as the signers' file calls them.</summary>
    /// <returns>Null when none of them did.</returns>
    /// <exception cref="GitException"/>
    public async Task<string?> SignerAsync(string commit, Signers signers, CancellationToken cancel)
    {
        if (await UnsignedAsync(null, commit, signers, cancel) is { Count: > 0 })
            return null;
        var (options, variables) = signers.Arrange();
        var call = Call([.. options, "log", "-1", "--no-color", "--format=%GS", CommitId.Check(commit), "--"], git.Settings.ReadDeadline);
        return GitError.Clean((await git.RunAsync(call with { Variables = With(variables) }, cancel)).Text);
    }

    private Dictionary<string, string> With(IReadOnlyDictionary<string, string> more) =>
        Variables.Concat(more).ToDictionary(each => each.Key, each => each.Value, StringComparer.Ordinal);
}
