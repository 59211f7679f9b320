using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Reconciler.Model;

namespace Reconciler.Git;

internal sealed partial class GitMirror
{
    private const string InfoFormat = "--format=%H%x00%an <%ae>%x00%ct%x00%s";

    /// <summary>The commit that a branch stood at when it was last fetched.</summary>
    /// <exception cref="GitException"><see cref="GitFailure.NoSuchBranch"/>.</exception>
    public async Task<string> ResolveAsync(string branch, CancellationToken cancel)
    {
        BranchName.Check(branch);
        return await FindAsync(branch, cancel)
            ?? throw new GitException(GitFailure.NoSuchBranch, $"{remote} has no branch {branch} that was fetched; correct the name, or push the branch.");
    }

    private async Task<string?> FindAsync(string branch, CancellationToken cancel)
    {
        var answer = await RunAsync(["rev-parse", "--verify", "--quiet", $"refs/heads/{branch}^{{commit}}"], cancel);
        return answer.ExitCode == 0 ? answer.Text : null;
    }

    /// <summary>Whether the commit is in the mirror, reachable or not.</summary>
    public async Task<bool> HasCommitAsync(string commit, CancellationToken cancel)
    {
        CommitId.Check(commit);
        return Exists && (await RunAsync(["cat-file", "-e", $"{commit}^{{commit}}"], cancel)).ExitCode == 0;
    }

    /// <summary>A commit counts as its own ancestor.</summary>
    /// <exception cref="GitException"><see cref="GitFailure.NoSuchCommit"/>: one of them is not in the mirror.</exception>
    public async Task<bool> IsAncestorAsync(string ancestor, string descendant, CancellationToken cancel)
    {
        var answer = await RunAsync(["merge-base", "--is-ancestor", CommitId.Check(ancestor), CommitId.Check(descendant)], cancel);
        return answer.ExitCode switch
        {
            0 => true,
            1 => false,
            _ => throw new GitException(GitFailure.NoSuchCommit, $"The mirror of {remote} lacks {ancestor} or {descendant}: {answer.Error}."),
        };
    }

    /// <summary>How <paramref name="to"/> stands to <paramref name="from"/>.</summary>
    /// <exception cref="GitException"><see cref="GitFailure.NoSuchCommit"/>.</exception>
    public async Task<CommitRelation> RelationAsync(string from, string to, CancellationToken cancel)
    {
        if (from == to)
            return CommitRelation.Same;
        if (await IsAncestorAsync(from, to, cancel))
            return CommitRelation.Forward;
        return await IsAncestorAsync(to, from, cancel) ? CommitRelation.Back : CommitRelation.Diverged;
    }

    /// <summary>Those fetched branches that match one of the patterns and reach the commit; none when it is not here, or reachable from none.</summary>
    /// <remarks>Asked in every turn: git is not, as long as no branch has moved.</remarks>
    public async Task<IReadOnlyList<string>> BranchesContainingAsync(string commit, IReadOnlyList<string> patterns, CancellationToken cancel)
    {
        var (question, state) = ((commit, string.Join('\n', patterns)), RefsState());
        if (_containing.TryGetValue(question, out var known) && known.State == state)
            return known.Branches;
        var branches = await AskContainingAsync(commit, patterns, cancel);
        _containing[question] = (state, branches);
        return branches;
    }

    private readonly ConcurrentDictionary<(string Commit, string Patterns), (string State, IReadOnlyList<string> Branches)> _containing = new();

    /// <summary>A branch that moves is a file replaced in its folder, whoever moves it (gitrepository-layout(5)); packed ones are in one file.</summary>
    private string RefsState()
    {
        var heads = new DirectoryInfo(Path.Combine(folder, "refs", "heads"));
        if (!heads.Exists)
            return "none";
        var folders = heads.EnumerateDirectories("*", SearchOption.AllDirectories).Append(heads).OrderBy(each => each.FullName, StringComparer.Ordinal);
        return $"{new FileInfo(Path.Combine(folder, "packed-refs")).LastWriteTimeUtc.Ticks} {string.Join(' ', folders.Select(each => each.LastWriteTimeUtc.Ticks))}";
    }

    private async Task<IReadOnlyList<string>> AskContainingAsync(string commit, IReadOnlyList<string> patterns, CancellationToken cancel)
    {
        if (!await HasCommitAsync(commit, cancel))
            return [];
        var answer = await RunAsync(["for-each-ref", $"--contains={commit}", "--format=%(refname)", "refs/heads/"], cancel);
        if (answer.ExitCode != 0)
            throw Failed($"list the branches with {commit}", answer);
        return [.. Branches(answer.Text.Split('\n')).Where(name => patterns.Any(pattern => BranchName.Matches(name, pattern)))];
    }

    /// <exception cref="GitException"><see cref="GitFailure.NoSuchCommit"/>.</exception>
    public async Task<CommitInfo> CommitInfoAsync(string commit, CancellationToken cancel)
    {
        var answer = await RunAsync(["log", "-1", "-z", "--no-color", "--no-mailmap", InfoFormat, CommitId.Check(commit), "--"], cancel);
        return answer.ExitCode == 0 && Infos(answer.Output) is [var info]
            ? info
            : throw new GitException(GitFailure.NoSuchCommit, $"The mirror of {remote} has no commit {commit}: {answer.Error}.");
    }

    /// <summary>The commits that <paramref name="to"/> has and <paramref name="from"/> lacks, newest first.</summary>
    /// <param name="from">Null for the whole history.</param>
    /// <exception cref="GitException"><see cref="GitFailure.NoSuchCommit"/>.</exception>
    public async Task<IReadOnlyList<CommitInfo>> LogAsync(string? from, string to, int most, CancellationToken cancel)
    {
        var range = from is null ? CommitId.Check(to) : $"{CommitId.Check(from)}..{CommitId.Check(to)}";
        var answer = await RunAsync(["log", $"--max-count={most}", "-z", "--no-color", "--no-mailmap", InfoFormat, range, "--"], cancel);
        return answer.ExitCode == 0
            ? Infos(answer.Output)
            : throw new GitException(GitFailure.NoSuchCommit, $"The mirror of {remote} cannot list {range}: {answer.Error}.");
    }

    /// <summary>The newest commit in which a line with some text came or went in a file.</summary>
    /// <param name="text">Letters and colons alone.</param>
    /// <returns>Null when none did.</returns>
    /// <exception cref="GitException"><see cref="GitFailure.NoSuchCommit"/>.</exception>
    public async Task<LineChange?> LastChangeAsync(string tip, string path, string text, IReadOnlyList<string> trailers, CancellationToken cancel)
    {
        var answer = await RunAsync(
            [
                "log", "-1", "--no-color", "--no-mailmap", "-G", text,
                $"--format=%H%x00%P%x00%an <%ae>%x00%(trailers:{string.Concat(trailers.Select(key => $"key={key},"))}separator=%x2C)", CommitId.Check(tip), "--", CheckPath(path),
            ], cancel);
        if (answer.ExitCode != 0)
            throw new GitException(GitFailure.NoSuchCommit, $"The mirror of {remote} cannot say who changed {path}: {answer.Error}.");
        return answer.Text.Split('\0') is [var id, var parents, var author, var told]
            ? new(id, parents.Split(' ')[0] is { Length: > 0 } first ? first : null, GitError.Clean(author), told.Trim().Split(','))
            : null;
    }

    private async Task<Dictionary<string, string>> TipsAsync(IReadOnlyList<string> patterns, CancellationToken cancel)
    {
        var answer = await RunAsync(["for-each-ref", "--format=%(objectname) %(refname)", "refs/heads/"], cancel);
        if (answer.ExitCode != 0)
            throw Failed("list the branches", answer);
        return answer.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => (Name: line[(line.IndexOf(' ') + 1 + "refs/heads/".Length)..], Id: line[..line.IndexOf(' ')]))
            .Where(tip => patterns.Any(pattern => BranchName.Matches(tip.Name, pattern)))
            .ToDictionary(tip => tip.Name, tip => tip.Id, StringComparer.Ordinal);
    }

    private static IEnumerable<string> Branches(IEnumerable<string> references) =>
        references.Where(name => name.StartsWith("refs/heads/", StringComparison.Ordinal)).Select(name => name["refs/heads/".Length..]);

    private static List<CommitInfo> Infos(byte[] output)
    {
        var fields = Encoding.UTF8.GetString(output).Split('\0');
        var infos = new List<CommitInfo>();
        for (var i = 0; i + 3 < fields.Length; i += 4)
        {
            var time = DateTimeOffset.FromUnixTimeSeconds(long.Parse(fields[i + 2], CultureInfo.InvariantCulture));
            infos.Add(new CommitInfo(fields[i].Trim(), GitError.Clean(fields[i + 1]), GitError.Clean(fields[i + 3]), time));
        }
        return infos;
    }
}

/// <summary>The last commit that changed a line.</summary>
/// <param name="Parent">Its first; null for a first commit.</param>
/// <param name="Trailers">Values of the trailer that was asked for.</param>
internal sealed record LineChange(string Commit, string? Parent, string Author, IReadOnlyList<string> Trailers);
