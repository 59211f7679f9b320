using Reconciler.Converging;
using Reconciler.Journaling;
using Reconciler.Model;
using Reconciler.Planning;

namespace Reconciler.Turns;

/// <summary>
/// Announce and Wait (A2, A3): the notice goes up with its start time, the time is kept in the ledger, and the run is handed back to the loop until
/// then. A controller that is started again in between keeps the announced time and announces nothing twice.
/// </summary>
internal sealed class Notices(Converger converger, ILedger ledger, TimeProvider clock)
{
    // A turn comes a little later than the time that was announced.
    private static readonly TimeSpan Late = TimeSpan.FromMinutes(5);

    /// <summary>Of a time that nothing has fixed yet: neither git nor an earlier notice.</summary>
    public bool AreToBeTold(Attempt attempt, Plan plan) => plan.StartsAt is not null && attempt.Unit.Begins is null
        && ledger.AnnouncementFor(attempt.Environment.Name, attempt.Unit.Application) is null;

    /// <returns>What is waited for, or what failed; neither to go on.</returns>
    public async Task<(Deferral? Waits, ConvergeOutcome? Failure)> MayBeginAsync(Attempt attempt, Plan plan)
    {
        var announce = plan.Steps.Where(step => step.Phase == Phase.Announce).ToList();
        if (plan.StartsAt is not { } startsAt)
            return (null, null);
        var (environment, application) = (attempt.Environment.Name, attempt.Unit.Application);
        var hasNotice = AreToBeTold(attempt, plan) && startsAt > clock.GetUtcNow();
        var isNew = ledger.AnnouncementFor(environment, application)?.StartsAt != startsAt;
        if (isNew)
            ledger.Announce(environment, application, attempt.Unit.Digest, startsAt);
        var outcome = await converger.RunAsync(plan with { Steps = announce }, attempt.Context, attempt.Progress, null, CancellationToken.None);
        if (outcome is not ConvergeOutcome.Completed)
        {
            // Not all were told: the next try names a time that is still to come.
            if (isNew)
                ledger.WithdrawAnnouncement(environment, application);
            return (null, outcome);
        }
        if (startsAt > clock.GetUtcNow())
            return (Waiting(startsAt), null);
        if (!hasNotice)
            return (null, null);
        ledger.WithdrawAnnouncement(environment, application);
        return (null, new ConvergeOutcome.Failed(announce[^1], "telling users took longer than the notice, and what they were told is past: they are told another time",
            Transient: true)
        { Done = announce });
    }

    /// <summary>What they were told of does not come, not by then, or did not come.</summary>
    public static bool AreOver(Announcement told, Verdict verdict, DateTimeOffset now) => verdict switch
    {
        { Standing: Standing.SetAside or Standing.Refused or Standing.Drifted } => true,
        { Standing: Standing.Deferred, Deferral: { } deferral } => deferral.Until is not { } until || until > told.StartsAt,
        { Standing: Standing.Failed or Standing.Unseen } => told.StartsAt + Late < now,
        _ => false,
    };

    /// <summary>Handed back to the loop until then.</summary>
    public static Deferral Waiting(DateTimeOffset startsAt) =>
        new("notice", $"maintenance is announced for {startsAt.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}", startsAt);
}
