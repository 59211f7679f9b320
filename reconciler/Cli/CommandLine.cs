using System.CommandLine;

namespace Reconciler.Cli;

/// <summary>The command line, whole.</summary>
internal static class CommandLine
{
    public static RootCommand Create()
    {
        var root = new RootCommand($"GitOps for classic Linux servers. {ExitCode.Help}");
        var settings = new SettingsOptions(root);
        var format = new Option<OutputFormat>("--output", "-o") { Description = "text or json", Recursive = true };
        root.Options.Add(format);
        root.Subcommands.Add(DocumentCommands.Validate(settings, format));
        root.Subcommands.Add(DocumentCommands.Render(settings, format));
        root.Subcommands.Add(TurnCommands.Plan(settings, format));
        root.Subcommands.Add(TurnCommands.Converge(settings, format));
        root.Subcommands.Add(WatchCommand.Create(settings));
        root.Subcommands.Add(RetryCommand.Create(settings, format));
        root.Subcommands.Add(PauseCommands.Suspend(settings, format));
        root.Subcommands.Add(PauseCommands.Resume(settings, format));
        root.Subcommands.Add(PauseCommands.Hold(settings, format));
        root.Subcommands.Add(StatusCommand.Create(settings, format));
        root.Subcommands.Add(DriftCommand.Create(settings, format));
        root.Subcommands.Add(HistoryCommands.History(settings, format));
        root.Subcommands.Add(HistoryCommands.Describe(settings, format));
        root.Subcommands.Add(LogsCommand.Create(settings, format));
        root.Subcommands.Add(DocumentCommands.Explain());
        root.Subcommands.Add(DocumentCommands.Schema());
        root.Subcommands.Add(EnrollCommand.Create(settings));
        return root;
    }
}
