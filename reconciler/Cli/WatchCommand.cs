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
        var said = new Dictionary<string, string>();
        try
        {
            while (true)
            {
                var look = await controller.Desired.NextAsync(cancellation);
                DocumentCommands.Print(said.GetValueOrDefault("") == look.Revision ? [] : look.Diagnostics, OutputFormat.Text);
                Say(said, "", look.Trouble is null ? $"revision {look.Revision?[..12]} is in force" : look.Trouble, look.Revision);
                var verdicts = await Task.WhenAll(look.Environments.Select(environment => TurnAsync(controller, environment, said, clock, cancellation)));
                foreach (var verdict in verdicts.SelectMany(list => list))
                    Say(said, $"{verdict.Environment.Name}/{verdict.Unit.Application}", $"{verdict.Verdict.Standing}: {verdict.Verdict.Headline}", null);
                foreach (var (application, why) in verdicts.SelectMany(list => list).SelectMany(verdict => verdict.Environment.Faults).DistinctBy(fault => fault.Key))
                    Say(said, $"refused/{application}", why, null);
                ComeBack(controller, verdicts.SelectMany(list => list), clock, cancellation);
            }
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine("reconciler: stopped");
            return ExitCode.Done;
        }
    }

    /// <summary>A fault in one environment's turn is told and leaves the others, and the daemon, alone; the next turn begins anew from what it sees.</summary>
    private static async Task<IReadOnlyList<UnitVerdict>> TurnAsync(
        Controller controller, string environment, Dictionary<string, string> said, TimeProvider clock, CancellationToken cancellation)
    {
        try
        {
            return await controller.Loop.TurnAsync(environment, TurnOptions.Watch, new ConsoleProgress(Console.Error, clock, environment), cancellation);
        }
        catch (Exception fault) when (fault is not OperationCanceledException and not Journaling.LedgerException)
        {
            lock (said)
                Say(said, $"{environment}/turn", $"this turn broke off: {fault}", fault.Message);
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

    /// <summary>Says a thing once, and again only when it changes.</summary>
    private static void Say(Dictionary<string, string> said, string about, string sentence, string? key)
    {
        if (said.GetValueOrDefault(about) == (key ?? sentence))
            return;
        said[about] = key ?? sentence;
        Console.Error.WriteLine($"{(about.Length == 0 ? "reconciler" : about)}: {sentence}");
    }
}
