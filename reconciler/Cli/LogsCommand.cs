using System.CommandLine;
using System.Text.Json;
using Reconciler.Turns;

namespace Reconciler.Cli;

/// <summary><c>logs</c>: the end of what the services of an application wrote to their own logs.</summary>
internal static class LogsCommand
{
    public static Command Create(SettingsOptions settings, Option<OutputFormat> format)
    {
        var environment = new Argument<string>("environment") { Description = "its folder's name: staging, production" };
        var application = new Argument<string>("application") { Description = "one, or host for the services of the servers themselves" };
        var server = new Argument<string?>("server") { Arity = ArgumentArity.ZeroOrOne, Description = "one server; all without it" };
        var lines = new Option<int>("--number", "-n")
        {
            Description = "how many lines of each service, from the last (20)",
            DefaultValueFactory = _ => 20,
        };
        var command = new Command("logs",
            "Shows the end of what the services of an application wrote to their own logs, errors last, and of the files that "
            + "`logs` in its application.yaml names. Changes nothing. "
            + "Exit codes: 0 done; 1 something could not be read; 64 there is no such thing, or bad usage.")
        {
            environment, application, server, lines,
        };
        command.SetAction((parsed, cancellation) => Failures.ToExitCodeAsync(async () =>
        {
            if (parsed.GetValue(lines) < 1)
                throw new UsageException($"-n {parsed.GetValue(lines)}: it must be 1 or more");
            var logs = await ReadAsync(settings.Read(parsed), parsed.GetValue(environment)!, parsed.GetValue(application)!,
                parsed.GetValue(server), cancellation);
            Print([.. logs.Select(log => log with { Text = Last(log.Text, parsed.GetValue(lines)) })], parsed.GetValue(format));
            return logs.Any(log => log.Trouble is not null) ? ExitCode.Error : ExitCode.Done;
        }));
        return command;
    }

    private static async Task<IReadOnlyList<ServiceLog>> ReadAsync(
        ControllerSettings settings, string environment, string application, string? server, CancellationToken cancellation)
    {
        await using var controller = Controller.OpenForLooking(settings, TimeProvider.System, "logs");
        var look = await controller.Desired.LookAsync(cancellation);
        Require("environment", environment, look.Environments);
        var expanded = await controller.Desired.InForceAsync(environment, cancellation);
        Require($"application in {environment}", application, [.. expanded.Units.Select(unit => unit.Application)]);
        if (server is not null)
            Require($"server in {environment}", server, [.. expanded.Servers.Keys]);
        return await controller.Logs.ReadAsync(expanded, expanded.Units.First(unit => unit.Application == application), server,
            cancellation);
    }

    private static void Print(ServiceLog[] logs, OutputFormat format)
    {
        if (format == OutputFormat.Json)
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(logs, CliJson.Default.ServiceLogArray));
            return;
        }
        if (logs.Length == 0)
            Console.Out.WriteLine("no service of it keeps a log that can be asked for");
        foreach (var log in logs)
        {
            var instead = log.Trouble ?? (log.Text is "" ? "nothing written" : null);
            Console.Out.WriteLine($"{log.Server} {log.Service}{(instead is null ? "" : $": {instead}")}");
            foreach (var line in log.Text?.Split('\n', StringSplitOptions.RemoveEmptyEntries) ?? [])
                Console.Out.WriteLine($"  | {line}");
        }
    }

    /// <summary>What servers print may hold escape sequences.</summary>
    internal static string? Last(string? text, int lines) => text is null ? null : string.Join('\n',
        text.Split('\n', StringSplitOptions.RemoveEmptyEntries).TakeLast(lines)
            .Select(line => string.Concat(line.Select(c => char.IsControl(c) && c != '\t' ? '\uFFFD' : c))));

    /// <exception cref="UsageException">There is no such thing; the sentence names those that there are.</exception>
    private static void Require(string what, string name, IReadOnlyList<string> known)
    {
        if (!known.Contains(name))
            throw new UsageException(
                $"there is no {what} named {name}; there are {string.Join(", ", known) switch { "" => "none", var all => all }}");
    }
}
