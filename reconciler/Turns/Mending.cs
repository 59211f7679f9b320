using Reconciler.Documents.Expansion;
using Reconciler.Journaling;
using Reconciler.Model;
using Reconciler.Observing;

namespace Reconciler.Turns;

/// <summary>What was converged last is mended while what git says now cannot be brought about.</summary>
/// <param name="running">Null for looking only.</param>
internal sealed class Mending(UnitPlanning planning, UnitRun? running, IPastUnits past, ILedgerReader ledger, TimeProvider clock)
{
    // Each of them failed, and was tried again after a pause that grows to minutes.
    private const int MostRuns = 1000;

    /// <summary>
    /// What git says failed here, or has to wait: the last converged state stays the one that is mended, wholly when a controller ended in the middle of
    /// going back to it.
    /// </summary>
    public async Task<Beside> BesideAsync(
        ExpandedEnvironment environment, Unit unit, Verdict obstacle, Converged last, Observed observed, ITurnProgress progress,
        CancellationToken cancellation)
    {
        var interrupted = ledger.OpenRun(environment.Name, unit.Application) is { State: RunState.Running }
            || IsWayBackOpen(ledger, environment.Name, unit.Application, last);
        var before = (await past.UnitAtAsync(environment.Name, unit.Application, last.Revision, cancellation))
            .WithSecretsAsPlaced(observed.Resources).WithFlagOf(unit).Without(unit.Missing, down: false);
        // Under the digest that it was converged by: its sources may have other values by now, and that is not git moving.
        before = (interrupted ? before.WithoutMigrations() : before) with { Digest = last.Digest };
        observed = await running!.LookAgainAsync(environment, unit, before, observed, cancellation);
        var verdict = planning.Compared(environment, before, observed, everything: interrupted);
        return await MendAsync(environment, before, obstacle, verdict, observed, progress,
            interrupted ? "a run broke off on its way back to what was converged last" : Drifted, cancellation);
    }

    private const string Drifted = "the servers had drifted from what was converged last";

    /// <summary>
    /// The run that went back ended in the middle, and none has come through since: that one may have ended as well, or not even begun when its
    /// controller did.
    /// </summary>
    public static bool IsWayBackOpen(ILedgerReader ledger, string environment, string application, Converged last) =>
        ledger.AllSetAside(environment).Where(aside => aside.Application == application).MaxBy(aside => aside.At)?.Run is { } run
        && ledger.FindRun(run) is { State: RunState.Failed, Phase: >= Phase.Cover }
        && !ledger.Runs(environment, application, MostRuns).TakeWhile(later => later.Id != run)
            .Any(later => later.State is RunState.Succeeded or RunState.Incomplete && later.Digest == last.Digest);

    private async Task<Beside> MendAsync(ExpandedEnvironment environment, Unit before, Verdict obstacle, Verdict verdict, Observed observed,
        ITurnProgress progress, string cause, CancellationToken cancellation)
    {
        if (verdict.Plan.IsEmpty || verdict.Diff.Unknown.Count > 0 || verdict.Plan.Refusals.Count > 0)
            return new(obstacle with { Ailments = verdict.Ailments }, IsAsBefore: verdict.Diff.Unknown.Count == 0 && verdict.Plan.IsEmpty);
        var mended = await running!.RunAsync(environment, before, verdict, observed, progress, cause, isNew: false, cancellation);
        return new(!mended.Converged ? mended
            : before.Refusal is null ? obstacle with { Ailments = mended.Ailments }
            : mended with { Standing = obstacle.Standing, Reason = obstacle.Reason }, IsAsBefore: false);
    }

    /// <summary>What git says now is refused: the state that was converged last is looked at and mended, under the flag of now.</summary>
    public async Task<Verdict> InsteadAsync(ExpandedEnvironment environment, Unit unit, Converged last, Observed observed, TurnOptions options,
        ITurnProgress progress, CancellationToken cancellation)
    {
        var verdict = planning.Compared(environment, unit, observed, everything: false);
        var refused = verdict with { Standing = Standing.Refused, Reason = RefusedUnits.Sentence(environment, unit, last) };
        if (running is null || options.DryRun || options.Hindrance is not null || ledger.HeldRun(environment.Name, unit.Application) is not null
            || Retries.NextOf(ledger, environment.Name, unit) is { } next && next.At > clock.GetUtcNow())
            return refused;
        return (await MendAsync(environment, unit, refused, verdict, observed, progress, Drifted, cancellation)).Verdict;
    }
}

/// <param name="IsAsBefore">The servers are as the state of before says, and all of them answered.</param>
internal sealed record Beside(Verdict Verdict, bool IsAsBefore);
