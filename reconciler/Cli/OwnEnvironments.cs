using Reconciler.Journaling;
using Reconciler.Turns;

namespace Reconciler.Cli;

/// <summary>Which environments are this watch's, where several share the ledger; what it takes over is told, and so is who has the others.</summary>
internal sealed class OwnEnvironments(Controller controller, IDaemonLog log, Said said)
{
    private HashSet<string> _before = [];

    private ILedger Ledger => controller.Ledger!;

    /// <param name="all">That are in force.</param>
    public IReadOnlyList<string> Of(IReadOnlyList<string> all)
    {
        List<string> ours = [.. all.Where(Ledger.Leases.Holds)];
        if (Ledger.LeasesHeld() is { } leases)
            foreach (var environment in all)
                Say(environment, leases.FirstOrDefault(lease => lease.Environment == environment), ours.Contains(environment));
        foreach (var environment in ours.Where(_before.Add))
            TakeOver(environment);
        _before = [.. ours];
        return ours;
    }

    private void Say(string environment, HeldLease? lease, bool isOurs) => said.Say(
        isOurs ? new(LogEvents.LeaseTaken, Subject(environment), $"works on it from now on, with number {Ledger.FencingOf(environment)}", [])
        : lease is null ? new(LogEvents.HeldElsewhere, Subject(environment), "left to another controller, which is to take it", [])
        : new(LogEvents.HeldElsewhere, Subject(environment), $"left to {lease.Holder}", []));

    private static string Subject(string environment) => $"{environment}/lease";

    /// <summary>What its last holder left in the middle.</summary>
    private void TakeOver(string environment)
    {
        controller.Requests!.AnswerAbandoned(environment);
        foreach (var (about, sentence) in RunsFoundOpen.Of(Ledger, environment))
            log.Write(new(LogEvents.RunFoundOpen, about, sentence, []) { Warning = true });
    }
}
