using System.Diagnostics;
using Reconciler.Git;
using Reconciler.Tests.Documents;
using Reconciler.Tests.Git;

namespace Reconciler.Tests.Cli;

/// <summary>Commands that write a commit, as a process against a real repository that others push to as well.</summary>
public sealed class CommitCommandsTests : IDisposable
{
    private static readonly string Old = new('1', 40), New = new('2', 40), Newest = new('3', 40);

    private readonly ScratchFolder _folder = new();
    private readonly ScratchRepository _work;

    public CommitCommandsTests()
    {
        _work = new(_folder.In("work"));
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Trees.Repository, "desired-state"), "*", SearchOption.AllDirectories))
        {
            var to = Path.Combine(_work.Folder, Path.GetRelativePath(Path.Combine(Trees.Repository, "desired-state"), file));
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            File.Copy(file, to);
        }
        Deploy("staging", Old);
        Deploy("production", Old);
        _work.Git("clone", "--quiet", "--bare", _work.Folder, Remote);
        _work.Git("remote", "add", "origin", Remote);
    }

    public void Dispose() => _folder.Dispose();

    private string Remote => _folder.In("remote.git");

    private string Deploy(string environment, string commit)
    {
        var file = $"{environment}/coralnet/application.yaml";
        var lines = File.ReadAllLines(Path.Combine(_work.Folder, file))
            .Select(line => line.Contains("commit:") ? $"  code: {{commit: {commit}}}    # changing this line is a deploy" : line);
        return _work.Commit($"{environment} {commit[..4]}", (file, string.Join('\n', lines) + "\n"));
    }

    private void Push() => _work.Git("push", "--quiet", "origin", "main");

    private string Pushed(string file, string branch = "main") => _work.Git("--git-dir", Remote, "show", $"{branch}:{file}");

    private (int Code, string Output, string Error) Run(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "reconciler.dll"), .. arguments,
            "--repository", Remote, "--allow-local-repositories"])
        { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["GIT_CONFIG_GLOBAL"] = _folder.In("gitconfig");
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }

    private (int Code, string Output, string Error) RunAsAda(params string[] arguments) =>
        Run([.. arguments, "--author", "Ada <ada@example.org>"]);

    [Fact]
    public void Maintenance_on_and_off_change_the_flag_and_keep_the_comments()
    {
        var before = Pushed("production/coralnet/maintenance.yaml");

        var on = RunAsAda("maintenance", "on", "production", "coralnet", "--at", "2040-01-02T03:00:00+01:00", "--until",
            "2040-01-02T04:00:00Z", "--message", "new \"reefs\"");

        (on.Code, on.Error).ShouldBe((0, ""));
        Pushed("production/coralnet/maintenance.yaml").ShouldBe(before.Replace("{enabled: false}",
            "{enabled: true, startsAt: 2040-01-02T02:00:00Z, endsAt: 2040-01-02T04:00:00Z, message: \"new \\\"reefs\\\"\"}"));
        on.Output.ShouldContain("production/coralnet/maintenance.yaml\n  -spec: {enabled: false}");
        on.Output.ShouldContain("by Ada <ada@example.org>, pushed to main\ncovered from 2040-01-02T02:00:00Z");
        _work.Git("--git-dir", Remote, "log", "-1", "--format=%an %s", "main").ShouldBe("Ada Maintenance of coralnet in production: on\n");

        RunAsAda("maintenance", "off", "production", "coralnet").Code.ShouldBe(0);
        Pushed("production/coralnet/maintenance.yaml").ShouldBe(before);
        var again = RunAsAda("maintenance", "off", "production", "coralnet");
        (again.Code, again.Output).ShouldBe((0, "nothing was changed: the flag of coralnet in production says just that already\n"));
    }

    [Fact]
    public void A_flag_that_has_no_file_yet_gets_one_and_another_branch_is_for_a_pull_request()
    {
        _work.Commit("no flag", ("production/coralnet/maintenance.yaml", null));
        Push();

        var on = RunAsAda("maintenance", "on", "production", "coralnet", "--in", "2h", "--to-branch", "soon");

        (on.Code, on.Error).ShouldBe((0, ""));
        on.Output.ShouldContain("pushed to soon; it takes effect when it is merged into main");
        Pushed("production/coralnet/maintenance.yaml", "soon").ShouldContain("spec: {enabled: true, startsAt: 20");
        Should.Throw<InvalidOperationException>(() => Pushed("production/coralnet/maintenance.yaml"));
        var second = RunAsAda("maintenance", "on", "production", "coralnet", "--to-branch", "soon");
        second.Code.ShouldBe(1);
        second.Error.ShouldContain("has a branch soon with other commits on it; nothing was pushed");
    }

    [Fact]
    public void The_author_comes_from_gits_configuration_and_none_is_invented()
    {
        var nobody = Run("maintenance", "on", "staging", "coralnet");
        nobody.Code.ShouldBe(1);
        nobody.Error.ShouldContain("give --author \"NAME <ADDRESS>\"");

        File.WriteAllText(_folder.In("gitconfig"), "[user]\n\tname = Grace\n\temail = grace@example.org\n");
        Run("maintenance", "on", "staging", "coralnet")
            .Output.ShouldContain("by Grace <grace@example.org>, pushed to main\ncovered when the environment's notice is over");
    }

    [Theory]
    [InlineData("there is no environment prod; there are production, staging", "maintenance", "on", "prod", "coralnet")]
    [InlineData("there is no application reef in production; there are atlas, coralnet", "maintenance", "off", "production", "reef")]
    [InlineData("--in soon is not a duration; write it as 30m", "maintenance", "on", "production", "coralnet", "--in", "soon")]
    [InlineData("--in and --at exclude each other", "maintenance", "on", "production", "coralnet", "--in", "1h", "--at",
        "2040-01-02T03:00:00Z")]
    [InlineData("--at 2040-01-02 03:00 is not a time; write RFC 3339", "maintenance", "on", "production", "coralnet", "--at",
        "2040-01-02 03:00")]
    [InlineData("--at 2001-01-02T03:00:00Z is past", "maintenance", "on", "production", "coralnet", "--at", "2001-01-02T03:00:00Z")]
    [InlineData("--until 2001-01-02T03:00:00Z is not after the beginning", "maintenance", "on", "production", "coralnet", "--until",
        "2001-01-02T03:00:00Z")]
    [InlineData("--message holds a line break or another control character: write it as one line of plain text; nothing was changed",
        "maintenance", "on", "production", "coralnet", "--message", "new\nreefs")]
    [InlineData("--message holds a line break", "maintenance", "on", "production", "coralnet", "--message", "new\treefs")]
    [InlineData("--message holds a line break", "maintenance", "on", "production", "coralnet", "--message", "new\u2028reefs")]
    [InlineData("--to-branch refs/tags/x: this is a whole ref; name the branch alone, as maintenance/site; nothing was changed",
        "maintenance", "on", "production", "coralnet", "--to-branch", "refs/tags/x")]
    [InlineData("--to-branch +main: git reads this as something else than a branch; name the branch alone", "rollback", "production",
        "coralnet", "--to-branch", "+main")]
    [InlineData("--to-branch HEAD: git reads this as something else", "promote", "--from", "staging", "--to", "production",
        "--to-branch", "HEAD")]
    [InlineData("--to-branch @x: git reads this as something else", "maintenance", "off", "production", "coralnet", "--to-branch=@x")]
    [InlineData("--to-branch a..b: this is no name that git accepts", "maintenance", "off", "production", "coralnet",
        "--to-branch", "a..b")]
    [InlineData("--to 3f9d1c0 is not a whole commit", "rollback", "production", "coralnet", "--to", "3f9d1c0")]
    [InlineData("--from and --to name the same environment", "promote", "--from", "staging", "--to", "staging")]
    public void What_cannot_be_followed_is_bad_usage_and_pushes_nothing(string sentence, params string[] arguments)
    {
        var head = _work.Git("--git-dir", Remote, "rev-parse", "main");

        var (code, _, error) = RunAsAda(arguments);

        code.ShouldBe(64);
        error.ShouldContain(sentence);
        _work.Git("--git-dir", Remote, "rev-parse", "main").ShouldBe(head);
    }

    [Fact]
    public void An_author_without_an_address_is_bad_usage() =>
        Run("maintenance", "on", "production", "coralnet", "--author", "Ada")
            .ShouldBe((64, "", "reconciler: --author wants \"NAME <ADDRESS>\"\n"));

    [Fact]
    public void What_the_controller_would_refuse_is_not_pushed()
    {
        var (code, _, error) = RunAsAda("maintenance", "on", "production", "coralnet", "--message", new string('x', 3000));

        code.ShouldBe(1);
        error.ShouldContain("that would be refused, and was not pushed:\n");
        error.ShouldContain("production/coralnet/maintenance.yaml:4:");
    }

    [Fact]
    public void Promote_moves_the_commit_line_and_the_pin_of_the_base_where_it_has_changed()
    {
        var old = _work.Head;
        _work.Commit("pin", ("production/environment.yaml",
            File.ReadAllText(Path.Combine(_work.Folder, "production/environment.yaml")).Replace("  # base: <sha>", $"  base: {old}")));
        File.AppendAllText(Path.Combine(_work.Folder, "base/coralnet/application.yaml"), "# newer\n");
        var head = Deploy("staging", New);
        Push();

        var (code, output, error) = RunAsAda("promote", "--from", "staging", "--to", "production");

        (code, error).ShouldBe((0, ""));
        Pushed("production/coralnet/application.yaml").ShouldContain($"code: {{commit: {New}}}    # changing this line is a deploy");
        Pushed("production/environment.yaml").ShouldContain($"  base: {head} ");
        output.ShouldContain("`reconciler status production` shows what it waits for");
        RunAsAda("promote", "--from", "staging", "--to", "production", "coralnet")
            .Output.ShouldStartWith("nothing was changed: production asks for the commits of staging already");
    }

    [Fact]
    public void Rollback_writes_commit_base_and_acknowledgement_in_one_commit_and_no_secret()
    {
        var then = _work.Head;
        File.AppendAllText(Path.Combine(_work.Folder, "base/coralnet/application.yaml"), "# newer\n");
        Deploy("production", New);
        Push();
        var secrets = Pushed("production/coralnet/secrets.yaml");

        var (code, output, error) = RunAsAda("rollback", "production", "coralnet");

        (code, error).ShouldBe((0, ""));
        Pushed("production/coralnet/application.yaml").ShouldContain($"code: {{commit: {Old}}}    #");
        Pushed("production/acknowledgements.yaml")
            .ShouldContain($"rollback-coralnet-{Old[..12]}: {{gates: [databaseAhead], for: coralnet@{Old}, "
                + $"reason: \"rollback from {New[..12]}\"}}");
        Pushed("production/environment.yaml").ShouldContain($"base: {then}");
        Pushed("production/coralnet/secrets.yaml").ShouldBe(secrets);
        output.ShouldContain("pins it, for every application of production");
        _work.Git("--git-dir", Remote, "rev-list", "--count", $"{_work.Head}..main").ShouldBe("1\n");
    }

    [Fact]
    public void Rollback_to_a_commit_leaves_the_base_where_it_has_not_changed()
    {
        Deploy("production", New);
        Deploy("production", Newest);
        Push();
        var environment = Pushed("production/environment.yaml");

        RunAsAda("rollback", "production", "coralnet", "--to", Old).Code.ShouldBe(0);

        Pushed("production/coralnet/application.yaml").ShouldContain(Old);
        Pushed("production/environment.yaml").ShouldBe(environment);
        RunAsAda("rollback", "production", "coralnet", "--to", Old)
            .Output.ShouldStartWith("nothing was changed: coralnet in production asks for that commit already");
    }

    [Fact]
    public void Without_an_earlier_commit_a_rollback_asks_for_one()
    {
        _work.Git("checkout", "--quiet", "--orphan", "fresh");
        _work.Commit("all at once");
        _work.Git("push", "--quiet", "origin", "fresh");

        var (code, _, error) = RunAsAda("rollback", "staging", "coralnet", "--branch", "fresh");

        (code, error).ShouldBe(
            (1, $"reconciler: staging/coralnet/application.yaml never asked for another commit than {Old[..12]}; "
                + "name one with --to COMMIT\n"));
    }

    [Fact]
    public async Task Who_was_slower_writes_the_same_change_on_top_of_the_others()
    {
        var git = new GitProgram(new GitSettings { LocalRepositories = true }, TimeProvider.System);
        var tries = 0;

        var pushed = await new RepositoryEdit(git, Remote, "main") { Author = "Ada <ada@example.org>" }.CommitAsync((clone, _) =>
        {
            if (tries++ == 0)
            {
                _work.Commit("somebody else", ("staging/note.txt", "mine"));
                Push();
            }
            File.WriteAllText(Path.Combine(clone.Folder, "ours.txt"), "ours");
            return Task.FromResult("ours");
        }, TestContext.Current.CancellationToken);

        (tries, pushed!.Branch).ShouldBe((2, "main"));
        (Pushed("ours.txt"), Pushed("staging/note.txt")).ShouldBe(("ours", "mine"));
    }

    [Fact]
    public async Task What_a_command_writes_vouches_for_nobody()
    {
        var git = new GitProgram(new GitSettings { LocalRepositories = true }, TimeProvider.System);

        var refused = await Should.ThrowAsync<GitException>(
            new RepositoryEdit(git, Remote, "main") { Author = "Ada <ada@example.org>" }.CommitAsync((clone, _) =>
        {
            File.WriteAllText(Path.Combine(clone.Folder, "ours.txt"), "ours");
            return Task.FromResult($"Adopt\n\nreconciler-vouches-for: {New}");
        }, TestContext.Current.CancellationToken));

        refused.Message.ShouldBe("The commit's message would say `Reconciler-Vouches-For`, which only a person may write: nothing was "
            + "pushed. Find out who put that into a name in git or on a server.");
    }

    [Fact]
    public async Task A_remote_that_takes_no_commit_is_named_with_the_way_on()
    {
        var git = new GitProgram(new GitSettings { LocalRepositories = true }, TimeProvider.System);
        var hook = Path.Combine(Remote, "hooks", "pre-receive");
        File.WriteAllText(hook, "#!/bin/sh\necho protected branch >&2\nexit 1\n");
        File.SetUnixFileMode(hook, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        var refused = await Should.ThrowAsync<GitException>(
            new RepositoryEdit(git, Remote, "main") { Author = "Ada <ada@example.org>" }.CommitAsync((clone, _) =>
        {
            File.WriteAllText(Path.Combine(clone.Folder, "ours.txt"), "ours");
            return Task.FromResult("ours");
        }, TestContext.Current.CancellationToken));

        refused.Message.ShouldContain("protected branch");
        refused.Message.ShouldContain("--to-branch NAME");
    }
}
