using System.Diagnostics;
using System.Text.RegularExpressions;
using Reconciler.Tests.Documents;
using Reconciler.Tests.Git;

namespace Reconciler.Tests.Cli;

/// <summary>The built program and a repository in which an environment asks for signed commits.</summary>
public sealed class SignedTests : IDisposable
{
    private readonly ScratchFolder _folder = new();
    private readonly ScratchRepository _desired;

    public SignedTests()
    {
        _desired = new(_folder.In("desired"));
        Run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", _folder.In("ada"));
        File.WriteAllText(_folder.In("allowed"), $"ada@example.org {File.ReadAllText(_folder.In("ada.pub"))}");
        Settings($"  signers: {{ssh: {_folder.In("allowed")}}}\n");
    }

    public void Dispose() => _folder.Dispose();

    private void Settings(string more)
    {
        File.WriteAllText(_folder.In("controller.yaml"), "apiVersion: reconciler/v1\nkind: Controller\nmetadata: {name: controller}\nspec:\n"
            + $"  repository: {{url: {_desired.Folder}, allowLocal: true}}\n  state: {_folder.In("state")}\n{more}");
        File.SetUnixFileMode(_folder.In("controller.yaml"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    private static (int Code, string Output) Run(string program, params string[] arguments) => RunWith(program, null, null, arguments);

    /// <param name="git">The user's configuration of git.</param>
    private static (int Code, string Output) RunWith(string program, string? config, string? git, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("RECONCILER_", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name);
        start.Environment["RECONCILER_CONFIG"] = config;
        start.Environment["GIT_CONFIG_GLOBAL"] = git;
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + error.Result);
    }

    private (int Code, string Output) Plan(string environment) =>
        RunWith("dotnet", _folder.In("controller.yaml"), null, Path.Combine(AppContext.BaseDirectory, "reconciler.dll"), "plan", environment);

    private static (string, string?) Environment(string name, string more = "") =>
        ($"{name}/environment.yaml", SmallTree.Envelope($"{name}/environment.yaml") + $"  profile: staging\n{more}");

    private static (string, string?) Servers(string name) => ($"{name}/servers.yaml", SmallTree.Envelope($"{name}/servers.yaml")
        + $"  web1: {{address: 127.0.0.{name.Length}, roles: [web], hostKey: {Key}}}\n");

    private const string Key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEmPkdC1QyGBZJzfEz3sUdFzzCMzlgG1yOTrTuk3Jf3r";

    [Fact]
    public void What_commands_write_is_signed_where_an_environment_asks_or_is_not_pushed()
    {
        Signed(Environment("production", "  verify: ssh\n"), Servers("production"), Environment("staging"), Servers("staging"), ("staging/site/application.yaml",
            SmallTree.Envelope("staging/site/application.yaml") + $"  path: /srv/site\n  user: site\n  code: {{repository: {_folder.In("site")}, branches: [main], commit: {new string('1', 40)}}}\n"));
        _desired.Git("config", "receive.denyCurrentBranch", "updateInstead");
        (int Code, string Output) On(string git) => RunWith("dotnet", _folder.In("controller.yaml"), git, Path.Combine(AppContext.BaseDirectory, "reconciler.dll"),
            "maintenance", "on", "staging", "site", "--author", "Ada <ada@example.org>");
        var before = _desired.Head;

        File.WriteAllText(_folder.In("none"), "");
        var (code, said) = On(_folder.In("none"));
        code.ShouldNotBe(0);
        said.ShouldContain("an environment asks for signed commits (`verify: ssh`), and git could not sign: ");
        said.ShouldContain("Set user.signingkey in git's configuration to a key of yours that the controller's `signers` know. Nothing was pushed.");
        _desired.Head.ShouldBe(before);

        // Without commit.gpgsign and gpg.format too: it is clear what is asked for.
        File.WriteAllText(_folder.In("gitconfig"), $"[user]\n\tsigningkey = {_folder.In("ada")}\n");
        On(_folder.In("gitconfig")).Code.ShouldBe(0);
        _desired.Head.ShouldNotBe(before);
        _desired.Git("-c", $"gpg.ssh.allowedSignersFile={_folder.In("allowed")}", "log", "-1", "--format=%G? %s").ShouldBe("G Maintenance of site in staging: on\n");
    }

    private string Signed(params (string Path, string? Text)[] files)
    {
        _desired.Git("config", "gpg.format", "ssh");
        _desired.Git("config", "user.signingkey", _folder.In("ada"));
        _desired.Git("config", "commit.gpgsign", "true");
        var commit = _desired.Commit("signed", files);
        _desired.Git("config", "commit.gpgsign", "false");
        return commit;
    }

    [Fact]
    public void An_unsigned_commit_leaves_the_environment_that_asks_where_it_is_and_moves_the_others()
    {
        var signed = Signed(Environment("production", "  verify: ssh\n"), Servers("production"), Environment("staging"), Servers("staging"));
        Plan("production").Code.ShouldBe(0, Plan("production").Output);

        // Nor does it help to take the demand away with it.
        var unsigned = _desired.Commit("unsigned", Environment("production"));
        var (code, said) = Plan("production");
        code.ShouldBe(65, said);
        said.ShouldContain($"production stays at {signed[..12]}: commit {unsigned[..12]} is not signed (ssh) by anybody in {_folder.In("allowed")}");
        said.ShouldContain($"production/host: revision {signed[..12]}");
        Plan("staging").Output.ShouldContain($"staging/host: revision {unsigned[..12]}");

        Settings("");
        Plan("production").Output.ShouldContain("it asks for `verify: ssh`, and controller.yaml names nobody who may sign: write `signers: {ssh: FILE}` there");
    }

    [Fact]
    public void The_command_that_is_told_vouches_for_all_that_nobody_signed()
    {
        string Told(string it) =>
            Regex.Match(Plan("production").Output, $"have somebody on that list look at {it} and push `(.*?)`").Groups[1].Value;
        var signed = Signed(Environment("production", "  verify: ssh\n"), Servers("production"));
        Plan("production").Code.ShouldBe(0);
        var one = _desired.Commit("unsigned", ("note", "1"));
        Told("it").ShouldBe($"git commit --allow-empty --gpg-sign -m \"Vouch for it\" --trailer \"Reconciler-Vouches-For: {one}\"");
        var two = _desired.Commit("unsigned too", ("note", "2"));
        Plan("production").Output.ShouldContain($"production stays at {signed[..12]}: 2 commits are not signed (ssh) by anybody in "
            + $"{_folder.In("allowed")} ({one[..12]}, {two[..12]}); have somebody");

        var told = Told("them");
        told.ShouldEndWith($" --trailer \"Reconciler-Vouches-For: {one}\" --trailer \"Reconciler-Vouches-For: {two}\"");
        _desired.Git("config", "user.name", "Ada");
        _desired.Git("config", "user.email", "ada@example.org");
        Run("sh", "-c", $"cd {_desired.Folder} && {told}").ShouldSatisfyAllConditions(done => done.Code.ShouldBe(0, done.Output));
        Plan("production").Output.ShouldContain($"production/host: revision {_desired.Head[..12]}");

        // More than can be pasted are told in turn.
        for (var i = 0; i < 51; i++)
            _desired.Commit($"unsigned {i}");
        Plan("production").Output.ShouldContain(
            "look at them and push (the first 50; the others are told then) `git commit --allow-empty --gpg-sign -m \"Vouch for them\" ");
    }
}
