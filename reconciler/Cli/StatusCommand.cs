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
        var environment = new Argument<string?>("environment") { Arity = ArgumentArity.ZeroOrOne, Description = "one environment; all without it" };
        var command = new Command("status", "Says where every application stands: sync, health, what it waits for.") { environment };
        command.SetAction((parsed, _) => Failures.ToExitCodeAsync(() =>
        {
            using var ledger = SqliteLedger.OpenForReading(settings.State(parsed), TimeProvider.System);
            var now = TimeProvider.System.GetUtcNow();
            var all = ledger.AllStatus()
                .Select(snapshot => StatusBuilder.FromJson(snapshot.Body)?.AsOf(now, settings.Interval(parsed)))
                .OfType<ApplicationStatus>()
                .Where(status => parsed.GetValue(environment) is not { } only || status.Environment == only)
                .ToList();
            if (parsed.GetValue(format) == OutputFormat.Json)
                Console.Out.WriteLine(JsonSerializer.Serialize(all, StatusJson.Default.IReadOnlyListApplicationStatus));
            else
                StatusText.Write(Console.Out, all, now);
            return Task.FromResult(all.Any(status => status.Of("Stalled")?.Status == "True") ? ExitCode.HeldOrWaiting : ExitCode.Done);
        }));
        return command;
    }
}
