using System.CommandLine;
using System.Text.Json;
using Reconciler.Remote;
using Reconciler.Turns;

namespace Reconciler.Cli;

/// <summary><c>takeover</c>: servers that obey another controller's ledger obey this one's.</summary>
internal static class TakeoverCommand
{
    public static Command Create(SettingsOptions settings, Option<OutputFormat> format)
    {
        var environment = new Argument<string>("environment") { Description = "its folder's name: staging, production" };
        var from = new Option<string?>("--from") { Description = "the ledger that they obey now, all 32 digits; without it nothing is changed, and it is said" };
        var command = new Command("takeover",
            "Says which ledger each server of an environment obeys, and with --from has those of one obey this controller's: when its own "
            + "is lost, or another controller is replaced. That one is refused by them from then on. Exit codes: 0 all obey this ledger; "
            + "1 one could not be asked or taken; 3 one obeys another; 64 bad usage.")
        {
            environment, from,
        };
        command.SetAction((parsed, cancellation) => Failures.ToExitCodeAsync(async () =>
            await RunAsync(settings.Read(parsed), parsed.GetValue(environment)!, parsed.GetValue(from), parsed.GetValue(format), cancellation)));
        return command;
    }

    private static async Task<int> RunAsync(
        ControllerSettings settings, string environment, string? from, OutputFormat format, CancellationToken cancellation)
    {
        // A watch of this controller may go on: it is its ledger, with its number.
        await using var controller = Controller.OpenForLooking(settings, TimeProvider.System, "takeover");
        var look = await controller.Desired.LookAsync(cancellation);
        if (!look.Environments.Contains(environment))
            throw new UsageException(look.Environments.Count == 0 ? look.Trouble ?? "git has no environment"
                : $"there is no environment {environment}; there are {string.Join(", ", look.Environments)}");
        var addresses = new ServerAddresses(settings.Identity).Of(await controller.Desired.InForceAsync(environment, cancellation)).Values;
        await using var sessions = new SshServerSessions(new SshOptions(Path.Combine(settings.State, "ssh")), TimeProvider.System);
        var (ours, takeover) = (controller.Memory.Id, new LedgerTakeover(sessions, controller.Memory.Id, controller.Memory.FencingOf(environment)));
        var seen = await takeover.LookAsync(addresses, cancellation);
        if (from is not null)
        {
            if (from == ours)
                throw new UsageException($"--from {from} is this controller's own ledger; name the other one");
            var others = seen.Select(server => server.Ledger).Where(ledger => ledger is not null && ledger != ours).Distinct().ToList();
            if (!others.Contains(from))
                throw new UsageException($"--from {from}: no server of {environment} obeys that ledger"
                    + (others.Count == 0 ? "" : $"; there are {string.Join(", ", others)}") + "; nothing was changed");
            seen = await takeover.TakeAsync(addresses, from, cancellation);
        }
        if (format == OutputFormat.Json)
            Console.Out.WriteLine(JsonSerializer.Serialize(new(ours, [.. seen]), CliJson.Default.TakeoverReport));
        else
            Print(environment, ours, from, seen);
        return seen.Any(server => server.Trouble is not null) ? ExitCode.Error
            : seen.Any(server => server.Ledger is not null && server.Ledger != ours) ? ExitCode.HeldOrWaiting : ExitCode.Done;
    }

    private static void Print(string environment, string ours, string? from, IReadOnlyList<ObeyedLedger> seen)
    {
        Console.Out.WriteLine($"this controller's ledger is {ours}");
        foreach (var server in seen)
            Console.Out.WriteLine($"  {server.Server}: " + Printable.Line(server switch
            {
                { Trouble: { } trouble, Ledger: { } ledger } => $"obeys ledger {ledger}, and could not be taken over: {trouble}",
                { Trouble: { } trouble } => trouble,
                { Ledger: null } => "obeys no ledger yet",
                _ when server.Ledger == ours => "obeys this ledger",
                _ => $"obeys ledger {server.Ledger}, which began {server.Fence} time(s)",
            }));
        foreach (var other in seen.Select(server => server.Ledger).Where(ledger => ledger is not null && ledger != ours).Distinct())
            Console.Out.WriteLine($"where that controller is ended for good: `reconciler takeover {environment} --from {other}`; what it had "
                + "begun is not known here, and its yeses and waits are lost with it");
        if (from is not null && seen.All(server => server.Ledger == ours))
            Console.Out.WriteLine($"`reconciler plan {environment}` says what is not as git says; the first `reconciler converge {environment}` is yours");
    }
}

/// <param name="Ledger">This controller's.</param>
internal sealed record TakeoverReport(string Ledger, ObeyedLedger[] Servers);
