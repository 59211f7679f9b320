using System.Net.Http.Json;

namespace Reconciler.Hosting;

/// <summary>GitHub's REST API, version 2022-11-28; requests are checked against its published OpenAPI description in tests.</summary>
internal sealed class GitHubHost(HostApi api) : IGitHost
{
    // "Create a commit status": description.
    private const int LongestDescription = 140;

    public async Task<IReadOnlyDictionary<string, CheckState>> ChecksAsync(
        string project, string commit, IReadOnlyCollection<string> names, CancellationToken cancellation)
    {
        var runs = await PagesAsync(page => api.GetAsync(
            $"repos/{project}/commits/{commit}/check-runs?per_page=100&page={page}", GitHubJson.Default.GitHubCheckRuns, cancellation),
            answer => answer.CheckRuns);
        var statuses = await PagesAsync(page => api.GetAsync(
            $"repos/{project}/commits/{commit}/status?per_page=100&page={page}", GitHubJson.Default.GitHubCombinedStatus, cancellation),
            answer => answer.Statuses);
        return names.ToDictionary(name => name, name => Worst(
            runs.Where(run => run.Name == name).Select(StateOf).Concat(statuses.Where(status => status.Context == name).Select(StateOf))));
    }

    public Task SetStatusAsync(string project, string commit, CommitStatus status, CancellationToken cancellation) =>
        api.SendAsync(HttpMethod.Post, $"repos/{project}/statuses/{commit}", JsonContent.Create(
            new GitHubNewStatus(WordOf(status.State), status.Link, Texts.Cut(status.Description, LongestDescription), status.Context),
            GitHubJson.Default.GitHubNewStatus), GitHubJson.Default.GitHubStatus, cancellation);

    public async Task<IReadOnlyList<ProposedChange>> ProposedAsync(string project, string branch, CancellationToken cancellation)
    {
        var pulls = await api.GetAsync($"repos/{project}/pulls?state=open&base={Uri.EscapeDataString(branch)}&per_page=100",
            GitHubJson.Default.GitHubPullArray, cancellation);
        // A fork that was deleted has no repository any more.
        return [.. pulls.Where(pull => pull.Base.Ref == branch).Select(pull => new ProposedChange(pull.Number, pull.Title, pull.Head.Sha,
            pull.Head.Repo is not { } from || from.Id != pull.Base.Repo?.Id, $"refs/pull/{pull.Number}/head"))];
    }

    public async Task<long> CommentAsync(string project, long number, string tag, string body, long? known, CancellationToken cancellation)
    {
        var content = new GitHubNewComment(body);
        HttpContent Body() => JsonContent.Create(content, GitHubJson.Default.GitHubNewComment);
        if ((known ?? await FindAsync(project, number, tag, cancellation)) is { } id)
        {
            try
            {
                return (await api.SendAsync(HttpMethod.Patch, $"repos/{project}/issues/comments/{id}", Body(), GitHubJson.Default.GitHubComment,
                    cancellation)).Id;
            }
            catch (GitHostException fault) when (fault.Failure == GitHostFailure.NotFound)
            {
                // Somebody has deleted it.
            }
        }
        return (await api.SendAsync(HttpMethod.Post, $"repos/{project}/issues/{number}/comments", Body(), GitHubJson.Default.GitHubComment,
            cancellation)).Id;
    }

    public async Task<string> ProposeAsync(string project, string from, string to, string title, string body, CancellationToken cancellation)
    {
        var owner = project.Split('/')[0];
        var open = await api.GetAsync($"repos/{project}/pulls?state=open&base={Uri.EscapeDataString(to)}&head={Uri.EscapeDataString($"{owner}:{from}")}",
            GitHubJson.Default.GitHubPullArray, cancellation);
        if (open is [{ } there, ..])
        {
            await api.SendAsync(HttpMethod.Patch, $"repos/{project}/pulls/{there.Number}",
                JsonContent.Create(new GitHubChangedPull(title, body), GitHubJson.Default.GitHubChangedPull), GitHubJson.Default.GitHubPull, cancellation);
            return there.HtmlUrl;
        }
        var made = await api.SendAsync(HttpMethod.Post, $"repos/{project}/pulls",
            JsonContent.Create(new GitHubNewPull(title, body, from, to), GitHubJson.Default.GitHubNewPull), GitHubJson.Default.GitHubPull, cancellation);
        return made.HtmlUrl;
    }

    /// <summary>Anybody may write our tag into a comment: only one that we wrote counts.</summary>
    private async Task<long?> FindAsync(string project, long number, string tag, CancellationToken cancellation)
    {
        var comments = await PagesAsync(page => api.GetAsync(
            $"repos/{project}/issues/{number}/comments?per_page=100&page={page}", GitHubJson.Default.GitHubCommentArray, cancellation), answer => answer);
        var tagged = comments.Where(comment => comment.Body?.Contains(tag, StringComparison.Ordinal) == true).ToList();
        if (tagged.Count == 0)
            return null;
        var me = await MeAsync(cancellation);
        return tagged.Find(comment => me is null ? comment.User?.Type == "Bot" : comment.User?.Id == me)?.Id;
    }

    /// <returns>Null for the token of an app, which is nobody's.</returns>
    private async Task<long?> MeAsync(CancellationToken cancellation)
    {
        try
        {
            return (await api.GetAsync("user", GitHubJson.Default.GitHubUser, cancellation)).Id;
        }
        catch (GitHostException fault) when (fault.Failure == GitHostFailure.Refused)
        {
            return null;
        }
    }

    private static async Task<List<TItem>> PagesAsync<TAnswer, TItem>(Func<int, Task<TAnswer>> ask, Func<TAnswer, IReadOnlyList<TItem>> items)
    {
        var all = new List<TItem>();
        for (var page = 1; page <= 10; page++)
        {
            var some = items(await ask(page));
            all.AddRange(some);
            if (some.Count < 100)
                break;
        }
        return all;
    }

    private static string WordOf(StatusState state) => state switch
    {
        StatusState.Pending => "pending",
        StatusState.Success => "success",
        StatusState.Failure => "failure",
        _ => "error",
    };

    // What GitHub's own branch protection takes for passed: success, neutral, skipped.
    private static CheckState StateOf(GitHubCheckRun run) => (run.Status, run.Conclusion) switch
    {
        (not "completed", _) or (_, null or "stale") => CheckState.Pending,
        (_, "success" or "neutral" or "skipped") => CheckState.Green,
        _ => CheckState.Red,
    };

    private static CheckState StateOf(GitHubStatus status) => status.State switch
    {
        "success" => CheckState.Green,
        "pending" => CheckState.Pending,
        _ => CheckState.Red,
    };

    private static CheckState Worst(IEnumerable<CheckState> states) => states.DefaultIfEmpty(CheckState.Missing).MaxBy(state => state switch
    {
        CheckState.Red => 3,
        CheckState.Pending => 2,
        CheckState.Green => 1,
        _ => 0,
    });
}
