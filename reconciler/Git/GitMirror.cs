namespace Reconciler.Git;

/// <summary>
/// A bare mirror of some branches of one repository: fetched by branch name, never by commit id, since a git host also serves commits of
/// strangers' forks under the repository's own name. Nothing is ever pruned or collected, so a commit that once was here stays readable.
/// </summary>
internal sealed partial class GitMirror(string folder, string remote, GitProgram git, TimeProvider clock)
{
    public string Remote => remote;

    public string Folder => folder;

    /// <summary>Makes the mirror if need be and fetches the named branches; a star in a name stands for any characters.</summary>
    /// <returns>Where each branch that matched stood before, and where it stands now.</returns>
    /// <exception cref="GitException">With every <see cref="GitFailure"/>; after one, the branches stand where they stood, or some of them have moved on.</exception>
    public async Task<IReadOnlyList<FetchedBranch>> FetchAsync(IReadOnlyList<string> branches, CancellationToken cancel)
    {
        foreach (var branch in branches)
            BranchName.Check(branch, pattern: true);
        using var held = await TakeAsync(cancel);
        var before = await TipsAsync(branches, cancel);
        await FetchIntoAsync(branches, cancel);
        var after = await TipsAsync(branches, cancel);
        await PackAsync(cancel);
        var fetched = new List<FetchedBranch>();
        foreach (var (name, tip) in after)
        {
            var old = before.GetValueOrDefault(name);
            fetched.Add(new FetchedBranch(name, old, tip, old is not null && old != tip && !await IsAncestorAsync(old, tip, cancel)));
        }
        return fetched;
    }

    /// <summary>Where a branch stands at the git host now, and with it the mirror. That it has not moved costs one question, no fetch.</summary>
    /// <param name="fetch">Without asking first: it is likely to have moved, or the mirror is not to be relied upon.</param>
    /// <exception cref="GitException">As of <see cref="FetchAsync"/>.</exception>
    public async Task<string> FollowAsync(string branch, bool fetch, CancellationToken cancel)
    {
        BranchName.Check(branch);
        if (!fetch && Exists && await FindAsync(branch, cancel) is { } here && await ThereAsync(branch, cancel) == here)
            return here;
        await FetchAsync([branch], cancel);
        return await ResolveAsync(branch, cancel);
    }

    /// <returns>Null where the git host has no such branch.</returns>
    private async Task<string?> ThereAsync(string branch, CancellationToken cancel)
    {
        var reference = $"refs/heads/{branch}";
        var answer = await RunAsync(["ls-remote", "--quiet", "--end-of-options", remote, reference], git.Settings.FetchDeadline, cancel);
        if (answer.ExitCode != 0)
            throw GitError.OfFetch(remote, answer.Error);
        // Others end in the same words.
        return answer.Text.Split('\n').Select(line => line.Split('\t')).FirstOrDefault(words => words is [_, var name] && name == reference)?[0];
    }

    /// <summary>Fetches what a git host keeps for a request, beside all branches: nothing that asks for branches ever finds it.</summary>
    /// <param name="reference">As the git host says: <c>refs/pull/7/head</c>.</param>
    /// <returns>The commit that it stands at.</returns>
    /// <exception cref="GitException"/>
    public async Task<string> FetchProposedAsync(string reference, CancellationToken cancel)
    {
        if (!Proposed().IsMatch(reference))
            throw new GitException(GitFailure.NotAllowed, $"'{GitError.Clean(reference)}' is no reference of a pull or merge request.");
        using var held = await TakeAsync(cancel);
        var ours = $"refs/proposed/{reference["refs/".Length..]}";
        var answer = await RunAsync(
            [
                "-c", "fetch.unpackLimit=1", "fetch", "--quiet", "--no-tags", "--no-prune", "--no-auto-maintenance", "--no-write-fetch-head",
                "--no-recurse-submodules", "--end-of-options", remote, $"+{reference}:{ours}",
            ],
            git.Settings.FetchDeadline, cancel);
        if (answer.ExitCode != 0)
            throw Unfetched(answer);
        return (await RunAsync(["rev-parse", "--verify", "--quiet", $"{ours}^{{commit}}"], cancel)).Text;
    }

    /// <summary>A commit in which another is merged, made here and never pushed; the same for the same two.</summary>
    /// <returns>Null when they conflict; the other itself where git is older than 2.38 and cannot tell.</returns>
    /// <exception cref="GitException"/>
    public async Task<string?> MergedAsync(string onto, string other, CancellationToken cancel)
    {
        if (await IsAncestorAsync(onto, other, cancel))
            return other;
        var tree = await RunAsync(["merge-tree", "--write-tree", "--no-messages", CommitId.Check(onto), CommitId.Check(other)], cancel);
        if (tree.ExitCode == 1)
            return null;
        if (tree.ExitCode != 0)
            return other;
        var call = Call(
            [
                "-c", "user.name=reconciler", "-c", "user.email=reconciler@localhost", "commit-tree", "-p", onto, "-p", other,
                "-m", "merged to plan it", tree.Text.Split('\n')[0],
            ], git.Settings.ReadDeadline) with
        {
            Variables = new Dictionary<string, string> { ["GIT_AUTHOR_DATE"] = "@0 +0000", ["GIT_COMMITTER_DATE"] = "@0 +0000" },
        };
        var made = await git.RunAsync(call, cancel);
        return made.ExitCode == 0 ? made.Text : throw Failed($"merge {other}", made);
    }

    [System.Text.RegularExpressions.GeneratedRegex("^refs/(pull|merge-requests)/[0-9]{1,12}/head$")]
    private static partial System.Text.RegularExpressions.Regex Proposed();

    private async Task FetchIntoAsync(IReadOnlyList<string> branches, CancellationToken cancel)
    {
        var answer = await RunAsync(
            [
                "-c", "fetch.prune=false", "-c", "fetch.unpackLimit=1", "-c", "fetch.writeCommitGraph=true",
                "fetch", "--quiet", "--no-tags", "--no-prune", "--no-auto-maintenance", "--no-write-fetch-head", "--no-recurse-submodules",
                "--no-show-forced-updates", "--end-of-options", remote, .. branches.Select(branch => $"+refs/heads/{branch}:refs/heads/{branch}"),
            ],
            git.Settings.FetchDeadline, cancel);
        if (answer.ExitCode != 0)
            throw Unfetched(answer);
    }

    private GitException Unfetched(GitAnswer answer)
    {
        MirrorRemains.RemoveUnfinished(folder);
        return GitError.OfFetch(remote, answer.Error);
    }

    /// <summary>The mirror's lock, with the mirror there and nothing in the way.</summary>
    private async Task<MirrorLock> TakeAsync(CancellationToken cancel)
    {
        MirrorLock? held = null;
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(folder)!, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            held = await MirrorLock.TakeAsync(folder + ".lock", git.Settings.LockDeadline, clock, cancel);
            await MakeAsync(cancel);
            MirrorRemains.Remove(folder, clock);
            return held;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            held?.Dispose();
            throw new GitException(GitFailure.Failed, $"The mirror {folder} cannot be written: {e.Message} Look at the rights of its folder and at the disk.", e);
        }
        catch
        {
            held?.Dispose();
            throw;
        }
    }

    private async Task MakeAsync(CancellationToken cancel)
    {
        if (Exists)
            return;
        // Made beside and moved into place, so that a mirror is there whole or not at all.
        var beside = folder + ".new";
        if (Directory.Exists(beside))
            Directory.Delete(beside, recursive: true);
        var call = new GitCall(["init", "--quiet", "--bare", "--template=", "--initial-branch=none", "--end-of-options", beside], git.Settings.ReadDeadline);
        var answer = await git.RunAsync(call, cancel);
        if (answer.ExitCode != 0)
            throw new GitException(GitFailure.Failed, $"git could not make the mirror {folder}: {answer.Error}. Look at the rights of its folder.");
        Directory.Move(beside, folder);
    }

    private bool Exists => File.Exists(Path.Combine(folder, "HEAD"));

    private async Task PackAsync(CancellationToken cancel)
    {
        var packs = Path.Combine(folder, "objects", "pack");
        if (Directory.Exists(packs) && Directory.EnumerateFiles(packs, "*.pack").Count() > git.Settings.MostPacks)
            await RunAsync(["repack", "--quiet", "-d", "--geometric=2"], git.Settings.FetchDeadline, cancel);
    }

    private Task<GitAnswer> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancel) => RunAsync(arguments, git.Settings.ReadDeadline, cancel);

    private Task<GitAnswer> RunAsync(IReadOnlyList<string> arguments, TimeSpan deadline, CancellationToken cancel) =>
        git.RunAsync(Call(arguments, deadline), cancel);

    private GitCall Call(IReadOnlyList<string> arguments, TimeSpan deadline)
    {
        if (Exists)
            return new GitCall([$"--git-dir={folder}", .. arguments], deadline) { Variables = Variables };
        throw new GitException(GitFailure.NoSuchCommit, $"{remote} has not been fetched yet.");
    }

    private GitException Failed(string doing, GitAnswer answer) =>
        new(GitFailure.Failed, $"git could not {doing} in the mirror of {remote}: {answer.Error}. If this stays, delete {folder}; it is fetched again.");
}

/// <param name="Before">Null when it was not here before.</param>
/// <param name="Forced">The branch was rewound or replaced: <paramref name="After"/> does not descend from <paramref name="Before"/>.</param>
internal sealed record FetchedBranch(string Name, string? Before, string After, bool Forced);
