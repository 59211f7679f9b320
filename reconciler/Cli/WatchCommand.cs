using System.CommandLine;
using Reconciler.Journaling;
using Reconciler.Reporting;
using Reconciler.Turns;
using Reconciler.Watching;

namespace Reconciler.Cli;

/// <summary><c>watch</c>, the daemon: follows the repository and keeps every environment as it says.</summary>
internal static class WatchCommand
{
    public static Command Create(SettingsOptions settings)
    {
        var command = new Command("watch", "Follows the desired-state repository and converges what is merged; runs until it is stopped.");
        command.SetAction((parsed, cancellation) => Failures.ToExitCodeAsync(() => RunAsync(settings.Read(parsed), cancellation)));
        return command;
    }

    private static async Task<int> RunAsync(ControllerSettings settings, CancellationToken cancellation)
    {
        var clock = TimeProvider.System;
        await using var controller = Controller.Open(settings, clock, LedgerHolder.Watch);
        var requests = controller.Requests!;
        var said = new Said(Console.Error, clock, stamped: Console.IsErrorRedirected);
        try
        {
            requests.AnswerAbandoned();
            _ = requests.WakeAsync(controller.Desired.LookNow, cancellation);
            while (true)
            {
                var look = await controller.Desired.NextAsync(cancellation);
                SayLook(controller.Reports, look, said);
                requests.AnswerImpossible(look.Environments);
                var verdicts = await Task.WhenAll(look.Environments.Select(environment => TurnAsync(controller, environment, said, clock, cancellation)));
                SayVerdicts([.. verdicts.SelectMany(list => list)], said);
                ComeBack(controller, verdicts.SelectMany(list => list), clock, cancellation);
            }
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine("reconciler: stopped");
            return ExitCode.Done;
        }
    }

    private static void SayLook(StatusReporter reports, DesiredStateLook look, Said said)
    {
        reports.SaveLook(Looks.Of(look, reports.LastLook(), reports.Now));
        said.Say("reconciler", look.Trouble ?? $"revision {look.Revision?[..12]} is in force", key: $"{look.Revision} {look.Trouble}",
            [.. look.Diagnostics.Select(diagnostic => $"{diagnostic}")]);
    }

    private static void SayVerdicts(IReadOnlyList<UnitVerdict> verdicts, Said said)
    {
        foreach (var (environment, unit, verdict) in verdicts)
            said.Say($"{environment.Name}/{unit.Application}", $"{verdict.Standing}: {verdict.Headline}",
                below: [.. WaysOn.Of(environment, unit, verdict).Select(way => $"{way}")]);
        foreach (var (environment, (application, why)) in verdicts.SelectMany(verdict => verdict.Environment.Faults.Select(fault => (verdict.Environment.Name, fault))).Distinct())
            said.Say($"{environment}/{application}", $"refused: {why}");
    }

    /// <summary>A fault in one environment's turn is told and leaves the others, and the daemon, alone; the next turn begins anew from what it sees.</summary>
    private static async Task<IReadOnlyList<UnitVerdict>> TurnAsync(
        Controller controller, string environment, Said said, TimeProvider clock, CancellationToken cancellation)
    {
        var asked = controller.Requests!.Take(environment);
        if (asked is not null)
            said.Say($"{environment}/{asked.Application ?? "all"}", $"{asked.By} asks to {asked.Kind}, request {asked.Id}");
        try
        {
            var options = asked is null ? TurnOptions.Watch : Requests.OptionsOf(asked);
            var verdicts = await controller.Loop.TurnAsync(environment, options, new ConsoleProgress(Console.Error, clock, environment), cancellation);
            if (asked is not null)
                controller.Requests.Answer(asked, Requests.OutcomeOf(asked, verdicts));
            return verdicts;
        }
        catch (Exception fault) when (fault is not OperationCanceledException and not LedgerException)
        {
            if (asked is not null)
                controller.Requests.Answer(asked, $"the turn broke off: {fault.Message}");
            said.Say($"{environment}/turn", $"this turn broke off: {fault}", key: fault.Message);
            return [];
        }
    }

    /// <summary>The next turn comes sooner than the interval when something was done, or a gate opens earlier.</summary>
    private static void ComeBack(Controller controller, IEnumerable<UnitVerdict> verdicts, TimeProvider clock, CancellationToken cancellation)
    {
        foreach (var verdict in verdicts)
        {
            if (verdict.Verdict.Converged)
                controller.Desired.LookNow();
            else if (verdict.Verdict.Deferral?.Until is { } until && until - clock.GetUtcNow() is var wait && wait < TimeSpan.FromDays(1))
                _ = Task.Delay(wait < TimeSpan.Zero ? TimeSpan.Zero : wait, clock, cancellation).ContinueWith(_ => controller.Desired.LookNow(), TaskScheduler.Default);
        }
    }
}
