using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization;
using Reconciler.Remote;
using Reconciler.Turns;

namespace Reconciler.Cli;

/// <summary>
/// <c>takeover</c>: servers that obey another controller's ledger obey this one's; or go on to obey this one, when it was restored from an older copy, whose numbers
/// they have passed.
/// </summary>
internal static class TakeoverCommand
{
    public static Command Create(SettingsOptions settings, Option<OutputFormat> format)
    {
        var environment = new Argument<string>("environment") { Description = "its folder's name: staging, production" };
        var from = new Option<string?>("--from") { Description = "the ledger that they obey now, all 32 digits (this one's own, where it is an older copy); without it nothing is changed, and it is said" };
        var command = new Command("takeover",
            "Says which ledger each server of an environment obeys, and with --from has those of one obey this controller's: when its own "
            + "is lost or was restored from an older copy, or another controller is replaced. That one is refused by them from then on. Exit codes: 0 all obey this ledger; "
            + "1 one could not be asked or taken; 3 one obeys another, or this ledger is an older copy; 64 bad usage.")
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
        var (ours, fence) = (controller.Memory.Id, controller.Memory.FencingOf(environment));
        var takeover = new LedgerTakeover(sessions, ours, fence);
        var report = new TakeoverReport(ours, fence, [.. await takeover.LookAsync(addresses, cancellation)]);
        if (from == ours)
        {
            if (report.Passed is not { } passed)
                throw new UsageException($"--from {from} is this controller's own ledger, and no server of {environment} has seen a later number of it than {fence}; "
                    + "name the other one");
            settings.Ledger.PassFence(passed);
            report = report with { Fence = passed };
        }
        else if (from is not null)
        {
            var others = report.Others;
            if (!others.Contains(from))
                throw new UsageException($"--from {from}: no server of {environment} obeys that ledger"
                    + (others.Count == 0 ? "" : $"; there are {string.Join(", ", others)}") + "; nothing was changed");
            report = report with { Servers = [.. await takeover.TakeAsync(addresses, from, cancellation)] };
        }
        if (format == OutputFormat.Json)
            Console.Out.WriteLine(JsonSerializer.Serialize(report, CliJson.Default.TakeoverReport));
        else
            Print(environment, from, report);
        return report.Servers.Any(server => server.Trouble is not null) ? ExitCode.Error
            : report is { Others.Count: 0, Passed: null } ? ExitCode.Done : ExitCode.HeldOrWaiting;
    }

    private static void Print(string environment, string? from, TakeoverReport report)
    {
        Console.Out.WriteLine($"this controller's ledger is {report.Ledger}");
        foreach (var server in report.Servers)
            Console.Out.WriteLine($"  {server.Server}: " + Printable.Line(server switch
            {
                { Trouble: { } trouble, Ledger: { } ledger } => $"obeys ledger {ledger}, and could not be taken over: {trouble}",
                { Trouble: { } trouble } => trouble,
                { Ledger: null } => "obeys no ledger yet",
                _ when report.HasPassed(server) => $"obeys this ledger, and has seen number {server.Fence} of it, where this copy is at {report.Fence}",
                _ when server.Ledger == report.Ledger => "obeys this ledger",
                _ => $"obeys ledger {server.Ledger}, which began {server.Fence} time(s)",
            }));
        foreach (var other in report.Others)
            Console.Out.WriteLine($"where that controller is ended for good: `reconciler takeover {environment} --from {other}`; what it had "
                + "begun is not known here, and its yeses and waits are lost with it");
        if (report.Passed is not null)
            Console.Out.WriteLine($"this ledger is an older copy (a restored backup?): where no controller works with the later one any more, `reconciler takeover {environment} "
                + $"--from {report.Ledger}`; what was done since is seen on the servers, and what was begun since is not known here");
        if (from == report.Ledger)
            Console.Out.WriteLine("a watch that runs has the old number still: start it anew");
        if (from is not null && report is { Others.Count: 0, Passed: null })
            Console.Out.WriteLine($"`reconciler plan {environment}` says what is not as git says; the first `reconciler converge {environment}` is yours");
    }
}

/// <param name="Ledger">This controller's.</param>
/// <param name="Fence">The number that it gave last.</param>
internal sealed record TakeoverReport(string Ledger, long Fence, ObeyedLedger[] Servers)
{
    /// <summary>What some servers obey instead.</summary>
    [JsonIgnore]
    public IReadOnlyList<string> Others => [.. Servers.Select(server => server.Ledger).OfType<string>().Where(ledger => ledger != Ledger).Distinct()];

    /// <summary>The highest number of this ledger that servers have seen and it does not know of; null when it knows all.</summary>
    [JsonIgnore]
    public long? Passed => Servers.Where(HasPassed).Max(server => (long?)server.Fence);

    public bool HasPassed(ObeyedLedger server) => server.Ledger == Ledger && server.Fence > Fence;
}
