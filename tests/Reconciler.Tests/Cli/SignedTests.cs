using System.Diagnostics;
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

    private static (int Code, string Output) Run(string program, params string[] arguments) => Run(program, null, arguments);

    private static (int Code, string Output) Run(string program, string? config, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("RECONCILER_", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name);
        start.Environment["RECONCILER_CONFIG"] = config;
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + error.Result);
    }

    private (int Code, string Output) Plan(string environment) =>
        Run("dotnet", _folder.In("controller.yaml"), Path.Combine(AppContext.BaseDirectory, "reconciler.dll"), "plan", environment);

    private static (string, string?) Environment(string name, string more = "") =>
        ($"{name}/environment.yaml", SmallTree.Envelope($"{name}/environment.yaml") + $"  profile: staging\n{more}");

    private static (string, string?) Servers(string name) => ($"{name}/servers.yaml", SmallTree.Envelope($"{name}/servers.yaml")
        + $"  web1: {{address: 127.0.0.{name.Length}, roles: [web], hostKey: {Key}}}\n");

    private const string Key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEmPkdC1QyGBZJzfEz3sUdFzzCMzlgG1yOTrTuk3Jf3r";

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
}
