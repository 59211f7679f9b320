using System.CommandLine;
using System.Text.Json;
using Reconciler.Documents.Expansion;
using Reconciler.Journaling;
using Reconciler.Model;
using Reconciler.Reporting;
using Reconciler.Turns;

namespace Reconciler.Cli;

/// <summary><c>plan</c> and <c>converge</c>: one turn for one environment, now, from this terminal.</summary>
internal static class TurnCommands
{
    public static Command Plan(SettingsOptions settings, Option<OutputFormat> format)
    {
        var (environment, application) = (EnvironmentArgument(), ApplicationArgument());
        var detailed = new Option<bool>("--detailed-exitcode") { Description = "exit with 2 when there are differences" };
        var command = new Command("plan", "Looks at the servers and says what would be done; changes nothing.")
        {
            environment, application, detailed,
        };
        command.SetAction((parsed, cancellation) => Failures.ToExitCodeAsync(async () =>
        {
            var options = TurnOptions.Plan with { Application = parsed.GetValue(application) };
            var (verdicts, refused) = await TurnAsync(settings.Read(parsed), parsed.GetValue(environment)!, options, cancellation);
            if (verdicts is null)
                return ExitCode.InvalidDesiredState;
            Print(verdicts, parsed.GetValue(format));
            return WithRefused(PlannedCodeOf(verdicts, parsed.GetValue(detailed)), refused);
        }));
        return command;
    }

    public static Command Converge(SettingsOptions settings, Option<OutputFormat> format, ControllerPorts? ports = null)
    {
        var (environment, application) = (EnvironmentArgument(), ApplicationArgument());
        var heal = new Option<bool>("--heal") { Description = "mend drift of every kind, for once" };
        var command = new Command("converge", "Brings the servers of an environment to what git says, in the safe order, and proves it.")
        {
            environment, application, heal,
        };
        command.SetAction((parsed, cancellation) => Failures.ToExitCodeAsync(async () =>
        {
            var options = new TurnOptions(DryRun: false, ByPerson: true, HealAll: parsed.GetValue(heal))
            {
                By = $"{RetryCommand.Who}, by `converge`,",
                Application = parsed.GetValue(application),
                LeavesOthers = true,
            };
            var (verdicts, refused) = await TurnAsync(settings.Read(parsed), parsed.GetValue(environment)!, options, cancellation, ports);
            if (verdicts is null)
                return ExitCode.InvalidDesiredState;
            Print(verdicts, parsed.GetValue(format), summary: true);
            return WithRefused(ExitCodeOf(verdicts), refused);
        }));
        return command;
    }

    private static Argument<string> EnvironmentArgument() => new("environment") { Description = "its folder's name: staging, production" };

    private static Argument<string?> ApplicationArgument() => new("application")
    {
        Arity = ArgumentArity.ZeroOrOne,
        Description = "one application, or host for the servers themselves; all without it",
    };

    /// <summary>All that is in force was done, and the newest commit is not: whoever merged it should not read that all is well.</summary>
    internal static int WithRefused(int code, bool refused) =>
        refused && code is not (ExitCode.Error or ExitCode.LeaseHeld) ? ExitCode.InvalidDesiredState : code;

    /// <returns>
    /// No verdicts when nothing of the desired state can be in force; and whether git's newest commit is refused. Its faults were printed.
    /// </returns>
    private static async Task<(IReadOnlyList<UnitVerdict>? Verdicts, bool Refused)> TurnAsync(
        ControllerSettings settings, string environment, TurnOptions options, CancellationToken cancellation, ControllerPorts? ports = null)
    {
        await using var controller = options.DryRun
            ? Controller.OpenForLooking(settings, TimeProvider.System)
            : Open(settings, environment, options, ports);
        var look = await controller.Desired.LookAsync(cancellation);
        controller.Reports.SaveLook(Looks.Of(look, controller.Reports.LastLook(), controller.Reports.Now));
        DocumentCommands.Print(look.Diagnostics, OutputFormat.Text);
        foreach (var warning in new[] { look.NotTaken, look.Ahead?.Sentence, look.Trouble }.OfType<string>().Distinct())
            Console.Error.WriteLine($"warning: {warning}");
        if (!look.Environments.Contains(environment))
        {
            if (look.Diagnostics.Any(diagnostic => diagnostic.Severity == Severity.Error))
                return (null, true);
            throw new UsageException(
                $"there is no environment {environment}; there are {(look.Environments.Count == 0 ? "none" : string.Join(", ", look.Environments))}");
        }
        var progress = new ConsoleProgress(Console.Error, TimeProvider.System, environment);
        if (options.Application is not { } one)
            return (await controller.Loop.TurnAsync(environment, options, progress, cancellation), look.Refused is not null);
        var desired = await controller.Desired.InForceAsync(environment, cancellation);
        Require(desired, one);
        var verdicts = await controller.Loop.TurnAsync(environment, options, progress, cancellation);
        var asked = verdicts.Where(verdict => verdict.Unit.Application == one).Select(WithoutOthers).ToList();
        return asked.Count > 0 ? (asked, look.Refused is not null) : throw new UsageException($"{one} in {environment} is refused: {desired.Faults[one]}");
    }

    /// <summary>What is wrong with another application is no concern of whoever asks for this one.</summary>
    private static UnitVerdict WithoutOthers(UnitVerdict verdict) => verdict with
    {
        Environment = verdict.Environment with { Faults = new Dictionary<string, string>() },
    };

    /// <exception cref="UsageException">There is no such application; the sentence names those that there are.</exception>
    private static void Require(ExpandedEnvironment desired, string application)
    {
        string[] all = [.. desired.Units.Select(unit => unit.Application).Union(desired.Faults.Keys).Order(StringComparer.Ordinal)];
        if (!all.Contains(application))
            throw new UsageException($"{desired.Name} has no application {application}; there are {string.Join(", ", all)}");
    }

    /// <exception cref="LedgerException">Somebody else is at work: who, and what to type instead.</exception>
    private static Controller Open(ControllerSettings settings, string environment, TurnOptions options, ControllerPorts? ports)
    {
        try
        {
            return Controller.Open(settings, TimeProvider.System, "converge", environment, ports);
        }
        catch (LedgerException fault)
            when (fault.Fault == LedgerFault.Locked && Holder(settings, environment)?.Command == LedgerHolder.Watch)
        {
            throw new LedgerException(LedgerFault.Locked,
                $"{fault.Message} To have the watch do it, on your word: `reconciler retry {environment}{(options.Application is { } one ? $" {one}" : "")}{(options.HealAll ? " --heal" : "")}`", fault);
        }
    }

    private static LedgerHolder? Holder(ControllerSettings settings, string environment) =>
        settings.Ledger.IsShared ? settings.Ledger.HolderOf(environment, TimeProvider.System) : LedgerLock.HolderOf(settings.State);

    /// <summary>What stands in the way counts more than that there are differences.</summary>
    private static int PlannedCodeOf(IReadOnlyList<UnitVerdict> verdicts, bool detailed)
    {
        if (verdicts.Any(verdict => verdict.Verdict.Standing is Standing.Unseen or Standing.Incomplete or Standing.Refused || verdict.Environment.Faults.Count > 0))
            return ExitCode.Error;
        if (verdicts.Any(verdict => verdict.Verdict.Standing is Standing.Held or Standing.SetAside or Standing.Suspended))
            return ExitCode.HeldOrWaiting;
        return detailed && verdicts.Any(verdict => verdict.Verdict.Diff.ByResource.Count > 0) ? ExitCode.Differences : ExitCode.Done;
    }

    private static int ExitCodeOf(IReadOnlyList<UnitVerdict> verdicts) => verdicts.Select(verdict => verdict.Verdict.Standing switch
    {
        Standing.Synced or Standing.Drifted or Standing.Planned => ExitCode.Done,
        Standing.Held or Standing.Deferred or Standing.NeverConverged or Standing.Suspended => ExitCode.HeldOrWaiting,
        Standing.Fenced => ExitCode.LeaseHeld,
        _ => ExitCode.Error,
    }).Append(verdicts.Any(verdict => verdict.Environment.Faults.Count > 0) ? ExitCode.Error : ExitCode.Done).Max();

    private static void Print(IReadOnlyList<UnitVerdict> verdicts, OutputFormat format, bool summary = false)
    {
        if (format == OutputFormat.Json)
        {
            Console.Out.WriteLine(JsonSerializer.Serialize([.. verdicts.Select(PlanReport.Of)], CliJson.Default.PlanReportArray));
            return;
        }
        var text = new PlanText(Console.Out);
        foreach (var verdict in verdicts)
        {
            var heading = $"{verdict.Environment.Name}/{verdict.Unit.Application}: revision {verdict.Environment.Revision[..12]}"
                + ((verdict.Unit.Refusal?.Commit ?? verdict.Unit.CodeCommit) is { } commit ? $", code {commit[..12]}" : "");
            if (!summary)
                text.Write(verdict.Verdict.Plan, heading);
            text.WriteLine($"{(summary ? $"{heading}:" : " ")} {verdict.Verdict.Standing}: ", verdict.Verdict.Headline);
            text.Write(WayOn.Beyond(verdict.Verdict.Headline, WaysOn.Of(verdict.Environment, verdict.Unit, verdict.Verdict)));
            if (summary && verdict.Verdict is { Standing: Standing.Deferred, Deferral.Until: not null })
                text.WriteLine("  ", $"it goes on by itself then, on your word, where a watch runs; where none does, type "
                    + $"`reconciler converge {verdict.Environment.Name}` again");
            foreach (var ailment in verdict.Verdict.Ailments)
                text.WriteLine("  ! ", $"{ailment.Key.Server}: {ailment.Value}");
        }
        foreach (var (application, why) in verdicts.SelectMany(verdict => verdict.Environment.Faults).DistinctBy(fault => fault.Key))
            Console.Out.WriteLine($"{application}: refused: {why}");
    }
}
