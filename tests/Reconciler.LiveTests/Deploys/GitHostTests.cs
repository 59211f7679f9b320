using Reconciler.LiveTests.Support;
using Reconciler.Tests.Hosting;

namespace Reconciler.LiveTests.Deploys;

/// <summary>A deploy by pull request: its plan against the live servers, the application's CI, and what stands beside the merged commit.</summary>
[Collection<OnStaging>]
public sealed class GitHostTests(Staging staging)
{
    private const string Application = "staging/coralnet/application.yaml";
    private static readonly TimeSpan Soon = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task A_pull_request_is_planned_and_its_merge_waits_for_green_checks_and_is_told_where_it_was_merged()
    {
        await staging.AtAsync(1);
        await using var github = await FakeGitHub.StartAsync();
        await staging.Desired.EditAsync(Application, "code: {", "code: {requiredChecks: [test], ");
        var (site, head) = (staging.Commits[2], await staging.Desired.ProposeAsync("two", 7, staging.Commits[2]));
        github.Pulls[7] = (head, 1);
        github.Checks[site] = [("test", "in_progress", null)];
        var controller = staging.Controller.WithConfig(await SettingsAsync(github));
        await staging.Host.ShellAsync($"chmod 0640 {SiteServer.SecretsFile}");
        await using var watch = controller.Watch();

        await UntilAsync(() => github.Statuses.Any(status => status is { Context: "reconciler/plan", State: "success" } && status.Commit == head), github, watch);
        var comment = github.Comments.Values.ShouldHaveSingleItem().Body;
        comment.ShouldContain("| staging | coralnet | ");
        comment.ShouldContain($"staging/coralnet: code {site[..12]}");
        // What somebody did to the server is not the request's doing.
        comment.ShouldContain(" | 1 | yes | waits for `requiredChecks` |");
        comment.ShouldContain("  and 1 that differs already, of which git says the same without this:\n  ~ staging1: ");
        await staging.Host.ShellAsync($"chmod 0600 {SiteServer.SecretsFile}");
        // Planned, and nothing else.
        (await staging.Server.GetAsync("/")).Body.ShouldContain("content=\"1\"");

        var merged = await staging.Desired.MergeAsync("two");
        github.Pulls.Clear();
        await UntilAsync(() => Last(github, merged) is { State: "pending" } status && status.Description.Contains("test of"), github, watch);
        Last(github, merged)!.Value.Description.ShouldBe($"coralnet: test of {site[..12]} is not green yet at github.com/you/site");

        github.Checks[site] = [("test", "completed", "success")];
        await UntilAsync(() => Last(github, merged) is { State: "success" }, github, watch);
        Last(github, merged)!.Value.Description.ShouldBe("converged: the servers are as git says");
        await controller.StopAsync(watch);
        (await staging.Server.GetAsync("/")).Body.ShouldContain("content=\"2\"");
        foreach (var text in github.Comments.Values.Select(each => each.Body).Concat(github.Statuses.Select(each => each.Description)))
            text.ShouldNotContain("canary");
        watch.Output.ShouldNotContain(FakeGitHub.Token);
    }

    private static (string Commit, string Context, string State, string Description, string? Link)? Last(FakeGitHub github, string commit) =>
        github.Statuses.LastOrDefault(status => status.Commit == commit && status.Context == "reconciler/staging") is { State: not null } last ? last : null;

    private async Task<string> SettingsAsync(FakeGitHub github)
    {
        var (file, token) = (Path.Combine(staging.World, "controller.yaml"), Path.Combine(staging.World, "token"));
        await File.WriteAllTextAsync(token, FakeGitHub.Token);
        await File.WriteAllTextAsync(file, $$"""
            apiVersion: reconciler/v1
            kind: Controller
            metadata: {name: controller}
            spec:
              gitHosts:
                github.com:
                  api: {{github.Url}}
                  tokenFile: {{token}}
                  repositories: {you/desired-state: {{Path.Combine(staging.World, "desired")}}, you/site: {{Path.Combine(staging.World, "coralnet.git")}} }

            """);
        foreach (var path in new[] { file, token })
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return file;
    }

    private static async Task UntilAsync(Func<bool> holds, FakeGitHub github, RunningProgram watch)
    {
        using var over = new CancellationTokenSource(Soon);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (!holds())
        {
            if (over.IsCancellationRequested)
                Assert.Fail($"{watch.Output}\n{string.Join('\n', github.Statuses)}\n{string.Join('\n', github.Asked)}");
            await timer.WaitForNextTickAsync(CancellationToken.None);
        }
    }
}
