using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using Reconciler.Journaling;
using Reconciler.Tests.Documents;
using Reconciler.Tests.Git;

namespace Reconciler.Tests.Cli;

/// <summary>The built program while its git host is down: people push to the controller itself, through git and its hook.</summary>
public sealed class BreakGlassTests : IAsyncDisposable
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);
    private const string Key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEmPkdC1QyGBZJzfEz3sUdFzzCMzlgG1yOTrTuk3Jf3r";
    private readonly ScratchFolder _folder = new();
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly ScratchRepository _clone;
    private readonly string _first;
    private Process? _watch;

    public BreakGlassTests()
    {
        foreach (var name in new[] { "ada", "eve" })
            Run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", _folder.In(name));
        File.WriteAllText(_folder.In("allowed"), $"ada@example.org {File.ReadAllText(_folder.In("ada.pub"))}");
        Settings($"  breakGlass: {{ssh: {_folder.In("allowed")}}}\n");
        // Only what OpenSSH does with the words after the host: the login's shell gets them as one line.
        Program("ssh", """
            for line; do :; done
            case $line in *upload-pack*) [ ! -e "$(dirname "$0")/hangs" ] || exec sleep 600 ;; esac
            exec sh -c "$line"
            """);
        Program("sudo", "echo \"$2\" >> \"$(dirname \"$0\")/sudone\"; shift 2; exec \"$@\"");
        // Which the repository's own goes before.
        File.WriteAllText(_folder.In("gitconfig"), "[core]\n\thooksPath = /no/such/folder\n"
            + "[user]\n\tname = Ada\n\temail = ada@example.org\n");
        _clone = new(_folder.In("clone"));
        _clone.Git("config", "gpg.format", "ssh");
        _clone.Git("config", "user.signingkey", _folder.In("ada"));
        _first = _clone.Commit("Stage", Document("staging/environment.yaml", "  profile: staging\n  ssh: {port: 9}\n"), Servers("web1"));
        Run("git", "clone", "--quiet", "--bare", _clone.Folder, Origin);
    }

    private string Origin => _folder.In("origin.git");

    private string Glass => _folder.In("state/break-glass.git");

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _folder.Dispose();
    }

    private void Program(string name, string text)
    {
        Directory.CreateDirectory(_folder.In("bin"));
        File.WriteAllText(_folder.In($"bin/{name}"), $"#!/bin/sh\n{text}\n");
        File.SetUnixFileMode(_folder.In($"bin/{name}"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private void Settings(string more, string before = "")
    {
        File.WriteAllText(_folder.In("controller.yaml"), "apiVersion: reconciler/v1\nkind: Controller\nmetadata: {name: controller}\n"
            + $"spec:\n  repository: {{url: {before}{Origin}, allowLocal: true}}\n"
            + $"  state: {_folder.In("state")}\n  interval: 1s\n  listen: none\n{more}");
        File.SetUnixFileMode(_folder.In("controller.yaml"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    private static (string, string?) Document(string path, string spec) => (path, SmallTree.Envelope(path) + spec);

    private static (string, string?) Servers(params string[] names) => Document("staging/servers.yaml",
        string.Concat(names.Select((name, i) => $"  {name}: {{address: 127.0.0.{i + 1}, roles: [web], hostKey: {Key}}}\n")));

    private Process Start(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("RECONCILER_", StringComparison.Ordinal)
            || name.StartsWith("GIT_", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name);
        start.Environment["RECONCILER_CONFIG"] = _folder.In("controller.yaml");
        start.Environment["GIT_CONFIG_GLOBAL"] = _folder.In("gitconfig");
        start.Environment["GIT_SSH"] = _folder.In("bin/ssh");
        start.Environment["PATH"] = $"{_folder.In("bin")}:{start.Environment["PATH"]}";
        return Process.Start(start)!;
    }

    private (int Code, string Output) Run(string program, params string[] arguments)
    {
        using var process = Start(program, arguments);
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + error.Result);
    }

    private (int Code, string Output) Reconciler(params string[] arguments) =>
        Run("dotnet", [Path.Combine(AppContext.BaseDirectory, "reconciler.dll"), .. arguments]);

    private async Task WatchAsync()
    {
        _lines.Clear();
        _watch = Start("dotnet", Path.Combine(AppContext.BaseDirectory, "reconciler.dll"), "watch");
        _watch.ErrorDataReceived += (_, line) => _lines.Enqueue(line.Data ?? "");
        _watch.BeginErrorReadLine();
        _watch.BeginOutputReadLine();
        await UntilAsync(() => Tip() is not null && _lines.Any(line => line.Contains("is in force", StringComparison.Ordinal)
            || line.Contains("stays in force", StringComparison.Ordinal)));
    }

    private async Task StopAsync()
    {
        if (_watch is { HasExited: false })
        {
            using var kill = Process.Start("kill", ["-TERM", $"{_watch.Id}"]);
            await _watch.WaitForExitAsync();
        }
        _watch?.Dispose();
        _watch = null;
    }

    private async Task UntilAsync(Func<bool> holds)
    {
        using var over = new CancellationTokenSource(Soon);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (!holds())
        {
            if (over.IsCancellationRequested)
                Assert.Fail($"{string.Join('\n', _lines)}\n{Reconciler("status").Output}");
            await timer.WaitForNextTickAsync(CancellationToken.None);
        }
    }

    private string? Tip() =>
        Run("git", $"--git-dir={Glass}", "rev-parse", "--verify", "--quiet", "refs/heads/main") is (0, var tip) ? tip.Trim() : null;

    private string? InForce()
    {
        using var ledger = SqliteLedger.OpenForReading(_folder.In("state"), TimeProvider.System);
        return ledger.AcceptedIn("staging")?.Revision;
    }

    private (int Code, string Output) Status() => Reconciler("status");

    private JsonElement Ahead() => JsonDocument.Parse(Reconciler("status", "-o", "json").Output).RootElement
        .GetProperty("repository").GetProperty("aheadOfOrigin");

    private bool Said(string text) => _lines.Any(line => line.Contains(text, StringComparison.Ordinal));

    /// <summary>The line of the README, with this controller in the place of the usual one.</summary>
    private (int Code, string Output) Push(string what = "HEAD:main", params string[] more)
    {
        var line = File.ReadLines(Path.Combine(Trees.Repository, "README.md"))
            .Single(line => line.StartsWith("    git push --receive-pack=", StringComparison.Ordinal));
        line = line.Replace("/var/lib/reconciler/controller", _folder.In("state"), StringComparison.Ordinal)
            .Replace("HEAD:main", what, StringComparison.Ordinal);
        return Run("sh", "-c", $"cd {_clone.Folder} && {line.Trim()} {string.Join(' ', more)} 2>&1");
    }

    private string Sign(string key, string subject, params (string, string?)[] files)
    {
        _clone.Git("config", "user.signingkey", _folder.In(key));
        _clone.Git("config", "commit.gpgsign", "true");
        var commit = _clone.Commit(subject, files);
        _clone.Git("config", "commit.gpgsign", "false");
        return commit;
    }

    private void Away() => Directory.Move(Origin, _folder.In("away"));

    private void Back() => Directory.Move(_folder.In("away"), Origin);

    [Fact]
    public async Task What_is_pushed_while_the_git_host_is_down_is_in_force_and_the_host_must_have_it_when_it_is_back()
    {
        await WatchAsync();
        Tip().ShouldBe(_first);
        Away();
        await UntilAsync(() => Said("stays in force"));

        var night = Sign("ada", "At night", Servers("web1", "web2"));
        var (code, said) = Push();
        code.ShouldBe(0, said);
        said.ShouldContain("remote: taken: the watch puts it into force in a moment; `reconciler status` says so");
        said.ShouldContain($"remote: when {Origin} is back, push it there too, before anything else: git push {Origin} {night}:main");
        File.ReadAllText(_folder.In("bin/sudone")).ShouldBe("reconciler-controller\n");
        await UntilAsync(() => InForce() == night && Status().Output.Contains("AheadOfOrigin"));

        (code, said) = Status();
        code.ShouldBe(3, said);
        said.ShouldContain("AheadOfOrigin, since ");
        said.ShouldContain($": {night}, signed by ada@example.org, was pushed to this controller while {Origin} could not be fetched, "
            + $"and is in force; push it there when it is back: `git push {Origin} {night}:main`");
        said.ShouldContain("\ngit could not be fetched, since ");
        said.ShouldContain("\n  looked at again at ");
        var ahead = Ahead();
        ahead.GetProperty("revision").GetString().ShouldBe(night);
        ahead.GetProperty("by").GetString().ShouldBe("ada@example.org");
        ahead.GetProperty("push").GetString().ShouldBe($"git push {Origin} {night}:main");
        await UntilAsync(() => Said($"AheadOfOrigin: {night}, signed by ada@example.org, was pushed to this controller"));

        // A controller that starts anew knows it, and takes what was pushed meanwhile.
        await StopAsync();
        var second = Sign("ada", "Later at night", ("LATER.md", "x"));
        Push().Output.ShouldContain("remote: taken, and not in force yet: no watch runs here; `systemctl start reconciler` starts it");
        InForce().ShouldBe(night);
        await WatchAsync();
        await UntilAsync(() => InForce() == second && Status().Output.Contains($"git push {Origin} {second}:main"));

        // The host is back without it.
        Back();
        await UntilAsync(() => Said("it answers again and lacks that commit, so nothing from there comes into force: "
            + $"push it there: `git push {Origin} {second}:main`"));
        (code, said) = Status();
        code.ShouldBe(3, said);
        said.ShouldNotContain("\ngit could not be fetched");
        Push().Output.ShouldContain("Everything up-to-date");

        // Nor is what others push there in the morning, before somebody merges the two.
        var other = new ScratchRepository(_folder.In("other"));
        other.Git("fetch", "--quiet", Origin, "main");
        other.Git("reset", "--quiet", "--hard", "FETCH_HEAD");
        var morning = other.Commit("In the morning", ("README.md", "hello"));
        other.Git("push", "--quiet", Origin, "HEAD:main");
        await UntilAsync(() => Said($"it answers again with {morning[..12]}, which lacks that commit, "
            + "so nothing from there comes into force: merge the two"));
        InForce().ShouldBe(second);
        Sign("ada", "Too late", ("LATE.md", "x"));
        Push().Output.ShouldContain($"remote: nothing was taken: {Origin} answers: push there; this is for when it does not");
        _clone.Git("reset", "--quiet", "--hard", second);

        var typed = Ahead().GetProperty("push").GetString()!;
        Run("sh", "-c", $"cd {_clone.Folder} && {typed}").Code.ShouldBe(0);
        var merged = Run("git", $"--git-dir={Origin}", "rev-parse", "main").Output.Trim();
        await UntilAsync(() => InForce() == merged && Tip() == merged);
        Status().Output.ShouldNotContain("AheadOfOrigin");
        Reconciler("status", "-o", "json").Output.ShouldNotContain("aheadOfOrigin");
    }

    [Fact]
    public async Task What_may_not_be_in_force_is_refused_whole_and_the_pusher_reads_why()
    {
        await WatchAsync();
        void Refused(string why, string what = "HEAD:main", params string[] more)
        {
            var (code, said) = Push(what, more);
            code.ShouldNotBe(0, said);
            said.ShouldContain(why);
            Tip().ShouldBe(_first);
            InForce().ShouldBe(_first);
            _clone.Git("reset", "--quiet", "--hard", _first);
        }

        Sign("ada", "By day", Servers("web1", "web2"));
        Refused($"remote: nothing was taken: {Origin} answers: push there; this is for when it does not");
        Away();

        var unsigned = _clone.Commit("Unsigned", Servers("web1", "web2"));
        Refused($"remote: nothing was taken: commit {unsigned[..12]} is not signed (ssh) by anybody in {_folder.In("allowed")}: sign it ");
        var below = _clone.Commit("Unsigned", Servers("web1", "web2"));
        Sign("ada", "Signed upon it", ("README.md", "x"));
        Refused($"commit {below[..12]} is not signed (ssh)");
        var eves = Sign("eve", "By Eve", Servers("web1", "web2"));
        Refused($"commit {eves[..12]} is not signed (ssh) by anybody in ");

        // A merge of what is signed, by nobody who may: git hosts' merges pass elsewhere.
        _clone.Git("checkout", "--quiet", "-b", "side");
        Sign("ada", "On the side", ("SIDE.md", "x"));
        _clone.Git("checkout", "--quiet", "main");
        Sign("ada", "On main", ("MAIN.md", "x"));
        _clone.Git("merge", "--quiet", "--no-ff", "-m", "merged by nobody", "side");
        Refused($"commit {_clone.Head[..12]} is not signed (ssh)");

        Sign("ada", "Faulty", ("staging/environment.yaml", SmallTree.Envelope("staging/environment.yaml") + "  profil: staging\n"));
        Refused($"has faults; mend them, and push again:");
        Sign("ada", "Faulty", ("staging/environment.yaml", SmallTree.Envelope("staging/environment.yaml") + "  profil: staging\n"));
        Refused("remote: unknown-key staging/environment.yaml:5:3: `profil` is not known here; did you mean `profile`?");
        File.CreateSymbolicLink(Path.Combine(_clone.Folder, "staging", "link.yaml"), "/etc/passwd");
        Sign("ada", "A link");
        Refused("remote: link staging/link.yaml: symbolic links are not followed");

        Sign("ada", "Elsewhere", ("README.md", "x"));
        Refused("remote: nothing was taken: only main is taken here, and nothing else: git push ... HEAD:main", "HEAD:other");
        Refused("remote: nothing was taken: only main is taken here", $"HEAD:refs/tags/v1");
        Sign("ada", "Elsewhere", ("README.md", "x"));
        Refused("remote: nothing was taken: only main is taken here", $"HEAD:main HEAD:other");
        Refused("remote: nothing was taken: main cannot be deleted here: push a commit to it", ":main");

        _clone.Git("checkout", "--quiet", "--orphan", "unrelated");
        var apart = Sign("ada", "Unrelated");
        Refused($"remote: nothing was taken: {apart[..12]} does not descend from {_first}, which is in force", "HEAD:main", "--force");

        File.Delete(_folder.In("allowed"));
        Sign("ada", "Nobody can tell", ("README.md", "x"));
        Refused("remote: reconciler: Signatures cannot be checked: ");
        Settings("");
        Sign("ada", "Nobody may", ("README.md", "x"));
        Refused("remote: nothing was taken: controller.yaml names nobody who may push here: write `breakGlass: {ssh: FILE}` there");
    }

    [Fact]
    public async Task A_git_host_that_hangs_is_not_waited_for_once_somebody_pushed()
    {
        Settings($"  breakGlass: {{ssh: {_folder.In("allowed")}}}\n", "ssh://git.example");
        await WatchAsync();
        await File.WriteAllTextAsync(_folder.In("bin/hangs"), "", TestContext.Current.CancellationToken);
        var night = Sign("ada", "At night", Servers("web1", "web2"));
        var (code, said) = Push();
        code.ShouldBe(0, said);
        await UntilAsync(() => InForce() == night && Said("had not answered yet"));
        Status().Output.ShouldContain("AheadOfOrigin, since ");
    }

    [Fact]
    public async Task What_gets_past_the_hook_is_judged_once_more_and_taken_out_of_the_branch()
    {
        await WatchAsync();
        Away();
        var unsigned = _clone.Commit("Unsigned", Servers("web1", "web2"));
        Run("git", $"--git-dir={Glass}", "fetch", "--quiet", _clone.Folder, "HEAD:main").Code.ShouldBe(0);
        await UntilAsync(() => Said($"{unsigned}, which was pushed to {Glass}, is not in force, and its branch is back at {_first}: "
            + $"commit {unsigned[..12]} is not signed (ssh) by anybody in {_folder.In("allowed")}"));
        Tip().ShouldBe(_first);
        InForce().ShouldBe(_first);
    }

    [Fact]
    public async Task An_environment_that_asks_for_signatures_of_its_own_gets_them_too()
    {
        File.WriteAllText(_folder.In("signers"), $"eve@example.org {File.ReadAllText(_folder.In("eve.pub"))}");
        Settings($"  breakGlass: {{ssh: {_folder.In("allowed")}}}\n  signers: {{ssh: {_folder.In("signers")}}}\n");
        var strict = Sign("eve", "Strict", Document("staging/environment.yaml", "  profile: staging\n  ssh: {port: 9}\n  verify: ssh\n"));
        _clone.Git("push", "--quiet", Origin, "HEAD:main");
        await WatchAsync();
        InForce().ShouldBe(strict);
        Away();
        var night = Sign("ada", "At night", Servers("web1", "web2"));
        Push().Output.ShouldContain($"remote: nothing was taken: staging stays at {strict[..12]}: "
            + $"commit {night[..12]} is not signed (ssh) by anybody in {_folder.In("signers")}");
        InForce().ShouldBe(strict);
    }

    [Fact]
    public async Task Without_a_list_there_is_no_such_repository_and_others_may_not_look_into_it()
    {
        Settings("");
        _lines.Clear();
        _watch = Start("dotnet", Path.Combine(AppContext.BaseDirectory, "reconciler.dll"), "watch");
        _watch.ErrorDataReceived += (_, line) => _lines.Enqueue(line.Data ?? "");
        _watch.BeginErrorReadLine();
        _watch.BeginOutputReadLine();
        await UntilAsync(() => Said($"revision {_first[..12]} is in force"));
        Directory.Exists(Glass).ShouldBeFalse();
        await StopAsync();

        Settings($"  breakGlass: {{ssh: {_folder.In("allowed")}}}\n");
        await WatchAsync();
        File.GetUnixFileMode(Glass).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    [Fact]
    public async Task Somebody_with_a_key_of_gpg_may_stand_beside_those_of_ssh()
    {
        var home = _folder.In("gnupg");
        Directory.CreateDirectory(home, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        try
        {
            Run("gpg", "--homedir", home, "--batch", "--quiet", "--pinentry-mode", "loopback", "--passphrase", "",
                "--quick-generate-key", "Bo <bo@example.org>", "ed25519", "sign").Code.ShouldBe(0);
            Run("gpg", "--homedir", home, "--batch", "--armor", "--output", _folder.In("allowed.asc"), "--export", "bo@example.org")
                .Code.ShouldBe(0);
            Program("gpg-of-bo", $"exec gpg --homedir {home} \"$@\"");
            Settings($"  breakGlass: {{ssh: {_folder.In("allowed")}, gpg: {_folder.In("allowed.asc")}}}\n");
            await WatchAsync();
            Away();

            _clone.Git("config", "gpg.format", "openpgp");
            _clone.Git("config", "user.signingkey", "bo@example.org");
            _clone.Git("config", "gpg.program", _folder.In("bin/gpg-of-bo"));
            _clone.Git("commit", "--quiet", "--allow-empty", "--gpg-sign", "-m", "At night");
            var (code, said) = Push();
            code.ShouldBe(0, said);
            await UntilAsync(() => InForce() == _clone.Head);
            Status().Output.ShouldContain("signed by Bo <bo@example.org>, was pushed");
        }
        finally
        {
            Run("gpgconf", "--homedir", home, "--kill", "gpg-agent");
        }
    }

    [Fact]
    public async Task What_code_was_never_fetched_is_told_to_the_pusher()
    {
        await WatchAsync();
        Away();
        Sign("ada", "New code", Document("staging/site/application.yaml",
            "  path: /srv/site\n  user: site\n"
            + $"  code: {{repository: {_folder.In("site")}, branches: [main], commit: {new string('1', 40)}}}\n"));
        Push().Output.ShouldContain("remote: note: site in staging asks for 111111111111, which was never fetched "
            + $"from {_folder.In("site")}: it is deployed when that one answers");
    }
}
