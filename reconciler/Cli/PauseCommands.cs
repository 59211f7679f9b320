using System.CommandLine;
using System.Text.Json;
using Reconciler.Documents.Contracts;
using Reconciler.Journaling;
using Reconciler.Turns;

namespace Reconciler.Cli;

/// <summary>
/// <c>suspend</c>, <c>resume</c> and <c>hold</c>: a person's word to the watch at work, as a request; where none runs they act on the
/// ledger themselves.
/// </summary>
internal static class PauseCommands
{
    private const int LongestReason = 500;
    private const string Codes = "Exit codes: 0 done, or asked of the running watch; 1 there is nothing to do it to; 64 bad usage; "
        + "75 another command has the ledger.";

    public static Command Suspend(SettingsOptions settings, Option<OutputFormat> format)
    {
        var (environment, application, reason) = (Environment(), Application(), Reason());
        var time = new Option<string?>("--for") { Description = "for how long: 30m, 2h, 7d; without it until `resume`" };
        var command = new Command("suspend",
            "Keeps an environment, or one application of it, from being changed: it is still looked at and reported, not even mended. "
            + Codes)
        {
            environment, application, reason, time,
        };
        command.SetAction((parsed, _) => Failures.ToExitCodeAsync(() =>
        {
            var until = parsed.GetValue(time) is { } text ? TimeProvider.System.GetUtcNow() + Duration(text) : (DateTimeOffset?)null;
            var (name, app, why) = (parsed.GetValue(environment)!, parsed.GetValue(application), Checked(parsed.GetValue(reason)!));
            return Word(settings, parsed, format, new(NewRequest.Suspend, name, app, Arguments(why, until), RetryCommand.Who),
                pauses => (true, pauses.Suspend(name, app, why, RetryCommand.Who, until)));
        }));
        return command;
    }

    public static Command Resume(SettingsOptions settings, Option<OutputFormat> format)
    {
        var (environment, application) = (Environment(), Application());
        var command = new Command("resume",
            $"Lifts what `suspend` did: of one application, or all of it in an environment. {Codes}") { environment, application };
        command.SetAction((parsed, _) => Failures.ToExitCodeAsync(() =>
        {
            var (name, app) = (parsed.GetValue(environment)!, parsed.GetValue(application));
            return Word(settings, parsed, format, new(NewRequest.Resume, name, app, Arguments(null, null), RetryCommand.Who),
                pauses => pauses.Resume(name, app));
        }));
        return command;
    }

    public static Command Hold(SettingsOptions settings, Option<OutputFormat> format)
    {
        var (environment, reason) = (Environment(), Reason());
        var application = new Argument<string>("application") { Description = "the application, or host for the servers themselves" };
        var command = new Command("hold",
            $"Stops the run of an application before its next phase, until `retry` or a newer commit; a page that is on stays on. {Codes}")
        {
            environment, application, reason,
        };
        command.SetAction((parsed, _) => Failures.ToExitCodeAsync(() =>
        {
            var (name, app, why) = (parsed.GetValue(environment)!, parsed.GetValue(application)!, Checked(parsed.GetValue(reason)!));
            return Word(settings, parsed, format, new(NewRequest.Hold, name, app, Arguments(why, null), RetryCommand.Who),
                pauses => pauses.Hold(name, app, why, RetryCommand.Who, interrupted: true)!.Value);
        }));
        return command;
    }

    /// <summary>To whoever is at work, else to the ledger.</summary>
    /// <exception cref="RequestException">There is nothing to do it to.</exception>
    private static Task<int> Word(
        SettingsOptions settings, ParseResult parsed, Option<OutputFormat> format, NewRequest request, Func<Pauses,
            (bool Done, string Sentence)> act)
    {
        var place = settings.Ledger(parsed);
        using (var known = place.OpenForReading(TimeProvider.System))
            RetryCommand.RequireKnown(known, request.Environment!, request.Application);
        var holder = place.HolderOf(request.Environment!, TimeProvider.System);
        // A converge looks for holds as a watch does; of the rest it knows nothing.
        if (holder?.Command == LedgerHolder.Watch || (holder?.Command == "converge" && request.Kind == NewRequest.Hold))
        {
            Print(parsed.GetValue(format), request, $"{holder}", place.Ask(request, TimeProvider.System));
            return Task.FromResult(ExitCode.Done);
        }
        using var ledger = place.OpenForWriting(TimeProvider.System, request.Kind, request.Environment);
        var (done, sentence) = act(new Pauses(ledger));
        if (!done)
            throw new RequestException(sentence);
        Console.Out.WriteLine(parsed.GetValue(format) == OutputFormat.Json
            ? JsonSerializer.Serialize(new(request.Kind, request.Environment!, request.Application, sentence), CliJson.Default.DoneReport)
            : sentence);
        return Task.FromResult(ExitCode.Done);
    }

    private static void Print(OutputFormat format, NewRequest request, string holder, long id) =>
        Console.Out.WriteLine(format == OutputFormat.Json
        ? JsonSerializer.Serialize(new(id, request.Environment!, request.Application, holder), CliJson.Default.AskedReport)
        : $"asked, as request {id}: {holder} does it at once{(request.Kind == NewRequest.Hold ? ", before the next phase" : "")}\n"
          + $"`reconciler status {request.Environment}` shows what comes of it");

    private static string Arguments(string? reason, DateTimeOffset? until) =>
        JsonSerializer.Serialize(new(reason, until), RequestJson.Default.PauseArguments);

    /// <exception cref="UsageException"/>
    private static TimeSpan Duration(string text) => DurationConverter.Parse(text) is { } time && time > TimeSpan.Zero
        ? time
        : throw new UsageException($"--for {text}: it must be a whole number and a unit: 30m, 2h, 7d");

    /// <exception cref="UsageException"/>
    private static string Checked(string reason) => reason.Trim() is { Length: > 0 and <= LongestReason } one && !one.Any(char.IsControl)
        ? one
        : throw new UsageException(
            $"--reason must say why, in one line of at most {LongestReason} characters: others read it in `reconciler status`");

    private static Argument<string> Environment() => new("environment") { Description = "its folder's name: staging, production" };

    private static Argument<string?> Application() => new("application")
    {
        Arity = ArgumentArity.ZeroOrOne,
        Description = "one application, or host for the servers themselves; all without it",
    };

    private static Option<string> Reason() => new("--reason") { Description = "why, for everybody to read", Required = true };
}
