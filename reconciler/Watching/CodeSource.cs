using System.Text;
using Reconciler.Git;
using Reconciler.Model;

namespace Reconciler.Watching;

/// <summary>Facts of commits of applications' code, from the controller's mirrors; servers need no way to the git host.</summary>
internal sealed class CodeSource(MirrorFolder mirrors)
{
    private readonly CodeCache _cache = new();

    /// <summary>
    /// A commit that is to run. Fetches only when it is reachable from none of the branches as they were last fetched; refuses it when that is still so.
    /// </summary>
    public async Task<CodeReading> ReadAsync(CodeRequest request, CancellationToken cancel)
    {
        try
        {
            CommitId.Check(request.Commit);
            var mirror = mirrors.Of(request.Repository);
            var reachable = await mirror.BranchesContainingAsync(request.Commit, request.Branches, cancel);
            if (reachable.Count == 0)
            {
                await mirror.FetchAsync(request.Branches, cancel);
                reachable = await mirror.BranchesContainingAsync(request.Commit, request.Branches, cancel);
            }
            if (reachable.Count == 0)
                return new CodeReading.Refused(CodeRefusal.NotOnBranches, NotOnBranches(request), WorthRetrying: false);
            return new CodeReading.Known(await FactsAsync(mirror, request, cancel) with { ReachableFrom = reachable });
        }
        catch (CodeRefusedException e)
        {
            return new CodeReading.Refused(e.Reason, e.Message, WorthRetrying: false);
        }
        catch (GitException e)
        {
            return new CodeReading.Refused(ReasonOf(e.Failure), e.Message, e.WorthRetrying);
        }
    }

    /// <summary>
    /// A commit that already runs somewhere: not judged by branches and not fetched. Null when the mirror does not have it. Where its content
    /// is not what the request expects of the new one, requirements, wheelhouse and settings are left out.
    /// </summary>
    public async Task<CodeFacts?> ReadPreviousAsync(CodeRequest request, CancellationToken cancel)
    {
        try
        {
            return await FactsAsync(mirrors.Of(request.Repository), request, cancel);
        }
        catch (CodeRefusedException)
        {
            return await ReadPreviousAsync(new CodeRequest(request.Repository, request.Branches, request.Commit), cancel);
        }
        catch (GitException)
        {
            return null;
        }
    }

    /// <summary>How the second commit stands to the first; null when the mirror lacks one of them.</summary>
    public async Task<CommitRelation?> RelationAsync(string repository, string from, string to, CancellationToken cancel)
    {
        try
        {
            return await mirrors.Of(repository).RelationAsync(from, to, cancel);
        }
        catch (GitException)
        {
            return null;
        }
    }

    private async Task<CodeFacts> FactsAsync(GitMirror mirror, CodeRequest request, CancellationToken cancel)
    {
        if (_cache.Find(request.CacheKey) is { } known)
            return known;
        var info = await mirror.CommitInfoAsync(request.Commit, cancel);
        var tree = new CodeTree(mirror, await mirror.ReadTreeAsync(request.Commit, "", cancel));
        var facts = new CodeFacts(request.Repository, info)
        {
            Requirements = request.Requirements is { } start ? await RequirementsClosure.ReadAsync(tree, start, cancel) : [],
            Wheelhouse = request.Wheelhouse is { } folder ? await WheelhouseAsync(mirror, tree, request.Commit, folder, cancel) : null,
            StaticInputs = StaticInputs.DigestOf(tree.Entries, SettingsFiles.Of(tree.Entries, request.Directory, request.SettingsModule)),
            SupervisorConfigs = await SupervisorConfigsAsync(tree, request.SupervisorConfigs, cancel),
            Migrations = MigrationFiles.In(tree.Entries),
            Files = tree.Entries.ToDictionary(entry => entry.Path, entry => new CodeFile(entry.Mode, entry.Id), StringComparer.Ordinal),
        };
        return _cache.Keep(request.CacheKey, facts);
    }

    /// <summary>What is not there, or is no file of a sane size, is left out: that is judged where its place in the documents is known.</summary>
    private static async Task<IReadOnlyDictionary<string, string>> SupervisorConfigsAsync(CodeTree tree, IReadOnlyList<string> paths, CancellationToken cancel)
    {
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var path in paths)
            if (tree.Find(path) is { IsFile: true, Size: <= 1_000_000 } entry)
                texts[path] = Encoding.UTF8.GetString(await tree.ReadAsync(entry, cancel));
        return texts;
    }

    private static async Task<Wheelhouse> WheelhouseAsync(GitMirror mirror, CodeTree tree, string commit, string folder, CancellationToken cancel)
    {
        var prefix = folder.TrimEnd('/') + "/";
        var names = tree.Entries.Where(entry => entry.IsFile && entry.Path.StartsWith(prefix, StringComparison.Ordinal))
            .Select(entry => entry.Path[prefix.Length..]).Where(name => !name.Contains('/')).Order(StringComparer.Ordinal).ToList();
        return names.Count > 0 && await mirror.TreeIdAsync(commit, folder, cancel) is { } id
            ? new Wheelhouse(folder, id, names)
            : throw new CodeRefusedException(CodeRefusal.Wheelhouse,
                $"Commit {commit} has no files in the wheelhouse {folder}; put the packages there, or take 'wheelhouse' out.");
    }

    private static string NotOnBranches(CodeRequest request) =>
        $"Commit {request.Commit} of {request.Repository} is reachable from none of the branches {string.Join(", ", request.Branches)}. "
        + "Push it to one of them, or name its branch in 'branches'.";

    private static CodeRefusal ReasonOf(GitFailure failure) => failure switch
    {
        GitFailure.Unreachable or GitFailure.TimedOut => CodeRefusal.Unreachable,
        GitFailure.Refused or GitFailure.NotAllowed => CodeRefusal.Refused,
        GitFailure.NoSuchBranch => CodeRefusal.NoSuchBranch,
        GitFailure.NoSuchCommit => CodeRefusal.NotOnBranches,
        _ => CodeRefusal.Unreadable,
    };
}
