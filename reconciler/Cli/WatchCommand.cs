using System.CommandLine;
using Reconciler.Turns;

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
        await using var controller = Controller.Open(settings, clock);
        var said = new Said();
        var turns = new EnvironmentTurns(environment => TurnAsync(controller, environment, said, clock, cancellation), controller.Desired.LookNow);
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

    /// <summary>Looks at the repository at its interval, whatever the environments are busy with.</summary>
    private static async Task FollowAsync(Controller controller, EnvironmentTurns turns, Said said, CancellationToken cancellation)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
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
            DocumentCommands.Print(said.Knows("", look.Revision) ? [] : look.Diagnostics, OutputFormat.Text);
            said.Say("", look.Trouble is null ? $"revision {look.Revision?[..12]} is in force" : look.Trouble, look.Revision);
            turns.Begin(look.Environments, look.Revision);
        }
    }

    /// <summary>A fault in one environment's turn is told and leaves the others, and the daemon, alone; the next turn begins anew from what it sees.</summary>
    /// <returns>Whether the next turn should not wait for its time.</returns>
    private static async Task<bool> TurnAsync(Controller controller, string environment, Said said, TimeProvider clock, CancellationToken cancellation)
    {
        try
        {
            var progress = new ConsoleProgress(Console.Error, clock, environment);
            var verdicts = await controller.Loop.TurnAsync(environment, TurnOptions.Watch, progress, cancellation);
            foreach (var verdict in verdicts)
                said.Say($"{verdict.Environment.Name}/{verdict.Unit.Application}", $"{verdict.Verdict.Standing}: {verdict.Verdict.Headline}", null);
            foreach (var (application, why) in verdicts.SelectMany(verdict => verdict.Environment.Faults).DistinctBy(fault => fault.Key))
                said.Say($"refused/{application}", why, null);
            foreach (var until in verdicts.Select(verdict => verdict.Verdict.Deferral?.Until).OfType<DateTimeOffset>())
                ComeBack(controller, until - clock.GetUtcNow(), clock, cancellation);
            return verdicts.Any(verdict => verdict.Verdict.Converged);
        }
        catch (Exception fault) when (fault is not OperationCanceledException and not Journaling.LedgerException)
        {
            said.Say($"{environment}/turn", $"this turn broke off: {fault}", fault.Message);
            return false;
        }
    }

    /// <summary>A gate that opens earlier than the next look is due.</summary>
    private static void ComeBack(Controller controller, TimeSpan wait, TimeProvider clock, CancellationToken cancellation)
    {
        if (wait < TimeSpan.FromDays(1))
            _ = Task.Delay(wait < TimeSpan.Zero ? TimeSpan.Zero : wait, clock, cancellation)
                .ContinueWith(_ => controller.Desired.LookNow(), TaskScheduler.Default);
    }

    /// <summary>Says a thing once, and again only when it changes.</summary>
    private sealed class Said
    {
        private readonly Dictionary<string, string> _said = [];

        public bool Knows(string about, string? key)
        {
            lock (_said)
                return _said.GetValueOrDefault(about) == key;
        }

        public void Say(string about, string sentence, string? key)
        {
            lock (_said)
            {
                if (_said.GetValueOrDefault(about) == (key ?? sentence))
                    return;
                _said[about] = key ?? sentence;
                Console.Error.WriteLine($"{(about.Length == 0 ? "reconciler" : about)}: {sentence}");
            }
        }
    }
}
