using System.CommandLine;
using System.Text.Json;
using Reconciler.Journaling;
using Reconciler.Model;
using Reconciler.Reporting;
using Reconciler.Reporting.Pages;
using Reconciler.Turns;

namespace Reconciler.Cli;

/// <summary><c>drift</c>: what on the servers is not what git says, since when, and what to do about it.</summary>
internal static class DriftCommand
{
    public const string Name = "drift";

    public static Command Create(SettingsOptions settings, Option<OutputFormat> format)
    {
        var environment = new Argument<string?>("environment")
        {
            Arity = ArgumentArity.ZeroOrOne,
            Description = "one environment; all without it",
        };
        var server = new Argument<string?>("server") { Arity = ArgumentArity.ZeroOrOne, Description = "one server of it; all without it" };
        var last = new Option<bool>("--last") { Description = "say what the last look saw, instead of looking now" };
        var detailed = new Option<bool>("--detailed-exitcode") { Description = "exit with 2 when there are differences" };
        var command = new Command(Name,
            "Looks at the servers and says what is not as git says: since when, whether git moved or the server, and what to do about it; "
            + "and what lies beside it that git does not speak of (unmanaged: no difference). Changes nothing. "
            + "With -o markdown or html: a page of it to look at. "
            + "Exit codes: 0 no difference; 1 something could not be looked at, or is refused; 2 differences (with --detailed-exitcode).")
        {
            environment, server, last, detailed,
        };
        command.SetAction((parsed, cancellation) => Failures.ToExitCodeAsync(async () =>
        {
            var (name, only) = (parsed.GetValue(environment), parsed.GetValue(server));
            var reports = parsed.GetValue(last)
                ? Last(settings.Ledger(parsed), settings.Interval(parsed), name, only)
                : await NowAsync(settings.Read(parsed), name, only, cancellation);
            if (reports is null)
                return ExitCode.InvalidDesiredState;
            Print(reports, parsed.GetValue(format));
            return CodeOf(reports, parsed.GetValue(detailed));
        }));
        return command;
    }

    private static int CodeOf(IReadOnlyList<DriftReport> reports, bool detailed) =>
        reports.Any(report => report.Unseen.Count > 0 || report.Refused.Count > 0 || report.Servers.Any(server => server.Unknown))
            ? ExitCode.Error
        : detailed && reports.Any(report => report.Differences.Count > 0) ? ExitCode.Differences
        : ExitCode.Done;

    private static void Print(IReadOnlyList<DriftReport> reports, OutputFormat format)
    {
        var now = TimeProvider.System.GetUtcNow();
        switch (format)
        {
            case OutputFormat.Json: Console.Out.WriteLine(JsonSerializer.Serialize([.. reports],
                StatusJson.Default.DriftReportArray)); break;
            case OutputFormat.Html: Console.Out.Write(DriftPage.Of(reports, now)); break;
            case OutputFormat.Markdown: Console.Out.Write(DriftMarkdown.Of(reports, now)); break;
            default:
                foreach (var report in reports)
                    new DriftText(Console.Out, now).Write(report);
                break;
        }
    }

    /// <summary>What the last look saw, as a page.</summary>
    /// <returns>Null when there is no such environment.</returns>
    public static string? LastPage(ControllerSettings settings, string? environment)
    {
        try
        {
            return DriftPage.Of(Last(settings.Ledger, settings.Interval, environment, null), TimeProvider.System.GetUtcNow());
        }
        catch (UsageException)
        {
            return null;
        }
    }

    private static List<DriftReport> Last(LedgerPlace place, TimeSpan interval, string? environment, string? server)
    {
        using var ledger = place.OpenForReading(TimeProvider.System);
        var status = new StatusReader(ledger, place.AnyHolder(TimeProvider.System), TimeProvider.System.GetUtcNow(), interval).Read(null);
        var environments = Chosen(environment, [.. status.Applications.Select(each => each.Environment).Distinct()]);
        return
        [
            .. environments.Select(name => (Name: name, Servers: status.Servers.Where(each => each.Environment == name).ToList()))
                .Select(each => DriftReport.Of(each.Name, [.. status.Applications.Where(one => one.Environment == each.Name)], each.Servers,
                    Only(server, each.Name, each.Servers.Select(one => one.Server))))
                .Select(report => WithLately(report, ledger, server)),
        ];
    }

    private static DriftReport WithLately(DriftReport report, ILedgerReader ledger, string? server) => report with
    {
        Lately = LatelyDrift.Of(ledger.DriftEnded(report.Environment, TimeProvider.System.GetUtcNow() - LatelyDrift.Span), server),
    };

    /// <returns>Null when the desired state is refused; its faults were printed.</returns>
    private static async Task<List<DriftReport>?> NowAsync(
        ControllerSettings settings, string? environment, string? server, CancellationToken cancellation)
    {
        await using var controller = Controller.OpenForLooking(settings, TimeProvider.System, "drift");
        var look = await controller.Desired.LookAsync(cancellation);
        controller.Reports.SaveLook(Looks.Of(look, controller.Reports.LastLook(), controller.Reports.Now));
        DocumentCommands.Print(look.Diagnostics, OutputFormat.Text);
        if (look.Trouble is not null)
            Console.Error.WriteLine($"warning: {look.Trouble}");
        if (look.Environments.Count == 0 && look.Diagnostics.Any(diagnostic => diagnostic.Severity == Severity.Error))
            return null;
        var reports = new List<DriftReport>();
        foreach (var name in Chosen(environment, look.Environments))
            reports.Add(await LookAsync(controller, name, server, cancellation));
        return reports;
    }

    private static async Task<DriftReport> LookAsync(Controller controller, string environment, string? server,
        CancellationToken cancellation)
    {
        var progress = new ConsoleProgress(TextWriter.Null, TimeProvider.System, environment);
        var verdicts = await controller.Loop.TurnAsync(environment, TurnOptions.Plan, progress, cancellation);
        var now = controller.Reports.Now;
        var applications = verdicts.Select(verdict => VerdictStatus.Of(
            verdict.Environment, verdict.Unit, verdict.Verdict, controller.Reports.Before(environment, verdict.Unit.Application), now,
                verdict.Seen)).ToList();
        if (verdicts is not [var first, ..])
            return DriftReport.Of(environment, applications, [], server);
        applications.AddRange(first.Environment.Faults.Select(fault => VerdictStatus.OfFault(first.Environment, fault.Key, fault.Value,
            null, now)));
        var servers = first.Servers
            .Select(seen => new ServerStatus(environment, seen.Server, seen.Address, seen.Roles, seen.VerifiedAt, seen.Trouble)).ToList();
        var looked = verdicts.Select(verdict => (verdict.Unit, verdict.Verdict)).ToList();
        var files = await controller.Contents.DiffsAsync(first.Environment, looked, cancellation);
        var secrets = await controller.SecretKeys.LinesAsync(first.Environment, looked, cancellation);
        var contents = files.Concat(secrets).ToDictionary();
        var report = DriftReport.Of(environment, applications, servers, Only(server, environment, first.Environment.Servers.Keys),
            contents);
        return WithLately(await controller.Survey.AddAsync(first.Environment, report, cancellation), controller.Memory, server);
    }

    /// <param name="known">The environment's servers.</param>
    /// <exception cref="UsageException">There is no such server.</exception>
    private static string? Only(string? server, string environment, IEnumerable<string> known) => server is null || known.Contains(server)
        ? server
        : throw new UsageException($"there is no server {server} in {environment}; there are {Names(known)}");

    /// <exception cref="UsageException">There is no such environment.</exception>
    private static IReadOnlyList<string> Chosen(string? environment, IReadOnlyList<string> environments) =>
        environment is null ? environments
        : environments.Contains(environment) ? [environment]
        : throw new UsageException($"there is no environment {environment}; there are {Names(environments)}");

    private static string Names(IEnumerable<string> names) => string.Join(", ", names) is { Length: > 0 } all ? all : "none";
}
