using System.Diagnostics;
using System.Text.Json.Nodes;
using Reconciler.Hosting;
using Reconciler.Tests.Git;

namespace Reconciler.Tests.Hosting;

public sealed class GitLabHostTests : IAsyncLifetime
{
    private const string Commit = "6dcb09b5b57875f334f61aebed695e2e4193db5e";
    private const string Project = "you/desired-state";
    private const string Tag = "<!-- reconciler:plan 1 -->";
    private readonly ScratchFolder _folder = new();
    private FakeGitLab _gitlab = null!;
    private GitHosts _hosts = null!;

    public async ValueTask InitializeAsync()
    {
        _gitlab = await FakeGitLab.StartAsync();
        File.WriteAllText(_folder.In("token"), FakeGitLab.Token);
        File.SetUnixFileMode(_folder.In("token"), UnixFileMode.UserRead);
        _hosts = new([new("gitlab.example", GitHostKind.GitLab, new($"{_gitlab.Url}/api/v4"), _folder.In("token"), new Dictionary<string, string>())], TimeProvider.System);
    }

    public async ValueTask DisposeAsync()
    {
        _hosts.Dispose();
        await _gitlab.DisposeAsync();
        _folder.Dispose();
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private IGitHost Host => _hosts.Find("git@gitlab.example:you/desired-state.git")!.Value.Host;

    /// <summary>GitLab's own client in Python, as Debian has it, makes the same requests.</summary>
    [Fact]
    public async Task The_requests_are_those_of_the_usual_client()
    {
        var theirs = await TheirsAsync($"""
            project = gl.projects.get("{Project}", lazy=True)
            commit = project.commits.get("{Commit}", lazy=True)
            commit.statuses.create(dict(state="pending", name="reconciler/production", description="d", target_url="https://x.example/"))
            commit.statuses.list(get_all=False)
            project.pipelines.list(sha="{Commit}", get_all=False)
            project.mergerequests.list(state="opened", target_branch="main", get_all=False)
            request = project.mergerequests.get(7, lazy=True)
            note = request.notes.create(dict(body="one"))
            note.body = "two"
            note.save()
            project.mergerequests.create(dict(source_branch="a", target_branch="main", title="t", description="d"))
            """);
        await Host.SetStatusAsync(Project, Commit, new("reconciler/production", StatusState.Success, "d", "https://x.example/"), Cancellation);
        await Host.ChecksAsync(Project, Commit, ["test", "pipeline"], Cancellation);
        await Host.ProposedAsync(Project, "main", Cancellation);
        var id = await Host.CommentAsync(Project, 7, Tag, "one", 5, Cancellation);
        await Host.CommentAsync(Project, 7, Tag, "two", id, Cancellation);
        await Host.ProposeAsync(Project, "a", "main", "t", "d", Cancellation);

        string[] ours = [.. _gitlab.Asked];
        // Notes have numbers of their own.
        static string Plain(string request) => System.Text.RegularExpressions.Regex.Replace(request, "/notes/[0-9]+", "/notes/N");
        theirs.Select(Plain).Except(ours.Select(Plain)).ShouldBeEmpty();
        ours.Select(Plain).Except(theirs.Select(Plain)).ShouldBeEmpty();
    }

    private async Task<string[]> TheirsAsync(string script)
    {
        var start = new ProcessStartInfo("/usr/bin/python3", ["-c", $"import gitlab\ngl = gitlab.Gitlab({Quoted(_gitlab.Url)}, private_token={Quoted(FakeGitLab.Token)})\n{script}"])
        {
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var error = await process.StandardError.ReadToEndAsync(Cancellation);
        await process.WaitForExitAsync(Cancellation);
        process.ExitCode.ShouldBe(0, error);
        string[] asked = [.. _gitlab.Asked];
        _gitlab.Asked.Clear();
        asked.ShouldNotBeEmpty();
        return asked;
    }

    private static string Quoted(string text) => $"'{text}'";

    [Fact]
    public async Task Jobs_and_the_newest_pipeline_are_checks_and_what_may_fail_is_green()
    {
        static JsonObject Job(string name, string status, bool may = false) => new() { ["name"] = name, ["status"] = status, ["allow_failure"] = may };
        _gitlab.Statuses.AddRange([Job("test", "success"), Job("lint", "failed", may: true), Job("docs", "running"), Job("deploy", "canceled")]);
        _gitlab.Pipelines.Add(new() { ["id"] = 3, ["sha"] = Commit, ["status"] = "failed" });

        var checks = await Host.ChecksAsync(Project, Commit, ["test", "lint", "docs", "deploy", "other", "pipeline"], Cancellation);

        checks.Values.ShouldBe([CheckState.Green, CheckState.Green, CheckState.Pending, CheckState.Red, CheckState.Missing, CheckState.Red]);
    }

    [Fact]
    public async Task A_status_that_stands_there_already_is_no_fault()
    {
        var pending = new CommitStatus("reconciler/production", StatusState.Pending, "one", null);
        await Host.SetStatusAsync(Project, Commit, pending, Cancellation);
        await Host.SetStatusAsync(Project, Commit, pending with { Description = "two" }, Cancellation);

        _gitlab.Statuses.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_note_of_anybody_else_with_our_tag_is_left_alone_and_a_forks_request_is_known()
    {
        _gitlab.Notes[1] = (666, $"{Tag} mine is yours");
        var id = await Host.CommentAsync(Project, 7, Tag, $"{Tag} one", null, Cancellation);
        (await Host.CommentAsync(Project, 7, Tag, $"{Tag} two", null, Cancellation)).ShouldBe(id);
        _gitlab.Notes.Select(note => note.Value.Body).Order().ShouldBe([$"{Tag} mine is yours", $"{Tag} two"]);

        _gitlab.Requests.AddRange([FakeGitLab.Request(7, Commit), FakeGitLab.Request(8, Commit, from: 2)]);
        var proposed = await Host.ProposedAsync(Project, "main", Cancellation);
        proposed.Select(request => (request.Number, request.FromFork, request.Reference)).ShouldBe(
            [(7, false, "refs/merge-requests/7/head"), (8, true, "refs/merge-requests/8/head")]);
    }
}
