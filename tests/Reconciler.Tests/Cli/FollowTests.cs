using System.Collections.Concurrent;
using System.Diagnostics;
using Reconciler.Journaling;
using Reconciler.Tests.Documents;
using Reconciler.Tests.Git;
using Reconciler.Tests.Hosting;

namespace Reconciler.Tests.Cli;

/// <summary>The built program follows an application's repository: a merge there becomes a commit, or a pull request, in the desired state.</summary>
public sealed class FollowTests : IAsyncLifetime
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);
    private const string Key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEmPkdC1QyGBZJzfEz3sUdFzzCMzlgG1yOTrTuk3Jf3r";
    private readonly ScratchFolder _folder = new();
    private readonly ConcurrentQueue<string> _lines = new();
    private ScratchRepository _desired = null!;
    private ScratchRepository _site = null!;
    private FakeGitHub _github = null!;
    private Process? _watch;

    public async ValueTask InitializeAsync()
    {
        _github = await FakeGitHub.StartAsync();
        (_site, _desired) = (new(_folder.In("site")), new(_folder.In("desired")));
        _desired.Git("config", "receive.denyCurrentBranch", "updateInstead");
        File.WriteAllText(_folder.In("token"), FakeGitHub.Token);
        File.SetUnixFileMode(_folder.In("token"), UnixFileMode.UserRead);
        File.WriteAllText(_folder.In("controller.yaml"), $$"""
            apiVersion: reconciler/v1
            kind: Controller
            metadata: {name: controller}
            spec:
              repository: {url: {{_desired.Folder}}, allowLocal: true}
              state: {{_folder.In("state")}}
              interval: 1s
              listen: none
              gitHosts:
                github.com:
                  api: {{_github.Url}}
                  tokenFile: {{_folder.In("token")}}
                  repositories: {you/desired-state: {{_desired.Folder}}, you/site: {{_site.Folder}} }

            """);
        File.SetUnixFileMode(_folder.In("controller.yaml"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    public async ValueTask DisposeAsync()
    {
        if (_watch is { HasExited: false })
        {
            using var kill = Process.Start("kill", ["-TERM", $"{_watch.Id}"]);
            await _watch.WaitForExitAsync();
        }
        _watch?.Dispose();
        await _github.DisposeAsync();
        _folder.Dispose();
    }

    private static (string, string?) Document(string path, string spec) => (path, SmallTree.Envelope(path) + spec);

    private (string, string?) Application(string commit, string follow, string checks = "") => Document("staging/site/application.yaml",
        $"  path: /srv/site\n  user: site\n  code:\n    repository: {_site.Folder}\n    branches: [main]\n{checks}    follow: {follow}\n    commit: {commit}    # what runs\n");

    private static (string, string?)[] Environment() =>
    [
        Document("staging/environment.yaml", "  profile: staging\n  ssh: {port: 9}\n"),
        Document("staging/servers.yaml", $"  web1: {{address: 127.0.0.1, roles: [web], hostKey: {Key}}}\n"),
    ];

    private Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "reconciler.dll"), .. arguments])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("RECONCILER_", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name);
        start.Environment["RECONCILER_CONFIG"] = _folder.In("controller.yaml");
        return Process.Start(start)!;
    }

    private string Run(params string[] arguments)
    {
        using var process = Start(arguments);
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return output + error.Result;
    }

    private void Watch()
    {
        _watch = Start("watch");
        _watch.ErrorDataReceived += (_, line) => _lines.Enqueue(line.Data ?? "");
        _watch.BeginErrorReadLine();
        _watch.BeginOutputReadLine();
    }

    private async Task UntilAsync(Func<bool> holds)
    {
        using var over = new CancellationTokenSource(Soon);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (!holds())
        {
            if (over.IsCancellationRequested)
                Assert.Fail($"{string.Join('\n', _lines)}\n{Followed()}\n{_desired.Git("log", "--format=%h %an %s")}");
            await timer.WaitForNextTickAsync(CancellationToken.None);
        }
    }

    private string? Followed()
    {
        using var ledger = SqliteLedger.OpenForReading(_folder.In("state"), TimeProvider.System);
        return ledger.Told("follow staging/site");
    }

    private string Wanted(string revision = "main") => _desired.Git("show", $"{revision}:staging/site/application.yaml").Split("commit: ")[1][..40];

    [Fact]
    public async Task A_merge_is_followed_by_one_line_and_a_persons_commit_stops_it_until_resume()
    {
        var first = _site.Commit("one", ("a", "1"));
        _desired.Commit("Stage", [.. Environment(), Application(first, "{branch: main}")]);
        Watch();
        await UntilAsync(() => _lines.Any(line => line.Contains("is in force")));

        var second = _site.Commit("two", ("a", "2"));
        await UntilAsync(() => Wanted() == second);
        // One line, its comment kept, by us.
        _desired.Git("show", "--format=", "--unified=0", "main").Split('\n').Count(line => line.StartsWith("+ ", StringComparison.Ordinal) || line.StartsWith("- ", StringComparison.Ordinal)).ShouldBe(2);
        _desired.Git("show", "main:staging/site/application.yaml").ShouldContain($"commit: {second}    # what runs");
        _desired.Git("log", "-1", "--format=%an|%s|%(trailers:key=Reconciler-Follow,valueonly)", "main").Trim()
            .ShouldBe($"reconciler|site in staging: {first[..12]} to {second[..12]}|staging/site");

        // A person goes back: followed no longer, though there is a newer one.
        var back = _desired.Commit("Back to one", Application(first, "{branch: main}"));
        _site.Commit("three", ("a", "3"));
        await UntilAsync(() => Followed()?.StartsWith("stopped: ", StringComparison.Ordinal) == true);
        Followed().ShouldBe($"stopped: Ada <ada@example.org> moved the commit in {back[..12]}; `reconciler resume staging site` follows main again");
        Run("status").ShouldContain("  follow: stopped: Ada");
        Wanted().ShouldBe(first);

        Run("resume", "staging", "site").ShouldContain("asked, as request");
        await UntilAsync(() => Wanted() == _site.Head);

        // Elsewhere is not forward.
        _site.Git("checkout", "--quiet", "--orphan", "other");
        _site.Commit("unrelated", ("b", "1"));
        _site.Git("branch", "--force", "main");
        await UntilAsync(() => Followed()?.Contains("it moves only forward", StringComparison.Ordinal) == true);
    }

    [Fact]
    public async Task Only_what_is_green_is_proposed_by_one_request_that_is_updated()
    {
        var first = _site.Commit("one", ("a", "1"));
        _desired.Commit("Stage", [.. Environment(), Application(first, "{branch: main, by: pullRequest}", "    requiredChecks: [test]\n")]);
        Watch();
        await UntilAsync(() => _lines.Any(line => line.Contains("is in force")));
        var second = _site.Commit("two `x`", ("a", "2"));
        await UntilAsync(() => Followed() == $"waits: test of {second[..12]} is not green");
        _github.Opened.ShouldBeEmpty();

        _github.Checks[second] = [("test", "completed", "success")];
        await UntilAsync(() => !_github.Opened.IsEmpty);
        _github.Opened.TryDequeue(out var opened).ShouldBeTrue();
        opened.ShouldBe(("reconciler/follow-staging-site", "main", $"site in staging: {first[..12]} to {second[..12]}"));
        Wanted("reconciler/follow-staging-site").ShouldBe(second);
        Wanted().ShouldBe(first);
        await UntilAsync(() => Followed()?.StartsWith("proposed: ", StringComparison.Ordinal) == true);

        var third = _site.Commit("three", ("a", "3"));
        _github.Checks[third] = [("test", "completed", "success")];
        await UntilAsync(() => Wanted("reconciler/follow-staging-site") == third);
    }

    [Fact]
    public void Bump_asks_for_a_commit_and_says_what_follows()
    {
        var first = _site.Commit("one", ("a", "1"));
        _desired.Commit("Stage", [.. Environment(), Application(first, "{branch: main}")]);
        var second = _site.Commit("two", ("a", "2"));

        Run("bump", "staging", "site", "--to", second[..12], "--author", "CI <ci@example.org>").ShouldContain("is not a whole commit; write all 40 digits");
        Bump(second).ShouldContain("by CI <ci@example.org>, pushed to main");
        Wanted().ShouldBe(second);
        _desired.Git("log", "-1", "--format=%(trailers:key=Reconciler-Bump,valueonly)", "main").Trim().ShouldBe("staging/site");
        Bump(second).ShouldContain("nothing was changed: site in staging asks for that commit already");
    }

    private string Bump(string commit, params string[] more) =>
        Run(["bump", "staging", "site", "--to", commit, "--author", "CI <ci@example.org>", .. more]);

    [Fact]
    public void Bump_moves_only_forward_to_what_may_run_and_not_over_a_persons_word()
    {
        var first = _site.Commit("one", ("a", "1"));
        var second = _site.Commit("two", ("a", "2"));
        var third = _site.Commit("three", ("a", "3"));
        _site.Git("checkout", "--quiet", "-b", "apart", first);
        var apart = _site.Commit("apart", ("a", "x"));
        _site.Git("checkout", "--quiet", "main");
        _desired.Commit("Stage", [.. Environment(), Application(second, "{branch: main}")]);

        Bump(new string('1', 40)).ShouldContain($"111111111111 is on no branch of {_site.Folder} that may run (main): push it there first; nothing was changed");
        Bump(apart).ShouldContain($"{apart[..12]} is on no branch of {_site.Folder} that may run (main)");
        Bump(first).ShouldContain($"{first[..12]} is older than {second[..12]}, which staging asks for now, and bump moves only forward: "
            + $"`reconciler rollback staging site --to {first}` goes back; nothing was changed");
        _desired.Git("log", "--format=%s", "main").ShouldBe("Stage\n");

        // CI goes on as it did before; a person's word stays, whatever CI did in between.
        Bump(third).ShouldContain("pushed to main");
        var back = _desired.Commit("Back to one", Application(first, "{branch: main}"));
        Bump(second).ShouldContain($"Ada <ada@example.org> stopped `follow` of site in staging by commit {back[..12]}, and bump does not go over that: "
            + "`reconciler resume staging site` on the controller lets follow go on");
        Wanted().ShouldBe(first);

        // Where nothing is followed, nobody stopped anything.
        _desired.Commit("Do not follow", (("staging/site/application.yaml",
            Application(first, "x").Item2!.Replace("    follow: x\n", ""))));
        _site.Git("branch", "--move", "main", "gone");
        Bump(second).ShouldContain($"whether {second[..12]} may run there cannot be told, nothing was changed: ");
        Bump(second, "--unchecked").ShouldContain("pushed to main");
    }

    private string Rollback(string commit, params string[] more) =>
        Run(["rollback", "staging", "site", "--to", commit, "--author", "Ada <ada@example.org>", .. more]);

    [Fact]
    public void Rollback_goes_only_back_to_what_may_run_and_asks_nobody_about_what_ran_before()
    {
        var zero = _site.Commit("zero", ("a", "0"));
        var first = _site.Commit("one", ("a", "1"));
        var second = _site.Commit("two", ("a", "2"));
        var third = _site.Commit("three", ("a", "3"));
        _site.Git("checkout", "--quiet", "-b", "apart", first);
        var apart = _site.Commit("apart", ("a", "x"));
        _site.Git("checkout", "--quiet", "main");
        _desired.Commit("Stage", [.. Environment(), Application(first, "{branch: main}")]);
        _desired.Commit("Two", Application(second, "{branch: main}"));

        Rollback(new string('1', 40)).ShouldContain(
            $"111111111111 is on no branch of {_site.Folder} that may run (main): push it there first; nothing was changed");
        Rollback(apart).ShouldContain($"{apart[..12]} is on no branch of {_site.Folder} that may run (main)");
        Rollback(third).ShouldContain(
            $"{third[..12]} is newer than {second[..12]}, which staging asks for now, and rollback does not move forward: "
            + $"`reconciler bump staging site --to {third}` does, or `reconciler promote` where another environment runs it; "
            + "nothing was changed");
        _desired.Git("log", "--format=%s", "main").ShouldBe("Two\nStage\n");
        Rollback(zero).ShouldContain("pushed to main");
        Wanted().ShouldBe(zero);

        // The code's host is down: what ran before needs no reading of it.
        _site.Git("branch", "--move", "main", "gone");
        Rollback(third).ShouldContain($"whether {third[..12]} may run there cannot be told, nothing was changed: ");
        Rollback(first).ShouldContain("pushed to main");
        Wanted().ShouldBe(first);
        Rollback(new string('1', 40), "--unchecked").ShouldContain("pushed to main");
    }

    [Fact]
    public void Rollback_leaves_a_commit_that_is_gone_from_the_code()
    {
        var first = _site.Commit("one", ("a", "1"));
        _desired.Commit("Stage", [.. Environment(), Application(new string('1', 40), "{branch: main}")]);

        Rollback(first).ShouldContain("pushed to main");
        Wanted().ShouldBe(first);
    }

    [Fact]
    public async Task A_bump_of_ci_does_not_let_go_on_what_a_person_stopped()
    {
        var first = _site.Commit("one", ("a", "1"));
        var second = _site.Commit("two", ("a", "2"));
        _desired.Commit("Stage", [.. Environment(), Application(second, "{branch: main}")]);
        var back = _desired.Commit("Back to one", Application(first, "{branch: main}"));
        _desired.Commit($"site in staging: bumped\n\nReconciler-Bump: staging/site", Application(second, "{branch: main}"));
        _site.Commit("three", ("a", "3"));

        Watch();
        await UntilAsync(() => _lines.Any(line => line.Contains("is in force")));
        await UntilAsync(() => Followed()?.StartsWith($"stopped: Ada <ada@example.org> moved the commit in {back[..12]}", StringComparison.Ordinal) == true);
    }
}
