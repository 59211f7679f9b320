using System.Diagnostics;
using Reconciler.Git;

namespace Reconciler.Tests.Git;

public sealed class GitProgramTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task A_git_that_hangs_is_killed_at_its_deadline_with_its_children()
    {
        var git = new GitProgram(new GitSettings { Program = Script("sleep 300 & echo $! > pid; wait") }, TimeProvider.System);
        var e = await Should.ThrowAsync<GitException>(() => git.RunAsync(new GitCall(["fetch"], TimeSpan.FromSeconds(1)) { Folder = _scratch.Path }, Cancel));
        e.Failure.ShouldBe(GitFailure.TimedOut);
        e.WorthRetrying.ShouldBeTrue();
        await GoneAsync(int.Parse(File.ReadAllText(_scratch.In("pid"))));
    }

    [Fact]
    public async Task A_caller_that_gives_up_leaves_nothing_running()
    {
        var git = new GitProgram(new GitSettings { Program = Script("echo $$ > pid; exec sleep 300") }, TimeProvider.System);
        using var giveUp = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        await Should.ThrowAsync<OperationCanceledException>(() => git.RunAsync(new GitCall(["fetch"], TimeSpan.FromMinutes(1)) { Folder = _scratch.Path }, giveUp.Token));
        await GoneAsync(int.Parse(File.ReadAllText(_scratch.In("pid"))));
    }

    [Fact]
    public async Task A_git_that_does_not_read_its_stdin_is_no_trouble()
    {
        var git = new GitProgram(new GitSettings { Program = Script("echo done; exit 3") }, TimeProvider.System);
        var answer = await git.RunAsync(
            new GitCall(["x"], TimeSpan.FromSeconds(20)) { Input = (stdin, ended) => stdin.WriteAsync(new byte[1 << 20], ended).AsTask() }, Cancel);
        answer.ExitCode.ShouldBe(3);
        answer.Text.ShouldBe("done");
    }

    [Fact]
    public async Task A_child_that_stays_and_keeps_stderr_open_is_not_waited_for()
    {
        var git = new GitProgram(new GitSettings { Program = Script("sleep 300 >&- & echo $! > pid; echo said >&2") }, TimeProvider.System);
        var answer = await git.RunAsync(new GitCall(["fetch"], TimeSpan.FromSeconds(20)) { Folder = _scratch.Path }, Cancel);
        answer.Error.ShouldBe("said");
        Process.GetProcessById(int.Parse(File.ReadAllText(_scratch.In("pid")))).Kill();
    }

    [Theory]
    [InlineData(null, "ssh -o BatchMode=yes -o StrictHostKeyChecking=yes -o ForwardAgent=no")]
    [InlineData("/state of it/config", "ssh -o BatchMode=yes -o StrictHostKeyChecking=yes -o ForwardAgent=no -F '/state of it/config'")]
    public async Task Ssh_asks_nothing_and_trusts_nobody_anew_and_reads_the_configuration_that_servers_are_reached_with(string? config, string command)
    {
        var settings = new GitSettings { Program = Script("echo \"$GIT_SSH_COMMAND\""), SshConfig = config is null ? null : () => config };
        var answer = await new GitProgram(settings, TimeProvider.System).RunAsync(new GitCall(["fetch"], TimeSpan.FromSeconds(20)), Cancel);
        answer.Text.ShouldBe(command);
    }

    [Fact]
    public async Task No_git_at_all_is_told()
    {
        var git = new GitProgram(new GitSettings { Program = "/nowhere/git" }, TimeProvider.System);
        (await Should.ThrowAsync<GitException>(() => git.RunAsync(new GitCall(["x"], TimeSpan.FromSeconds(5)), Cancel))).Message.ShouldContain("Install git");
    }

    [Fact]
    public void What_git_says_is_shown_without_credentials_and_control_characters() =>
        GitError.Clean("fatal: unable to access 'https://x:hunter2@host/a'\r\n\u001b[2Jremote: no\n")
            .ShouldBe("fatal: unable to access 'https://***@host/a' / \uFFFD[2Jremote: no");

    [Theory]
    [InlineData("fatal: couldn't find remote ref refs/heads/main", GitFailure.NoSuchBranch)]
    [InlineData("git@github.com: Permission denied (publickey). / fatal: Could not read from remote repository.", GitFailure.Refused)]
    [InlineData("remote: Repository not found. / fatal: repository 'https://x/' not found", GitFailure.Refused)]
    [InlineData("fatal: could not read Username for 'https://x': terminal prompts disabled", GitFailure.Refused)]
    [InlineData("Host key verification failed. / fatal: Could not read from remote repository.", GitFailure.Refused)]
    [InlineData("ssh: connect to host x port 22: Connection refused / fatal: Could not read from remote repository.", GitFailure.Unreachable)]
    [InlineData("fatal: unable to access 'https://x/': Could not resolve host: x", GitFailure.Unreachable)]
    [InlineData("fatal: the remote end hung up unexpectedly", GitFailure.Unreachable)]
    [InlineData("fatal: write error: No space left on device", GitFailure.DiskFull)]
    [InlineData("fatal: transport 'ext' not allowed", GitFailure.NotAllowed)]
    [InlineData("fatal: bad object", GitFailure.Failed)]
    internal void What_git_says_is_understood(string error, GitFailure failure) => GitError.OfFetch("https://x/", error).Failure.ShouldBe(failure);

    private string Script(string body)
    {
        var path = _scratch.In("git");
        // What the settings ask of the user's configuration is answered with no.
        File.WriteAllText(path, $"#!/bin/sh\n[ \"$1\" = config ] && exit 1\n{body}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }

    private static async Task GoneAsync(int pid)
    {
        for (var i = 0; i < 100; i++)
        {
            var stat = $"/proc/{pid}/stat";
            try
            {
                // A zombie nobody waits for in a container without init is gone as well.
                if (!File.Exists(stat) || (await File.ReadAllTextAsync(stat, Cancel)).Split(") ")[1][0] == 'Z')
                    return;
            }
            catch (IOException)
            {
                return;
            }
            await Task.Delay(50, Cancel);
        }
        Process.GetProcessById(pid).HasExited.ShouldBeTrue();
    }
}
