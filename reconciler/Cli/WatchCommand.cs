using System.CommandLine;
using Reconciler.Documents.Kinds;
using Reconciler.Journaling;
using Reconciler.Reporting;
using Reconciler.Turns;
using Reconciler.Watching;

namespace Reconciler.Cli;

/// <summary><c>watch</c>, the daemon: follows the repository and keeps every environment as it says.</summary>
internal static class WatchCommand
{
    /// <param name="ports">What it goes through; null for nothing.</param>
    public static Command Create(SettingsOptions settings, ControllerPorts? ports = null)
    {
        var command = new Command("watch", "Follows the desired-state repository and converges what is merged; runs until it is stopped.");
        settings.AddTo(command);
        command.SetAction((parsed, cancellation) => Failures.ToExitCodeAsync(() =>
        {
            var ours = settings.Read(parsed);
            IDaemonLog log = ours.LogFormat == LogFormat.Json
                ? new JsonLog(Console.Error, TimeProvider.System)
                : new TextLog(Console.Error, TimeProvider.System, stamped: Console.IsErrorRedirected);
            void GiveUp(string sentence) => log.Write(new(LogEvents.GaveUp, Said.Ourselves, sentence, []) { Warning = true });
            return Failures.ToExitCodeAsync(() => RunAsync(ours, log, ports, cancellation), GiveUp);
        }));
        return command;
    }

    private static async Task<int> RunAsync(ControllerSettings settings, IDaemonLog log, ControllerPorts? ports, CancellationToken cancellation)
    {
        var clock = TimeProvider.System;
        await using var controller = Controller.Open(settings, clock, LedgerHolder.Watch, ports: ports);
        var daemon = new Daemon(controller, settings, log, clock);
        await using var notifier = daemon.Notifier;
        await using var desk = daemon.Desk;
        await using var webhooks = await desk.ListenAsync();
        await using var http = await daemon.ListenAsync();
        var turns = new EnvironmentTurns(environment => TurnAsync(daemon, environment, cancellation), controller.Desired.LookNow);
        try
        {
            await FollowAsync(daemon, turns, cancellation);
            return ExitCode.Error;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // What is covered is still brought to its end, or back.
            await turns.EndAsync();
            log.Write(new(LogEvents.Stopped, Said.Ourselves, "stopped", []));
            return ExitCode.Done;
        }
        finally
        {
            // Without its leases it waits for nothing: whatever its turns still want to send is refused.
            if (!controller.Ledger!.Leases.Lost.IsFaulted)
                await turns.EndAsync();
        }
    }

    /// <summary>Looks at the repository at its interval, and when somebody asks, whatever the environments are busy with.</summary>
    private static async Task FollowAsync(Daemon daemon, EnvironmentTurns turns, CancellationToken cancellation)
    {
        var (controller, leases) = (daemon.Controller, daemon.Controller.Ledger!.Leases);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        _ = controller.Requests!.WakeAsync(controller.Desired.LookNow, over.Token);
        _ = controller.Desired.BreakGlass?.Repository.WakeAsync(controller.Desired.LookAtPush, daemon.Clock, over.Token);
        leases.WhenFree(controller.Desired.LookNow);
        while (true)
        {
            var looking = controller.Desired.NextAsync(over.Token);
            if (await Task.WhenAny(looking, turns.Faulted, leases.Lost) is var first && first != looking)
            {
                await over.CancelAsync();
                await looking.ContinueWith(_ => { }, TaskScheduler.Default);
                await first;
            }
            try
            {
                await LookedAsync(daemon, await looking, turns, over.Token);
                daemon.SayLedger(null);
            }
            catch (LedgerException fault) when (daemon.Outlasts(fault))
            {
                daemon.SayLedger(fault);
                await Task.Delay(LeaseTimes.BetweenRenewals, daemon.Clock, cancellation);
                controller.Desired.LookNow();
            }
            // A process that was stopped for long finds its connections broken as well; why it ends is that others have its work.
            catch (LedgerException) when (leases.Lost.IsFaulted)
            {
                await leases.Lost;
            }
        }
    }

    private static async Task LookedAsync(Daemon daemon, DesiredStateLook look, EnvironmentTurns turns, CancellationToken cancellation)
    {
        var (controller, leases) = (daemon.Controller, daemon.Controller.Ledger!.Leases);
        leases.Yield(turns.IsIdle);
        var ours = daemon.Own.Of(look.Environments);
        SayLook(daemon, look, ours);
        if (leases.Holds(HeldLease.Repository))
            daemon.Notifier.TellOfRepository(TroubleOf(look), look.Revision);
        await daemon.Desk.LookedAsync(look, ours, cancellation);
        controller.Requests!.AnswerImpossible(look.Environments);
        controller.Requests.TakeWords();
        turns.Begin(ours, look.Revision);
    }

    private static void SayLook(Daemon daemon, DesiredStateLook look, IReadOnlyList<string> ours)
    {
        var reports = daemon.Controller.Reports;
        if (daemon.Controller.Ledger!.Leases.Holds(HeldLease.Repository))
            reports.SaveLook(Looks.Of(look, reports.LastLook(), reports.Now));
        daemon.Signs.Looked(ours, look.Trouble, look.Environments.Count > 0);
        if (look.NotTaken is { } left)
            daemon.Said.Say(new(LogEvents.RepositoryTrouble, "break-glass", left.Split('\n')[0], left.Split('\n')[1..]) { Warning = true },
                key: left);
        daemon.Said.Say(new(look.Trouble is null ? LogEvents.Revision : LogEvents.RepositoryTrouble, Said.Ourselves,
            TroubleOf(look) ?? $"revision {look.Revision?[..12]} is in force", [.. look.Diagnostics.Select(diagnostic => $"{diagnostic}")])
        {
            Warning = look.Trouble is not null,
            Fields = look.Revision is { } revision ? [("revision", revision)] : [],
        }, key: $"{look.Revision} {TroubleOf(look)}");
    }

    /// <summary>That the repository lacks what is in force comes first: it stays when the rest has passed.</summary>
    private static string? TroubleOf(DesiredStateLook look) =>
        look.Ahead is { } ahead && ahead.Sentence != look.Trouble ? $"AheadOfOrigin: {ahead.Sentence}; {look.Trouble}"
        : look.Ahead is not null ? $"AheadOfOrigin: {look.Trouble}" : look.Trouble;

    /// <summary>A fault in a turn is told and leaves the other environments, and the daemon, alone; the next turn begins anew from what it sees.</summary>
    /// <returns>Whether the next turn should not wait for its time.</returns>
    private static async Task<bool> TurnAsync(Daemon daemon, string environment, CancellationToken cancellation)
    {
        var (controller, said) = (daemon.Controller, daemon.Said);
        Request? asked = null;
        try
        {
            asked = controller.Requests!.Take(environment);
            if (asked is not null)
                said.Say(new(LogEvents.RequestTaken, $"{environment}/{asked.Application ?? "all"}",
                    $"{asked.By} asks to {asked.Kind}, request {asked.Id}", []));
            var options = asked is null ? TurnOptions.Watch : Requests.OptionsOf(asked);
            var verdicts = await daemon.TurnAsync(environment, options, cancellation);
            if (asked is not null)
                controller.Requests!.Answer(asked, Requests.OutcomeOf(asked, verdicts));
            SayVerdicts(verdicts, said);
            var statuses = StatusesAfter(controller.Reports, environment, verdicts);
            daemon.Notifier.Tell(statuses);
            await daemon.Desk.TurnEndedAsync(environment, verdicts, statuses, cancellation);
            ComeBackInTime(controller, verdicts, daemon.Clock, cancellation);
            return verdicts.Any(verdict => verdict.Verdict.Converged) || controller.Requests.IsWaiting(environment);
        }
        // What it had begun is settled by the next turn, here or wherever the lease is by then.
        catch (LedgerException fault) when (daemon.Outlasts(fault))
        {
            said.Say(new(LogEvents.TurnBrokeOff, $"{environment}/turn", $"this turn broke off: {fault.Message}", []) { Warning = true });
            return false;
        }
        catch (Exception fault) when (fault is not OperationCanceledException and not LedgerException)
        {
            if (asked is not null)
                controller.Requests!.Answer(asked, $"the turn broke off: {fault.Message}");
            said.Say(new(LogEvents.TurnBrokeOff, $"{environment}/turn", $"this turn broke off: {fault}", []) { Warning = true },
                key: fault.Message);
            return controller.Requests!.IsWaiting(environment);
        }
    }

    /// <summary>As they were just kept, of what was refused too.</summary>
    private static List<ApplicationStatus> StatusesAfter(StatusReporter reports, string environment, IReadOnlyList<UnitVerdict> verdicts) =>
    [
        .. verdicts.Select(verdict => verdict.Unit.Application).Concat(verdicts.SelectMany(verdict => verdict.Environment.Faults.Keys)).Distinct()
            .Select(application => reports.Before(environment, application)).OfType<ApplicationStatus>(),
    ];

    private static void SayVerdicts(IReadOnlyList<UnitVerdict> verdicts, Said said)
    {
        foreach (var (environment, unit, verdict) in verdicts)
            said.Say(new(LogEvents.Verdict, $"{environment.Name}/{unit.Application}", $"{verdict.Standing}: {verdict.Headline}",
                [.. WayOn.Beyond(verdict.Headline, WaysOn.Of(environment, unit, verdict)).Select(way => $"{way}")])
            {
                Warning = verdict.Standing is not (Standing.Synced or Standing.Deferred),
                Fields = [("standing", verdict.Standing), ("revision", environment.Revision)],
            });
        var faults = verdicts
            .SelectMany(verdict => verdict.Environment.Faults.Select(fault => (verdict.Environment.Name, fault.Key, fault.Value))).Distinct();
        foreach (var (environment, application, why) in faults)
            said.Say(new(LogEvents.Refused, $"{environment}/{application}", $"refused: {why}", []) { Warning = true });
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
