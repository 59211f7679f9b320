using System.Text;

namespace Reconciler.Git;

internal sealed partial class GitMirror
{
    /// <summary>Every file below a folder, in git's order.</summary>
    /// <param name="prefix">A folder such as <c>desired-state</c>; empty for the whole commit. One that is not there has no files.</param>
    /// <exception cref="GitException"><see cref="GitFailure.NoSuchCommit"/>.</exception>
    public async Task<IReadOnlyList<TreeEntry>> ReadTreeAsync(string commit, string prefix, CancellationToken cancel)
    {
        IReadOnlyList<string> path = prefix.Length == 0 ? [] : ["--", CheckPath(prefix) + "/"];
        return await ListAsync(commit, ["-r", .. path], cancel);
    }

    /// <summary>The content of a regular file; null when there is none at this path (nothing, a folder, a link or a submodule).</summary>
    /// <exception cref="GitException"><see cref="GitFailure.NoSuchCommit"/>.</exception>
    public async Task<byte[]?> ReadFileAsync(string commit, string path, CancellationToken cancel)
    {
        var entries = await ListAsync(commit, ["--", CheckPath(path)], cancel);
        return entries is [{ IsFile: true } file] ? (await ReadBlobsAsync([file.Id], cancel))[file.Id] : null;
    }

    /// <summary>The contents of blobs, by id, through one process.</summary>
    /// <exception cref="GitException"><see cref="GitFailure.Failed"/>: one of them is not in the mirror.</exception>
    public async Task<IReadOnlyDictionary<string, byte[]>> ReadBlobsAsync(IReadOnlyCollection<string> ids, CancellationToken cancel)
    {
        var wanted = ids.Select(CommitId.Check).Distinct(StringComparer.Ordinal).ToList();
        var blobs = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        if (wanted.Count == 0)
            return blobs;
        var call = Call(["cat-file", "--batch"], git.Settings.ReadDeadline) with
        {
            Input = (stdin, ended) => stdin.WriteAsync(Encoding.ASCII.GetBytes(string.Concat(wanted.Select(id => id + "\n"))), ended).AsTask(),
            Output = (stdout, ended) => BlobStream.ReadAsync(stdout, blobs, ended),
        };
        var answer = await git.RunAsync(call, cancel);
        if (answer.ExitCode != 0 || wanted.Find(id => !blobs.ContainsKey(id)) is { })
            throw Failed($"read {wanted.Find(id => !blobs.ContainsKey(id)) ?? "objects"}", answer);
        return blobs;
    }

    /// <summary>The id of the folder or file at a path, which changes with any content in it; null when nothing is there.</summary>
    public async Task<string?> TreeIdAsync(string commit, string path, CancellationToken cancel)
    {
        var answer = await RunAsync(["rev-parse", "--verify", "--quiet", $"{CommitId.Check(commit)}:{(path.Length == 0 ? "" : CheckPath(path))}"], cancel);
        return answer.ExitCode == 0 ? answer.Text : null;
    }

    /// <summary>
    /// Writes a thin pack with what a commit needs and the others do not reach. The receiver completes it from what it has:
    /// <c>git index-pack --stdin --fix-thin</c> (or unpack-objects).
    /// </summary>
    /// <param name="has">Commits that the receiver has, whole; those that the mirror does not know are left out.</param>
    /// <exception cref="GitException"><see cref="GitFailure.NoSuchCommit"/>, before anything is written.</exception>
    public async Task WritePackAsync(string commit, IReadOnlyList<string> has, Stream destination, CancellationToken cancel)
    {
        if (!await HasCommitAsync(commit, cancel))
            throw new GitException(GitFailure.NoSuchCommit, $"The mirror of {remote} has no commit {commit}.");
        var request = new StringBuilder(commit).Append('\n');
        foreach (var known in has)
        {
            if (CommitId.IsWhole(known) && await HasCommitAsync(known, cancel))
                request.Append('^').Append(known).Append('\n');
        }
        var call = Call(["pack-objects", "--quiet", "--revs", "--stdout", "--thin", "--delta-base-offset"], git.Settings.FetchDeadline) with
        {
            Input = (stdin, ended) => stdin.WriteAsync(Encoding.ASCII.GetBytes(request.ToString()), ended).AsTask(),
            Output = (stdout, ended) => stdout.CopyToAsync(destination, ended),
        };
        var answer = await git.RunAsync(call, cancel);
        if (answer.ExitCode != 0)
            throw Failed($"pack {commit}", answer);
    }

    private async Task<IReadOnlyList<TreeEntry>> ListAsync(string commit, IReadOnlyList<string> rest, CancellationToken cancel)
    {
        var answer = await RunAsync(["ls-tree", "-z", "-l", "--full-tree", CommitId.Check(commit), .. rest], cancel);
        return answer.ExitCode == 0
            ? TreeEntry.Parse(answer.Output)
            : throw new GitException(GitFailure.NoSuchCommit, $"The mirror of {remote} has no commit {commit}: {answer.Error}.");
    }

    private static string CheckPath(string path)
    {
        var plain = path.TrimEnd('/');
        if (plain.Length == 0 || plain.Contains('\0') || plain.Split('/').Any(part => part is "" or "." or ".."))
            throw new GitException(GitFailure.NotAllowed, $"'{GitError.Clean(path)}' is no path in a repository; write it from its root, without '..'.");
        return plain;
    }
}
