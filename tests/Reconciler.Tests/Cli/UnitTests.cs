using Reconciler.Cli;
using Reconciler.Tests.Documents;

namespace Reconciler.Tests.Cli;

/// <summary>The systemd unit, and what it must agree on with the program.</summary>
public sealed class UnitTests
{
    private static string[] Lines => File.ReadAllLines(Path.Combine(Trees.Repository, "install/reconciler.service"));

    private static string Value(string key) =>
        Lines.Single(line => line.StartsWith($"{key}=", StringComparison.Ordinal))[(key.Length + 1)..];

    [Fact]
    public void Systemd_waits_longer_than_the_program_gives_itself() =>
        TimeSpan.FromSeconds(int.Parse(Value("TimeoutStopSec"), System.Globalization.CultureInfo.InvariantCulture))
            .ShouldBeGreaterThan(CommandLine.LongestEnd);

    [Fact]
    public void Sessions_in_which_a_step_runs_are_not_sent_SIGTERM() => Value("KillMode").ShouldBe("mixed");

    [Fact]
    public void Refused_settings_are_not_tried_again_and_a_crash_is()
    {
        Value("RestartPreventExitStatus").ShouldBe($"{ExitCode.BadUsage}");
        Value("Restart").ShouldBe("on-failure");
    }

    [Fact]
    public void The_state_folder_is_the_one_of_the_settings() => Value("StateDirectory").ShouldBe("reconciler/controller");

    [Fact]
    public void What_it_starts_is_a_command_of_this_program() =>
        CommandLine.Create().Parse(Value("ExecStart").Replace("/usr/local/bin/reconciler ", "")).Errors.ShouldBeEmpty();
}
