using System.Net.Http.Json;

namespace Reconciler.Hosting;

/// <summary>GitLab's REST API, version 4.</summary>
internal sealed class GitLabHost(HostApi api) : IGitHost
{
    /// <summary>The name that stands for a commit's newest pipeline as a whole.</summary>
    public const string Pipeline = "pipeline";

    // "Set commit pipeline status": description has at most 255 characters.
    private const int LongestDescription = 255;

    public async Task<IReadOnlyDictionary<string, CheckState>> ChecksAsync(
        string project, string commit, IReadOnlyCollection<string> names, CancellationToken cancellation)
    {
        var jobs = names.Any(name => name != Pipeline)
            ? await api.GetAsync($"{Of(project)}/repository/commits/{commit}/statuses?per_page=100", GitLabJson.Default.GitLabStatusArray, cancellation)
            : [];
        var pipelines = names.Contains(Pipeline)
            ? await api.GetAsync($"{Of(project)}/pipelines?sha={commit}&per_page=1&order_by=id&sort=desc", GitLabJson.Default.GitLabPipelineArray, cancellation)
            : [];
        return names.ToDictionary(name => name, name => name == Pipeline
            ? pipelines is [{ } newest, ..] ? StateOf(newest.Status) : CheckState.Missing
            : jobs.FirstOrDefault(job => job.Name == name) is { } job ? job.AllowFailure ? CheckState.Green : StateOf(job.Status) : CheckState.Missing);
    }

    public async Task SetStatusAsync(string project, string commit, CommitStatus status, CancellationToken cancellation)
    {
        var state = status.State switch
        {
            StatusState.Pending => "pending",
            StatusState.Success => "success",
            StatusState.Canceled => "canceled",
            _ => "failed",
        };
        try
        {
            await api.SendAsync(HttpMethod.Post, $"{Of(project)}/statuses/{commit}", JsonContent.Create(
                new GitLabNewStatus(state, status.Context, Texts.Cut(status.Description, LongestDescription), status.Link),
                GitLabJson.Default.GitLabNewStatus), GitLabJson.Default.GitLabStatus, cancellation);
        }
        catch (GitHostException fault) when (fault.Message.Contains("Cannot transition status", StringComparison.Ordinal))
        {
            // GitLab takes no other words for the state that stands there already.
        }
    }

    public async Task<IReadOnlyList<ProposedChange>> ProposedAsync(string project, string branch, CancellationToken cancellation)
    {
        var open = await api.GetAsync($"{Of(project)}/merge_requests?state=opened&target_branch={Uri.EscapeDataString(branch)}&per_page=100",
            GitLabJson.Default.GitLabMergeRequestArray, cancellation);
        // Without a commit yet it has no sha.
        return [.. open.Where(request => request.Sha is not null).Select(request => new ProposedChange(request.Iid, request.Title, request.Sha!,
            request.SourceProjectId != request.TargetProjectId, $"refs/merge-requests/{request.Iid}/head"))];
    }

    public async Task<long> CommentAsync(string project, long number, string tag, string body, long? known, CancellationToken cancellation)
    {
        var notes = $"{Of(project)}/merge_requests/{number}/notes";
        HttpContent Body() => JsonContent.Create(new GitLabNewNote(body), GitLabJson.Default.GitLabNewNote);
        if ((known ?? await FindAsync(notes, tag, cancellation)) is { } id)
        {
            try
            {
                return (await api.SendAsync(HttpMethod.Put, $"{notes}/{id}", Body(), GitLabJson.Default.GitLabNote, cancellation)).Id;
            }
            catch (GitHostException fault) when (fault.Failure == GitHostFailure.NotFound)
            {
                // Somebody has deleted it.
            }
        }
        return (await api.SendAsync(HttpMethod.Post, notes, Body(), GitLabJson.Default.GitLabNote, cancellation)).Id;
    }

    public async Task<string> ProposeAsync(string project, string from, string to, string title, string body, CancellationToken cancellation)
    {
        var requests = $"{Of(project)}/merge_requests";
        var open = await api.GetAsync($"{requests}?state=opened&source_branch={Uri.EscapeDataString(from)}&target_branch={Uri.EscapeDataString(to)}",
            GitLabJson.Default.GitLabMergeRequestArray, cancellation);
        var content = JsonContent.Create(new GitLabNewMergeRequest(from, to, title, body), GitLabJson.Default.GitLabNewMergeRequest);
        var request = open is [{ } there, ..]
            ? await api.SendAsync(HttpMethod.Put, $"{requests}/{there.Iid}", content, GitLabJson.Default.GitLabMergeRequest, cancellation)
            : await api.SendAsync(HttpMethod.Post, requests, content, GitLabJson.Default.GitLabMergeRequest, cancellation);
        return request.WebUrl;
    }

    /// <summary>Anybody may write our tag into a note: only one that we wrote counts.</summary>
    private async Task<long?> FindAsync(string notes, string tag, CancellationToken cancellation)
    {
        var me = await api.GetAsync("user", GitLabJson.Default.GitLabUser, cancellation);
        for (var page = 1; page <= 10; page++)
        {
            var some = await api.GetAsync($"{notes}?per_page=100&page={page}", GitLabJson.Default.GitLabNoteArray, cancellation);
            if (some.FirstOrDefault(note => note.Author?.Id == me.Id && note.Body?.Contains(tag, StringComparison.Ordinal) == true) is { } ours)
                return ours.Id;
            if (some.Length < 100)
                break;
        }
        return null;
    }

    private static string Of(string project) => $"projects/{Uri.EscapeDataString(project)}";

    private static CheckState StateOf(string status) => status switch
    {
        "success" or "skipped" => CheckState.Green,
        "failed" or "canceled" => CheckState.Red,
        _ => CheckState.Pending,
    };
}
