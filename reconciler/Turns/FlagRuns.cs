using Reconciler.Documents.Expansion;
using Reconciler.Journaling;
using Reconciler.Observing;

namespace Reconciler.Turns;

/// <summary>
/// Runs for the maintenance flag alone: notice and cover go up, and what was announced is taken back, under the state that runs.
/// </summary>
/// <param name="running">Null for looking only.</param>
internal sealed class FlagRuns(UnitPlanning planning, UnitRun? running, IPastUnits past, ILedgerReader ledger, TimeProvider clock)
{
    private const string MaintenanceName = "Maintenance";

    /// <summary>
    /// The flag does not wait for what a newer desired state waits for, nor for its Prepare: users were told a time. Turned off, it keeps
    /// nobody out for the sake of what may not come.
    /// </summary>
    public bool MayRaise(ExpandedEnvironment environment, Unit unit, Verdict verdict, Verdict? obstacle, TurnOptions options) =>
        running is not null && !options.DryRun && (options.Hindrance is null || options.MayCover)
        && (unit.Flag || unit.Begins is not null
            || (obstacle is not null && verdict.Live?.Covered == true && !IsMendedBeside(environment, unit, obstacle, verdict)))
        && Differs(verdict)
        && obstacle?.Standing is null or Standing.Refused or Standing.SetAside or Standing.Deferred or Standing.Failed
        && ledger.HeldRun(environment.Name, unit.Application) is null
        && ledger.OpenRun(environment.Name, unit.Application) is not { State: RunState.Running };

    /// <summary>
    /// What is down behind a page that nobody asks for any more is mended, and that takes the page away as well; without it the page could not go, for
    /// pages are checked first.
    /// </summary>
    private bool IsMendedBeside(ExpandedEnvironment environment, Unit unit, Verdict obstacle, Verdict verdict) =>
        obstacle.Standing is Standing.SetAside or Standing.Deferred
        && ledger.LastConverged(environment.Name, unit.Application) is var last && last?.Digest != unit.Digest
        && environment.Policy.HealKinds is var heals && heals.Contains(MaintenanceName)
        && (verdict.Ailments.Any(ailment => heals.Contains(ailment.Key.Kind))
            // What failed runs there still, and no page of it would come through.
            || (last is not null && Mending.IsWayBackOpen(ledger, environment.Name, unit.Application, last)));

    /// <summary>For the record.</summary>
    public static string CauseOf(Unit unit) => unit.Flag || unit.Begins is not null ? "the maintenance flag" : "the maintenance flag is off, and the page was up";

    /// <summary>Notice or cover alone, under the state that runs.</summary>
    /// <returns>Null when there is nothing to do, or it is not due yet after a failure.</returns>
    public async Task<Verdict?> RaiseAsync(
        ExpandedEnvironment environment, Unit unit, Converged last, Observed observed, ITurnProgress progress, string cause,
        CancellationToken cancellation)
    {
        var now = last.Digest == unit.Digest ? unit
            : (await past.UnitAtAsync(environment.Name, unit.Application, last.Revision, cancellation))
                .WithSecretsAsPlaced(observed.Resources).WithFlagOf(unit).Without(unit.Missing, down: false);
        observed = await running!.LookAgainAsync(environment, unit, now, observed, cancellation);
        var (diff, plan) = planning.Make(environment, now, observed, new HashSet<string> { MaintenanceName });
        if (plan.IsEmpty || plan.Refusals.Count > 0 || (Retries.NextOf(ledger, environment.Name, now) is { } next && next.At > clock.GetUtcNow()))
            return null;
        var verdict = new Verdict(Standing.Synced, "the flag is followed", plan, diff, UnitPlanning.AilmentsOf(now, observed));
        return await running!.RunAsync(environment, now, verdict, observed, progress, cause, isNew: false, cancellation);
    }

    /// <summary>
    /// What was announced and gives way, is held before it began, or did not come at its time, is taken back at once: nobody is left with
    /// a notice of what is not to be.
    /// </summary>
    public async Task EndNoticeAsync(ExpandedEnvironment environment, Unit unit, Announcement? told, Verdict verdict,
        Observed observed, ITurnProgress progress, CancellationToken cancellation)
    {
        var now = ledger.AnnouncementFor(environment.Name, unit.Application);
        var held = ledger.HeldRun(environment.Name, unit.Application);
        if (ledger.OpenRun(environment.Name, unit.Application) is { State: RunState.Running }
            || (held is not null && (!RunHold.IsBeforeCover(held) || verdict.Live?.Covered == true))
            || (held is not null && verdict.Standing == Standing.Suspended))
            return;
        if (now is not null && (held is not null || Notices.AreOver(now, verdict, clock.GetUtcNow())))
            running!.Open.GiveUp(environment, unit, verdict.Headline);
        else if (held is null ? now is not null || told is null || verdict.Converged : !Differs(verdict))
            return;
        if (unit.Begins is not null || ledger.LastConverged(environment.Name, unit.Application) is not { } last)
            return;
        observed = await running!.LookAgainAsync(
            environment, unit.Resources.Where(resource => resource.Id.Kind == MaintenanceName), observed, cancellation);
        await RaiseAsync(environment, unit, last, observed, progress, "what was announced does not come", cancellation);
    }

    private static bool Differs(Verdict verdict) => verdict.Diff.ByResource.Keys.Any(resource => resource.Kind == MaintenanceName);
}
