using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Reconciler.Reporting;

namespace Reconciler.Cli;

/// <summary><c>history</c> and <c>describe</c>: what the ledger knows of runs, servers, environments and applications.</summary>
internal static class HistoryCommands
{
    private const int Most = 1000;
    private const string Codes = "Exit codes: 0 done; 1 there is no ledger; 64 there is no such thing, or bad usage.";

    public static Command History(SettingsOptions settings, Option<OutputFormat> format)
    {
        var environment = new Argument<string?>("environment")
        {
            Arity = ArgumentArity.ZeroOrOne,
            Description = "one environment; all without it",
        };
        var application = new Argument<string?>("application")
        {
            Arity = ArgumentArity.ZeroOrOne,
            Description = "one application, or host for the servers themselves; all without it",
        };
        var number = new Option<int>("--number", "-n")
        {
            Description = "how many runs, from the newest (10)",
            DefaultValueFactory = _ => 10,
        };
        var command = new Command("history",
            "Lists the runs: when, who or what caused them, revision and commit, how they ended, how long users saw the maintenance page. "
            + Codes)
        {
            environment, application, number,
        };
        command.SetAction((parsed, _) => Failures.ToExitCodeAsync(() => Task.FromResult(Read(settings, parsed, reader =>
        {
            var (name, app, most) = (parsed.GetValue(environment), parsed.GetValue(application), parsed.GetValue(number));
            if (most is < 1 or > Most)
                throw new UsageException($"-n {most}: it must be a number from 1 to {Most}");
            Require("environment", name, reader.Environments);
            Require("application", app, reader.Applications(name), name);
            var runs = reader.History(name, app, most);
            Print([.. runs], parsed.GetValue(format), StatusJson.Default.RunEntryArray, (text, all) => text.Write(all));
            return ExitCode.Done;
        }))));
        return command;
    }

    public static Command Describe(SettingsOptions settings, Option<OutputFormat> format)
    {
        var what = new Argument<string>("what") { HelpName = "what", Description = "run, server, environment or application" };
        what.AcceptOnlyFromAmong("run", "server", "environment", "application");
        var name = new Argument<string>("name") { Description = "its name; of a run its id, or the number that its id begins with" };
        var command = new Command("describe",
            $"Says all that is known of one run (its steps with times and outputs), server, environment or application. {Codes}")
        {
            what, name,
        };
        command.SetAction((parsed, _) => Failures.ToExitCodeAsync(() => Task.FromResult(Read(settings, parsed, reader =>
        {
            Describe(reader, parsed.GetValue(what)!, parsed.GetValue(name)!, parsed.GetValue(format));
            return ExitCode.Done;
        }))));
        return command;
    }

    private static void Describe(DescriptionReader reader, string what, string name, OutputFormat format)
    {
        switch (what)
        {
            case "run":
                var run = reader.Run(name) ?? throw new UsageException(
                    $"there is no run {name}: `reconciler history` lists those that there are");
                Print(run, format, StatusJson.Default.RunDescription, (text, each) => text.Write(each));
                break;
            case "server":
                Require("server", name, reader.ServerNames);
                Print([.. reader.Servers(name)], format, StatusJson.Default.ServerDescriptionArray, (text, all) =>
                    Array.ForEach(all, text.Write));
                break;
            case "environment":
                Require("environment", name, reader.Environments);
                Print(reader.Environment(name)!, format, StatusJson.Default.EnvironmentDescription, (text, each) => text.Write(each));
                break;
            default:
                Require("application", name, reader.Applications(null));
                Print([.. reader.Application(name)], format, StatusJson.Default.ApplicationDescriptionArray, (text, all) =>
                    Array.ForEach(all, text.Write));
                break;
        }
    }

    private static int Read(SettingsOptions settings, ParseResult parsed, Func<DescriptionReader, int> say)
    {
        var place = settings.Ledger(parsed);
        using var ledger = place.OpenForReading(TimeProvider.System);
        var now = TimeProvider.System.GetUtcNow();
        var status = new StatusReader(ledger, place.AnyHolder(TimeProvider.System), now, settings.Interval(parsed)).Read(null);
        return say(new DescriptionReader(ledger, status, now));
    }

    private static void Print<T>(T told, OutputFormat format, JsonTypeInfo<T> shape, Action<DescriptionText, T> write)
    {
        if (format == OutputFormat.Json)
            Console.Out.WriteLine(JsonSerializer.Serialize(told, shape));
        else
            write(new DescriptionText(Console.Out, TimeProvider.System.GetUtcNow()), told);
    }

    /// <exception cref="UsageException">There is no such thing; the sentence names those that there are.</exception>
    private static void Require(string what, string? name, IReadOnlyList<string> known, string? within = null)
    {
        if (name is not null && !known.Contains(name))
            throw new UsageException($"there is no {what} {name}{(within is null ? "" : $" in {within}")}; "
                + (known.Count == 0 ? "nothing was looked at yet" : $"there are {string.Join(", ", known)}"));
    }
}
