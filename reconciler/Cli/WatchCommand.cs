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
        controller.Requests!.AnswerAbandoned();
        var said = new Said(Console.Error, clock, stamped: Console.IsErrorRedirected);
        var turns = new EnvironmentTurns(
            environment => TurnAsync(controller, environment, said, clock, cancellation), controller.Desired.LookNow);
        try
        {
            await FollowAsync(controller, turns, said, cancellation);
            return ExitCode.Error;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // What is covered is still brought to its end, or back.
            await turns.EndAsync();
            Console.Error.WriteLine("reconciler: stopped");
            return ExitCode.Done;
        }
        finally
        {
            await turns.EndAsync();
        }
    }

    /// <summary>Looks at the repository at its interval, and when somebody asks, whatever the environments are busy with.</summary>
    private static async Task FollowAsync(Controller controller, EnvironmentTurns turns, Said said, CancellationToken cancellation)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        _ = controller.Requests!.WakeAsync(controller.Desired.LookNow, over.Token);
        while (true)
        {
            var looking = controller.Desired.NextAsync(over.Token);
            if (await Task.WhenAny(looking, turns.Faulted) != looking)
            {
                await over.CancelAsync();
                await looking.ContinueWith(_ => { }, TaskScheduler.Default);
                await turns.Faulted;
            }
            var look = await looking;
            SayLook(controller.Reports, look, said);
            controller.Requests.AnswerImpossible(look.Environments);
            controller.Requests.TakeWords();
            turns.Begin(look.Environments, look.Revision);
        }
    }

    private static void SayLook(StatusReporter reports, DesiredStateLook look, Said said)
    {
        reports.SaveLook(Looks.Of(look, reports.LastLook(), reports.Now));
        said.Say("reconciler", look.Trouble ?? $"revision {look.Revision?[..12]} is in force", key: $"{look.Revision} {look.Trouble}",
            [.. look.Diagnostics.Select(diagnostic => $"{diagnostic}")]);
    }

    /// <summary>A fault in a turn is told and leaves the other environments, and the daemon, alone; the next turn begins anew from what it sees.</summary>
    /// <returns>Whether the next turn should not wait for its time.</returns>
    private static async Task<bool> TurnAsync(
        Controller controller, string environment, Said said, TimeProvider clock, CancellationToken cancellation)
    {
        var asked = controller.Requests!.Take(environment);
        if (asked is not null)
            said.Say($"{environment}/{asked.Application ?? "all"}", $"{asked.By} asks to {asked.Kind}, request {asked.Id}");
        try
        {
            var options = asked is null ? TurnOptions.Watch : Requests.OptionsOf(asked);
            var progress = new ConsoleProgress(Console.Error, clock, environment);
            var verdicts = await controller.Loop.TurnAsync(environment, options, progress, cancellation);
            if (asked is not null)
                controller.Requests.Answer(asked, Requests.OutcomeOf(asked, verdicts));
            SayVerdicts(verdicts, said);
            ComeBackInTime(controller, verdicts, clock, cancellation);
            return verdicts.Any(verdict => verdict.Verdict.Converged) || controller.Requests.IsWaiting(environment);
        }
        catch (Exception fault) when (fault is not OperationCanceledException and not LedgerException)
        {
            if (asked is not null)
                controller.Requests.Answer(asked, $"the turn broke off: {fault.Message}");
            said.Say($"{environment}/turn", $"this turn broke off: {fault}", key: fault.Message);
            return controller.Requests.IsWaiting(environment);
        }
    }

    private static void SayVerdicts(IReadOnlyList<UnitVerdict> verdicts, Said said)
    {
        foreach (var (environment, unit, verdict) in verdicts)
            said.Say($"{environment.Name}/{unit.Application}", $"{verdict.Standing}: {verdict.Headline}",
                below: [.. WayOn.Beyond(verdict.Headline, WaysOn.Of(environment, unit, verdict)).Select(way => $"{way}")]);
        var faults = verdicts
            .SelectMany(verdict => verdict.Environment.Faults.Select(fault => (verdict.Environment.Name, fault.Key, fault.Value))).Distinct();
        foreach (var (environment, application, why) in faults)
            said.Say($"{environment}/{application}", $"refused: {why}");
    }

    /// <summary>A gate may open before the next look is due.</summary>
    private static void ComeBackInTime(
        Controller controller, IReadOnlyList<UnitVerdict> verdicts, TimeProvider clock, CancellationToken cancellation)
    {
        foreach (var verdict in verdicts)
        {
            if (verdict.Verdict.Deferral?.Until is { } until && until - clock.GetUtcNow() is var wait && wait < TimeSpan.FromDays(1))
                _ = Task.Delay(wait < TimeSpan.Zero ? TimeSpan.Zero : wait, clock, cancellation)
                    .ContinueWith(_ => controller.Desired.LookNow(), TaskScheduler.Default);
        }
    }
}
