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
        var watch = new Option<bool>("--watch", "-w")
        {
            Description = "stay and show what changes, until Ctrl-C; "
                + "where the output is no terminal, a block (with `-o json` a line) for each change",
        };
        var command = new Command("status", "Says where everything stands: what runs now, what is held, refused or waits, and how to go on.")
        {
            environment, watch,
        };
        command.SetAction((parsed, cancellation) => Failures.ToExitCodeAsync(() =>
        {
            var (place, interval, only) = (settings.Ledger(parsed), settings.Interval(parsed), parsed.GetValue(environment));
            var json = parsed.GetValue(format) == OutputFormat.Json;
            return parsed.GetValue(watch)
                ? StatusWatch.RunAsync(now => Read(place, interval, only, now), Face(json, place), TimeProvider.System, cancellation)
                : Task.FromResult(Once(Read(place, interval, only, TimeProvider.System.GetUtcNow()), json, place));
        }));
        return command;
    }

    /// <summary>The exit code of what was said.</summary>
    public static int CodeOf(StatusReport report) => report.NeedsPerson ? ExitCode.HeldOrWaiting : ExitCode.Done;

    private static StatusReport Read(LedgerPlace place, TimeSpan interval, string? environment, DateTimeOffset now)
    {
        using var ledger = place.OpenForReading(TimeProvider.System);
        return new StatusReader(ledger, place.AnyHolder(TimeProvider.System), now, interval).Read(environment);
    }

    private static int Once(StatusReport report, bool json, LedgerPlace place)
    {
        if (json)
            Console.Out.WriteLine(JsonSerializer.Serialize(report, StatusJson.Default.StatusReport));
        else
            new StatusText(Console.Out, TimeProvider.System.GetUtcNow()).Write(report);
        if (!json && !Console.IsOutputRedirected)
            NoteShown(report, place);
        return CodeOf(report);
    }

    private static IStatusFace Face(bool json, LedgerPlace place) =>
        json ? new StatusLines(Console.Out)
        : Console.IsOutputRedirected || Environment.GetEnvironmentVariable("TERM") is null or "" or "dumb" ? new StatusBlocks(Console.Out)
        : new StatusScreen(Console.Out, () => (Console.WindowWidth, Console.WindowHeight), report => NoteShown(report, place));

    /// <summary>A courtesy: where the ledger cannot be written now, or not by this user, the answers are told once more.</summary>
    private static void NoteShown(StatusReport report, LedgerPlace place)
    {
        var answered = report.Requests.Where(request => request.AnsweredAt is not null).Select(request => request.Id).ToList();
        if (answered.Count == 0)
            return;
        try
        {
            place.NoteShown(answered, TimeProvider.System);
        }
        catch (LedgerException)
        {
        }
    }
}
