using Reconciler.Hosting;
using Reconciler.Tests.Git;

namespace Reconciler.Tests.Hosting;

public sealed class GitHubHostTests : IAsyncLifetime
{
    private const string Commit = "6dcb09b5b57875f334f61aebed695e2e4193db5e";
    private const string Project = "you/desired-state";
    private const string Tag = "<!-- reconciler:plan 1 -->";
    private readonly ScratchFolder _folder = new();
    private FakeGitHub _github = null!;
    private GitHosts _hosts = null!;

    public async ValueTask InitializeAsync()
    {
        _github = await FakeGitHub.StartAsync();
        WriteToken(FakeGitHub.Token);
        _hosts = new([new("github.com", GitHostKind.GitHub, new(_github.Url), _folder.In("token"), new Dictionary<string, string>())], TimeProvider.System);
    }

    public async ValueTask DisposeAsync()
    {
        _hosts.Dispose();
        await _github.DisposeAsync();
        _folder.Dispose();
    }

    private void WriteToken(string token, UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite)
    {
        File.WriteAllText(_folder.In("token"), $"{token}\n");
        File.SetUnixFileMode(_folder.In("token"), mode);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private IGitHost Host => _hosts.Find("git@github.com:you/desired-state.git")!.Value.Host;

    [Theory]
    [InlineData("git@github.com:you/desired-state.git", "github.com/you/desired-state")]
    [InlineData("https://GitHub.com/you/desired-state", "github.com/you/desired-state")]
    [InlineData("ssh://git@git.example:2222/group/sub/site.git", "git.example/group/sub/site")]
    [InlineData("github-work:you/x.git", "github-work/you/x")]
    [InlineData("/srv/git/x.git", null)]
    [InlineData("file:///srv/git/x.git", null)]
    public void A_project_is_known_by_what_git_fetches_from(string address, string? project) =>
        ProjectAddress.Of(address)?.ToString().ShouldBe(project);

    [Fact]
    public async Task Of_several_runs_with_one_name_the_worst_counts_and_skipped_ones_pass()
    {
        _github.Checks[Commit] =
        [
            ("test", "completed", "success"), ("test", "in_progress", null), ("lint", "completed", "skipped"),
            ("docs", "completed", "failure"), ("docs", "queued", null),
        ];

        var checks = await Host.ChecksAsync(Project, Commit, ["test", "lint", "docs", "ci/other"], Cancellation);

        (checks["test"], checks["lint"], checks["docs"], checks["ci/other"]).ShouldBe((CheckState.Pending, CheckState.Green, CheckState.Red, CheckState.Missing));
    }

    [Fact]
    public async Task A_comment_of_anybody_else_with_our_tag_is_left_alone_and_a_deleted_one_is_written_anew()
    {
        _github.Comments[1] = (7, 666, $"{Tag} mine is yours");
        var first = await Host.CommentAsync(Project, 7, Tag, $"{Tag} one", null, Cancellation);
        (await Host.CommentAsync(Project, 7, Tag, $"{Tag} two", null, Cancellation)).ShouldBe(first);
        (await Host.CommentAsync(Project, 7, Tag, $"{Tag} three", first, Cancellation)).ShouldBe(first);
        _github.Comments[1].Body.ShouldBe($"{Tag} mine is yours");
        _github.Comments[first].Body.ShouldBe($"{Tag} three");

        _github.Comments.TryRemove(first, out _);
        var again = await Host.CommentAsync(Project, 7, Tag, $"{Tag} four", first, Cancellation);

        again.ShouldNotBe(first);
        _github.Comments.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_request_from_another_repository_is_a_forks()
    {
        _github.Pulls[7] = (Commit, 1);
        _github.Pulls[8] = (Commit, 2);

        (await Host.ProposedAsync(Project, "main", Cancellation)).Where(each => each.FromFork).ShouldHaveSingleItem().Number.ShouldBe(8);
    }

    [Fact]
    public async Task A_spent_limit_says_until_when()
    {
        _github.Faults.Enqueue((403, ["x-ratelimit-remaining: 0", "x-ratelimit-reset: 2000000000"]));

        var fault = await Should.ThrowAsync<GitHostException>(() => Host.ProposedAsync(Project, "main", Cancellation));

        (fault.Failure, fault.Until).ShouldBe((GitHostFailure.RateLimited, DateTimeOffset.FromUnixTimeSeconds(2000000000)));
    }

    [Fact]
    public async Task A_wrong_token_a_host_that_is_gone_and_a_readable_token_are_told_with_what_mends_it()
    {
        WriteToken("ghp_wrong");
        var wrong = await Should.ThrowAsync<GitHostException>(() => Host.ProposedAsync(Project, "main", Cancellation));
        wrong.Message.ShouldBe("127.0.0.1 answered GET repos/you/desired-state/pulls with 401 (Bad credentials): "
            + "give the token in `tokenFile` of controller.yaml the right to do this, or replace it if it is over");

        WriteToken(FakeGitHub.Token, UnixFileMode.UserRead | UnixFileMode.OtherRead);
        (await Should.ThrowAsync<GitHostException>(() => Host.ProposedAsync(Project, "main", Cancellation))).Message
            .ShouldContain($"may be read or changed by others: run chmod 600 {_folder.In("token")}");

        WriteToken(FakeGitHub.Token);
        (await Host.ProposedAsync(Project, "main", Cancellation)).ShouldBeEmpty();
        await _github.DisposeAsync();
        (await Should.ThrowAsync<GitHostException>(() => Host.ProposedAsync(Project, "main", Cancellation))).Failure.ShouldBe(GitHostFailure.Unreachable);
    }

    [Fact]
    public async Task A_redirection_is_not_followed_with_the_token()
    {
        _github.Faults.Enqueue((302, ["Location: http://127.0.0.1:9/"]));

        (await Should.ThrowAsync<GitHostException>(() => Host.ProposedAsync(Project, "main", Cancellation))).Failure.ShouldBe(GitHostFailure.Refused);
    }
}
