using System.CommandLine;
using System.Text.Json;
using Reconciler.Journaling;

namespace Reconciler.Cli;

/// <summary><c>retry</c>: a person's word to a watch at work; where none works, what to type instead.</summary>
internal static class RetryCommand
{
    public static Command Create(SettingsOptions settings, Option<OutputFormat> format)
    {
        var environment = new Argument<string>("environment") { Description = "its folder's name: staging, production" };
        var application = new Argument<string?>("application")
        {
            Arity = ArgumentArity.ZeroOrOne,
            Description = "one application, or host for the servers themselves; all without it",
        };
        var heal = new Option<bool>("--heal") { Description = "mend drift of every kind, for once" };
        var reason = new Option<string?>("--reason") { Description = "why, for the record" };
        var command = new Command("retry", "Asks the running watch to try again, on your word, what is held, set aside or only reported.")
        {
            environment, application, heal, reason,
        };
        command.SetAction((parsed, _) => Failures.ToExitCodeAsync(() =>
        {
            var healing = parsed.GetValue(heal);
            var arguments = JsonSerializer.Serialize(new(healing, parsed.GetValue(reason)), RequestJson.Default.RetryArguments);
            var request = new NewRequest(NewRequest.Retry, parsed.GetValue(environment)!, parsed.GetValue(application), arguments, Who);
            var (holder, id) = Ask(settings.Ledger(parsed), request, $"reconciler converge {request.Environment}{(healing ? " --heal" : "")}");
            Console.Out.WriteLine(parsed.GetValue(format) == OutputFormat.Json
                ? JsonSerializer.Serialize(new(id, request.Environment!, request.Application, $"{holder}"), CliJson.Default.AskedReport)
                : $"asked, as request {id}: {holder} takes it when what it does now is through\n"
                  + $"`reconciler status {request.Environment}` shows what comes of it");
            return Task.FromResult(ExitCode.Done);
        }));
        return command;
    }

    /// <exception cref="RequestException">Nobody is there to take it.</exception>
    private static (LedgerHolder Holder, long Id) Ask(LedgerPlace place, NewRequest request, string instead)
    {
        using (var ledger = place.OpenForReading(TimeProvider.System))
            RequireKnown(ledger, request.Environment!, request.Application);
        return place.HolderOf(request.Environment!, TimeProvider.System) switch
        {
            null => throw new RequestException($"{NoWatch(place, request.Environment!)}: type `{instead}`"),
            { Command: not LedgerHolder.Watch } other => throw new RequestException(
                $"{NoWatch(place, request.Environment!)}, but {other}: wait until it has ended, then type `{instead}`"),
            var watch => (watch, place.Ask(request, TimeProvider.System)),
        };
    }

    private static string NoWatch(LedgerPlace place, string environment) => place.IsShared
        ? $"no watch works on {environment} with the ledger in {place}" : $"no watch runs with the ledger in {place}";

    /// <exception cref="UsageException">There is no such thing; the sentence names those that there are.</exception>
    internal static void RequireKnown(ILedgerReader ledger, string environment, string? application)
    {
        var environments = ledger.AllAccepted().Select(accepted => accepted.Environment).ToList();
        if (!environments.Contains(environment))
            throw new UsageException(
                $"there is no environment {environment}; there are {(environments.Count == 0 ? "none" : string.Join(", ", environments))}");
        var applications = ledger.AllStatus().Where(status => status.Environment == environment).Select(status => status.Application)
            .ToList();
        if (application is not null && !applications.Contains(application))
            throw new UsageException($"there is no {application} in {environment}; there are {string.Join(", ", applications)}");
    }

    /// <summary>Who types; behind sudo, the person rather than root.</summary>
    internal static string Who => (Environment.GetEnvironmentVariable("SUDO_USER") is { Length: > 0 } user ? user : Environment.UserName)
        + $"@{Environment.MachineName}";
}

/// <summary>What a person asks for cannot be asked of anybody now; the message says what to type instead.</summary>
internal sealed class RequestException(string message) : Exception(message);
