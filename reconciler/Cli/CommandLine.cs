using System.CommandLine;
using System.CommandLine.Parsing;
using Reconciler.Cli.Doctor;

namespace Reconciler.Cli;

/// <summary>The command line, whole.</summary>
internal static class CommandLine
{
    /// <summary>How long a run that has covered a site may take to come to its end after SIGTERM; TimeoutStopSec of the unit is
    /// longer.</summary>
    public static TimeSpan LongestEnd { get; } = TimeSpan.FromHours(1);

    /// <param name="ports">What a converge and a watch go through; null for nothing.</param>
    public static RootCommand Create(ControllerPorts? ports = null)
    {
        var root = new RootCommand($"GitOps for classic Linux servers. {SettingsOptions.Order} {ExitCode.Help}");
        var settings = new SettingsOptions(root);
        var format = new Option<OutputFormat>("--output", "-o") { Description = "text or json", Recursive = true, HelpName = "Json|Text" };
        root.Options.Add(format);
        root.Subcommands.Add(DocumentCommands.Validate(settings, format));
        root.Subcommands.Add(DocumentCommands.Render(settings, format));
        root.Subcommands.Add(TurnCommands.Plan(settings, format));
        root.Subcommands.Add(TurnCommands.Converge(settings, format, ports));
        root.Subcommands.Add(WatchCommand.Create(settings, ports));
        root.Subcommands.Add(RetryCommand.Create(settings, format));
        root.Subcommands.Add(MaintenanceCommand.Create(settings));
        root.Subcommands.Add(AdoptCommand.Create(settings));
        root.Subcommands.Add(ReleaseCommands.Promote(settings));
        root.Subcommands.Add(ReleaseCommands.Bump(settings));
        root.Subcommands.Add(ReleaseCommands.Rollback(settings));
        root.Subcommands.Add(RotateCommand.Create(settings));
        root.Subcommands.Add(BreachCommand.Create(settings, format));
        root.Subcommands.Add(PauseCommands.Suspend(settings, format));
        root.Subcommands.Add(PauseCommands.Resume(settings, format));
        root.Subcommands.Add(PauseCommands.Hold(settings, format));
        root.Subcommands.Add(BreakGlassCommand.Create(settings));
        root.Subcommands.Add(StatusCommand.Create(settings, format));
        root.Subcommands.Add(DoctorCommand.Create(settings, format));
        root.Subcommands.Add(DriftCommand.Create(settings, format));
        root.Subcommands.Add(HistoryCommands.History(settings, format));
        root.Subcommands.Add(HistoryCommands.Describe(settings, format));
        root.Subcommands.Add(LogsCommand.Create(settings, format));
        root.Subcommands.Add(DocumentCommands.Explain());
        root.Subcommands.Add(DocumentCommands.Schema());
        root.Subcommands.Add(EnrollCommand.Create(settings));
        root.Subcommands.Add(EnrollCommand.Sudoers());
        root.Subcommands.Add(TakeoverCommand.Create(settings, format));
        root.Subcommands.Add(ImportCommand.Create(settings));
        foreach (var other in root.Subcommands.Where(command => command.Name != DriftCommand.Name))
            other.Validators.Add(result => RefusePages(result, format));
        return root;
    }

    /// <summary>Wherever on the line it stands.</summary>
    private static void RefusePages(CommandResult result, Option<OutputFormat> format)
    {
        if (result.GetResult(format)?.Tokens is [{ Value: var wanted }] && Enum.TryParse<OutputFormat>(wanted, ignoreCase: true,
            out var named)
            && named is OutputFormat.Markdown or OutputFormat.Html)
            result.AddError($"`{result.Command.Name}` is told as text or json; only `{DriftCommand.Name}` is also told as {wanted}");
    }
}
