using System.Text;

namespace Reconciler.Git;

internal sealed partial class GitMirror
{
    /// <summary>In the message of a signed commit: the whole id of an unsigned one that counts as signed for it.</summary>
    public const string VouchesFor = "Reconciler-Vouches-For";

    /// <summary>
    /// The commits, oldest first, that none of the signers signed or vouched for. A merge that a git host made is signed by the host: it
    /// passes when it holds exactly what git makes of its parents, for those are checked themselves. Only a commit that is checked and
    /// itself signed by one of the signers vouches: the signature covers its message, and an id can only be named once it exists.
    /// </summary>
    /// <param name="from">In force, and not checked again; null: only <paramref name="to"/> itself is checked.</param>
    /// <returns>None when all are signed.</returns>
    /// <exception cref="GitException"/>
    public async Task<IReadOnlyList<string>> UnsignedAsync(string? from, string to, Signers signers, CancellationToken cancel)
    {
        var (options, variables) = signers.Arrange();
        // However many there are: with a limit, merges that change nothing could be heaped upon what nobody signed.
        IReadOnlyList<string> range = from is null ? ["--max-count=1", CommitId.Check(to)] : [$"{CommitId.Check(from)}..{CommitId.Check(to)}"];
        var call = Call(
            [.. options, "log", "-z", "--reverse", "--no-color",
                $"--format=%H%x00%G?%x00%GK%x00%T%x00%P%x00%(trailers:key={VouchesFor},valueonly,unfold,separator=%x0A)", .. range, "--"],
            git.Settings.FetchDeadline) with { Variables = With(variables) };
        var answer = await git.RunAsync(call, cancel);
        if (answer.ExitCode != 0)
            throw Failed("read the signatures", answer);
        var fields = Encoding.UTF8.GetString(answer.Output).Split('\0');
        var (others, vouched) = (new List<(string Commit, string Tree, string[] Parents)>(), new HashSet<string>());
        for (var i = 0; i + 5 < fields.Length; i += 6)
            if (IsGood(signers, fields[i + 1], fields[i + 2]))
                vouched.UnionWith(fields[i + 5].Split('\n').Where(CommitId.IsWhole));
            else
                others.Add((fields[i].Trim(), fields[i + 3], fields[i + 4].Split(' ')));
        var unsigned = new List<string>();
        foreach (var (commit, tree, parents) in others.Where(other => !vouched.Contains(other.Commit)))
            if (!(from is not null && parents is [var first, var second] && await MergesToAsync(first, second, tree, cancel)))
                unsigned.Add(commit);
        return unsigned;
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
