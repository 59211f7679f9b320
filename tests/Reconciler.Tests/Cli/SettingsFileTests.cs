using System.Diagnostics;
using Reconciler.Tests.Documents;
using Reconciler.Tests.Git;

namespace Reconciler.Tests.Cli;

/// <summary>The built program with a settings file: what goes before what, and which files are refused.</summary>
public sealed class SettingsFileTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary><c>status</c> without a ledger names the state folder that counts.</summary>
    private static (int Code, string Error) Status(IReadOnlyDictionary<string, string> variables, params string[] options) =>
        Run(variables, ["status", .. options]);

    private static (int Code, string Error) Run(IReadOnlyDictionary<string, string> variables, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "reconciler.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("RECONCILER_", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name);
        foreach (var (name, value) in variables)
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, error);
    }

    private static Dictionary<string, string> Variables(params (string Name, string Value)[] variables) =>
        variables.ToDictionary(variable => variable.Name, variable => variable.Value);

    private string Write(string spec, UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite)
    {
        var file = _folder.In("controller.yaml");
        File.WriteAllText(file, $"apiVersion: reconciler/v1\nkind: Controller\nmetadata: {{name: controller}}\nspec:\n{spec}\n");
        File.SetUnixFileMode(file, mode);
        return file;
    }

    [Fact]
    public void An_option_goes_before_a_variable_that_before_the_file_and_that_before_the_default()
    {
        var file = Write("  state: /in/file");

        Status(Variables(("RECONCILER_CONFIG", "none"))).Error.ShouldContain("/var/lib/reconciler/controller/ledger.db");
        Status(Variables(("RECONCILER_CONFIG", file))).Error.ShouldContain("/in/file/ledger.db");
        Status(Variables(("RECONCILER_CONFIG", "/nowhere")), "--config", file).Error.ShouldContain("/in/file/ledger.db");
        Status(Variables(("RECONCILER_CONFIG", file), ("RECONCILER_STATE", "/in/variable"))).Error.ShouldContain("/in/variable/ledger.db");
        Status(Variables(("RECONCILER_CONFIG", file), ("RECONCILER_STATE", "/in/variable")), "--state", "/in/option")
            .Error.ShouldContain("/in/option/ledger.db");
    }

    [Fact]
    public void A_faulty_file_is_refused_with_all_faults_whatever_the_options_say()
    {
        var file = Write("  intervall: 5s\n  listen: here");

        var (code, error) = Status(Variables(), "--config", file, "--state", "/in/option");

        code.ShouldBe(64);
        error.ShouldContain($"{file} is refused");
        error.ShouldContain($"unknown-key {file}:5:3: `intervall` is not known here; did you mean `interval`?");
        error.ShouldContain($"bad-value {file}:6:11: `here` has no port");
    }

    [Theory]
    [InlineData(UnixFileMode.GroupWrite, "0660")]
    [InlineData(UnixFileMode.OtherWrite, "0602")]
    public void A_file_that_others_may_write_is_refused_with_the_command_that_mends_it(UnixFileMode more, string mode)
    {
        var read = more == UnixFileMode.GroupWrite ? UnixFileMode.GroupRead : 0;
        var file = Write("  interval: 5s", UnixFileMode.UserRead | UnixFileMode.UserWrite | read | more);

        var (code, error) = Status(Variables(), "--config", file);

        (code, error).ShouldBe((64, $"reconciler: {file} may be changed by others (mode {mode}), "
            + $"who could then direct every server: run chmod go-w {file}\n"));
    }

    [Fact]
    public void A_file_in_a_folder_that_others_may_write_is_refused()
    {
        var file = Write("  interval: 5s");
        File.SetUnixFileMode(_folder.Path, File.GetUnixFileMode(_folder.Path) | UnixFileMode.OtherWrite);

        Status(Variables(), "--config", file).Error.ShouldContain($"run chmod go-w {_folder.Path}\n");
    }

    [Fact]
    public void A_file_of_another_user_is_refused()
    {
        var file = Write("  interval: 5s");
        Process.Start("chown", ["12345", file]).WaitForExit();

        Status(Variables(), "--config", file).Error.ShouldBe(
            $"reconciler: {file} belongs to the user with number 12345, who could then direct every server: run chown root {file}\n");
    }

    [Fact]
    public void A_file_that_is_named_must_be_there() =>
        Status(Variables(), "--config", "/no/such/file").ShouldBe(
            (64, "reconciler: there is no settings file /no/such/file: correct --config (RECONCILER_CONFIG), or write it\n"));

    [Theory]
    [InlineData("RECONCILER_INTERVAL", "soon",
        "`soon` is no interval: RECONCILER_INTERVAL takes seconds or a duration as 60s or 5m, from 1s to 1d")]
    [InlineData("RECONCILER_INTERVAL", "0", "`0` is no interval")]
    public void A_variable_that_is_not_what_it_must_be_is_refused(string name, string value, string sentence)
    {
        Directory.CreateDirectory(_folder.In("state"));
        using (Reconciler.Journaling.SqliteLedger.OpenForWriting(_folder.In("state"), TimeProvider.System))
        {
        }
        var (code, error) = Status(Variables((name, value), ("RECONCILER_CONFIG", "none"), ("RECONCILER_STATE", _folder.In("state"))));

        code.ShouldBe(64);
        error.ShouldContain(sentence);
    }

    [Theory]
    [InlineData("RECONCILER_LISTEN", "9464", "`9464` has no port: --listen (RECONCILER_LISTEN) must be ADDRESS:PORT")]
    [InlineData("RECONCILER_LOG_FORMAT", "xml", "`xml` is no log format: RECONCILER_LOG_FORMAT takes text or json")]
    [InlineData("RECONCILER_ALLOW_LOCAL_REPOSITORIES", "yes", "RECONCILER_ALLOW_LOCAL_REPOSITORIES is neither true nor false")]
    public void A_variable_of_the_daemon_is_refused_before_anything_is_made(string name, string value, string sentence)
    {
        var variables = Variables((name, value), ("RECONCILER_CONFIG", "none"), ("RECONCILER_STATE", _folder.In("state")),
            ("RECONCILER_REPOSITORY", "git@git.example:state.git"));

        var (code, error) = Run(variables, "watch");

        code.ShouldBe(64);
        error.ShouldContain(sentence);
        Directory.Exists(_folder.In("state")).ShouldBeFalse();
    }

    [Fact]
    public void A_folder_is_no_settings_file() =>
        Status(Variables(), "--config", _folder.Path).ShouldBe(
            (64, $"reconciler: {_folder.Path} is a folder: name the settings file in it with --config (RECONCILER_CONFIG)\n"));

    [Fact]
    public void Root_leaves_nothing_in_the_state_folder_of_the_controllers_user()
    {
        Directory.CreateDirectory(_folder.In("state"));
        Process.Start("chown", ["12345", _folder.In("state")]).WaitForExit();
        var variables = Variables(("RECONCILER_CONFIG", "none"), ("RECONCILER_STATE", _folder.In("state")),
            ("RECONCILER_REPOSITORY", "git@git.example:state.git"));

        var (code, error) = Run(variables, "plan", "staging");

        code.ShouldBe(64);
        error.ShouldContain("begin the command with `sudo -u '#12345'`");
        Directory.EnumerateFileSystemEntries(_folder.In("state")).ShouldBeEmpty();
    }

    [Fact]
    public void The_order_stands_in_help_and_README()
    {
        File.ReadAllText(Path.Combine(Trees.Repository, "README.md")).ReplaceLineEndings(" ")
            .ShouldContain("an option goes before its environment variable, that before the settings file");
        Reconciler.Cli.CommandLine.Create().Description!
            .ShouldContain("an option goes before its environment variable, that before the settings file");
    }
}
