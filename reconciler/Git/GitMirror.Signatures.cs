using System.Text;

namespace Reconciler.Git;

internal sealed partial class GitMirror
{
    /// <summary>
    /// The first commit, oldest first, that none of the signers signed. A merge that a git host made is signed by the host: it passes when it holds exactly what
    /// git makes of its parents, for those are checked themselves.
    /// </summary>
    /// <param name="from">In force, and not checked again; null: only <paramref name="to"/> itself is checked.</param>
    /// <returns>Null when all are signed.</returns>
    /// <exception cref="GitException"/>
    public async Task<string?> UnsignedAsync(string? from, string to, Signers signers, CancellationToken cancel)
    {
        var (options, variables) = signers.Arrange();
        // However many there are: with a limit, merges that change nothing could be heaped upon what nobody signed.
        IReadOnlyList<string> range = from is null ? ["--max-count=1", CommitId.Check(to)] : [$"{CommitId.Check(from)}..{CommitId.Check(to)}"];
        var call = Call(
            [.. options, "log", "-z", "--reverse", "--no-color", "--format=%H%x00%G?%x00%GK%x00%T%x00%P", .. range, "--"],
            git.Settings.FetchDeadline) with { Variables = With(variables) };
        var answer = await git.RunAsync(call, cancel);
        if (answer.ExitCode != 0)
            throw Failed("read the signatures", answer);
        var fields = Encoding.UTF8.GetString(answer.Output).Split('\0');
        for (var i = 0; i + 4 < fields.Length; i += 5)
        {
            var (commit, state, key, tree, parents) = (fields[i].Trim(), fields[i + 1], fields[i + 2], fields[i + 3], fields[i + 4].Split(' '));
            if (!IsGood(signers, state, key) && !(from is not null && parents is [var first, var second] && await MergesToAsync(first, second, tree, cancel)))
                return commit;
        }
        return null;
    }

    /// <summary>git-log(1), "%G?": of OpenPGP a good signature by a key of ours has an unknown validity, of OpenSSH one by nobody's key has.</summary>
    private static bool IsGood(Signers signers, string state, string key) => signers is Signers.Ssh
        ? state == "G" && key.StartsWith("SHA256:", StringComparison.Ordinal)
        : state is "G" or "U" && !key.StartsWith("SHA256:", StringComparison.Ordinal);

    private async Task<bool> MergesToAsync(string first, string second, string tree, CancellationToken cancel)
    {
        var merged = await RunAsync(["merge-tree", "--write-tree", "--no-messages", CommitId.Check(first), CommitId.Check(second)], cancel);
        return merged.ExitCode == 0 && merged.Text.Split('\n')[0] == tree;
    }
}
