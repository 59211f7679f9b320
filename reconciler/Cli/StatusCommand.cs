using System.CommandLine;
using System.Text.Json;
using Reconciler.Journaling;
using Reconciler.Reporting;

namespace Reconciler.Cli;

/// <summary><c>status</c>: where everything stands, from the ledger, while another process may be watching.</summary>
internal static class StatusCommand
{
    public static Command Create(SettingsOptions settings, Option<OutputFormat> format)
    {
        var environment = new Argument<string?>("environment")
        {
            Arity = ArgumentArity.ZeroOrOne,
            Description = "one environment; all without it",
        };
        var command = new Command("status", "Says where everything stands: what runs now, what is held, refused or waits, and how to go on.")
        {
            environment,
        };
        command.SetAction((parsed, _) => Failures.ToExitCodeAsync(() =>
        {
            var state = settings.State(parsed);
            using var ledger = SqliteLedger.OpenForReading(state, TimeProvider.System);
            var now = TimeProvider.System.GetUtcNow();
            var reader = new StatusReader(ledger, LedgerLock.HolderNow(state), now, settings.Interval(parsed));
            var report = reader.Read(parsed.GetValue(environment));
            if (parsed.GetValue(format) == OutputFormat.Json)
                Console.Out.WriteLine(JsonSerializer.Serialize(report, StatusJson.Default.StatusReport));
            else
                new StatusText(Console.Out, now).Write(report);
            return Task.FromResult(report.NeedsPerson ? ExitCode.HeldOrWaiting : ExitCode.Done);
        }));
        return command;
    }
}
