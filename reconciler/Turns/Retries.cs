using Reconciler.Documents.Expansion;
using Reconciler.Journaling;

namespace Reconciler.Turns;

/// <summary>
/// When what failed and is tried again by itself (a fault that passes, mending) is next due: 5 s after the first failure, doubling to 3 min. (The field's
/// custom would stop after five times; mending never gives up, since nobody else is told to.)
/// </summary>
internal static class Retries
{
    /// <summary>The name under which a verdict waits for the next try; no acknowledgement opens it, but a person's <c>retry</c> does.</summary>
    public const string Gate = "retry";

    private static readonly TimeSpan First = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(3);

    // By then the pause is the longest one.
    private const int Most = 8;

    /// <returns>Null when the newest run did not fail, or was for something else.</returns>
    public static (DateTimeOffset At, string Why)? NextOf(ILedgerReader ledger, string environment, Unit unit)
    {
        var failed = ledger.Runs(environment, unit.Application, Most).TakeWhile(run => run.State == RunState.Failed && run.Digest == unit.Digest).ToList();
        if (failed is not [{ EndedAt: { } ended } newest, ..])
            return null;
        var at = ended + PauseAfter(failed.Count);
        return (at, $"{newest.Reason}\nFailed {(failed.Count == Most ? $"{Most} times or more" : failed.Count == 1 ? "once" : $"{failed.Count} times")}; next try at {at:yyyy-MM-ddTHH:mm:ssZ}");
    }

    private static TimeSpan PauseAfter(int failures) =>
        TimeSpan.FromTicks(Math.Min(Longest.Ticks, First.Ticks << (failures - 1)));
}
