using System.Diagnostics;
using Reconciler.Cli;
using Reconciler.Tests.Documents;
using Reconciler.Tests.Git;

namespace Reconciler.Tests.Cli;

/// <summary>The built program, as a process: its words and its exit codes.</summary>
public sealed class ProgramTests : IDisposable
{
    private static readonly string[] Commands = ["validate", "render", "schema", "plan", "converge", "watch", "status", "explain", "enroll"];
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private (int Code, string Output, string Error) Run(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "reconciler.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = _folder.Path,
        };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("RECONCILER_", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name);
        start.Environment["RECONCILER_STATE"] = _folder.In("state");
        start.Environment["COLUMNS"] = "100";
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }

    private static string Example => Path.Combine(Trees.Repository, "desired-state");

    [Fact]
    public void Help_names_every_command_and_the_exit_codes()
    {
        var (code, output, _) = Run("--help");

        code.ShouldBe(0);
        GoldenFile.Check("tests/Reconciler.Tests/Cli/golden/help.txt", output);
        CommandLine.Create().Subcommands.Select(command => command.Name).ShouldBe(Commands, ignoreOrder: true);
        foreach (var number in new[] { ExitCode.Done, ExitCode.Error, ExitCode.Differences, ExitCode.HeldOrWaiting, ExitCode.BadUsage, ExitCode.InvalidDesiredState, ExitCode.LeaseHeld })
            ExitCode.Help.ShouldContain($"{number} ");
    }

    [Fact]
    public void Each_command_has_help_of_its_own()
    {
        foreach (var command in Commands)
            GoldenFile.Check($"tests/Reconciler.Tests/Cli/golden/help-{command}.txt", Run(command, "--help").Output);
    }

    [Fact]
    public void The_example_is_valid()
    {
        var (code, output, error) = Run("validate", Example);

        (code, error).ShouldBe((0, ""));
        output.ShouldBe("valid: production (1 application(s), 5 server(s)), staging (1 application(s), 1 server(s))\n");
    }

    [Fact]
    public void A_fault_is_named_with_place_and_fix_and_the_exit_code_is_65()
    {
        Directory.CreateDirectory(_folder.In("bad/staging"));
        File.WriteAllText(_folder.In("bad/staging/environment.yaml"), "apiVersion: reconciler/v1\nkind: Environment\nmetadata: {name: staging}\nspec: {profle: staging}\n");

        var (code, output, error) = Run("validate", "bad");

        (code, output).ShouldBe((65, ""));
        error.ShouldContain("staging/environment.yaml:4:8: ");
        error.ShouldContain("profile");
    }

    [Fact]
    public void Faults_in_JSON_go_to_stdout()
    {
        Directory.CreateDirectory(_folder.In("bad/staging"));
        File.WriteAllText(_folder.In("bad/staging/environment.yaml"), "");

        var (code, output, _) = Run("validate", "bad", "-o", "json");

        code.ShouldBe(65);
        using var json = System.Text.Json.JsonDocument.Parse(output);
        json.RootElement.GetArrayLength().ShouldBeGreaterThan(0);
    }

    [Theory]
    [InlineData("frobnicate")]
    [InlineData("plan")]
    [InlineData("plan", "staging", "--no-such-option")]
    [InlineData("explain", "everything")]
    [InlineData("validate", "-o", "yaml")]
    [InlineData("enroll", "web1")]
    public void Bad_usage_is_64(params string[] arguments)
    {
        var (code, output, error) = Run(arguments);

        code.ShouldBe(64);
        output.ShouldBeEmpty();
        error.ShouldNotBeEmpty();
    }

    [Theory]
    [InlineData("plan", "staging")]
    [InlineData("converge", "staging")]
    [InlineData("watch")]
    public void Without_a_repository_it_says_how_to_name_one(params string[] arguments)
    {
        var (code, _, error) = Run(arguments);

        code.ShouldBe(64);
        error.ShouldContain("--repository URL");
        error.ShouldContain("RECONCILER_REPOSITORY");
    }

    [Fact]
    public void A_folder_that_is_not_there_is_no_valid_desired_state()
    {
        var (code, _, error) = Run("validate", "nowhere");

        code.ShouldNotBe(0);
        error.ShouldNotContain("Unhandled exception");
    }

    [Fact]
    public void Explain_order_prints_every_phase_in_order()
    {
        var (code, output, _) = Run("explain", "order");

        code.ShouldBe(0);
        output.Split('\n').Where(line => line.Length > 0 && line[0] != ' ').ShouldBe(Reconciler.Model.SafeOrder.Phases.Select(rule => $"{rule.Phase}"));
        output.Split('\n').ShouldAllBe(line => line.Length <= 80);
    }

    [Fact]
    public void Status_without_a_ledger_is_an_error_with_a_sentence()
    {
        var (code, _, error) = Run("status");

        code.ShouldBe(1);
        error.ShouldNotContain("Unhandled exception");
        error.ShouldNotBeEmpty();
    }
}
