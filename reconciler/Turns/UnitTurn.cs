using Reconciler.Documents.Expansion;
using Reconciler.Journaling;
using Reconciler.Observing;
using Reconciler.Planning;

namespace Reconciler.Turns;

/// <summary>
/// One turn for one unit: decides from the desired state and the observation just made whether to act, and if so carries the run through. What happened
/// earlier counts only for policy: set aside, held, admitted, proven.
/// </summary>
internal sealed class UnitTurn(UnitPlanning planning, UnitRun running, ILedgerReader ledger, TimeProvider clock)
{
    public async Task<Verdict> RunAsync(ExpandedEnvironment environment, Unit unit, Observed observed, TurnOptions options, ITurnProgress progress, CancellationToken cancellation)
    {
        var last = ledger.LastConverged(environment.Name, unit.Application);
        var moved = last?.Digest != unit.Digest;
        var (diff, plan) = planning.Make(environment, unit, observed, moved || options.HealAll ? null : environment.Policy.HealKinds, known: last is not null);
        var verdict = new Verdict(Standing.Synced, "the servers are as git says", plan, diff, UnitPlanning.AilmentsOf(unit, observed));
        if (Obstacle(environment, unit, verdict, options) is { } obstacle)
            return obstacle;
        if (plan.IsEmpty)
            return Settle(environment, unit, verdict, last);
        progress.Planned(environment, unit, plan);
        return await running.RunAsync(environment, unit, plan, observed, progress, cancellation);
    }

    /// <summary>Why nothing is done in this turn; null when there is no reason.</summary>
    private Verdict? Obstacle(ExpandedEnvironment environment, Unit unit, Verdict verdict, TurnOptions options)
    {
        var plan = verdict.Plan;
        if (ledger.OpenRun(environment.Name, unit.Application) is { State: RunState.Held } held && held.Digest == unit.Digest)
            return verdict with { Standing = Standing.Held, Reason = held.Reason ?? "held" };
        if (ledger.SetAsideAs(environment.Name, unit.Application, unit.Digest) is { } aside && !options.ByPerson)
            return verdict with { Standing = Standing.SetAside, Reason = aside.Reason };
        if (verdict.Diff.Unknown.Count > 0)
            return verdict with { Standing = Standing.Unseen, Reason = verdict.Diff.Unknown[0].Why };
        if (plan.IsEmpty)
            return null;
        if (options.DryRun)
            return verdict with { Standing = Standing.Planned, Reason = "planned, not done" };
        if (plan.Refusals.Count > 0)
            return verdict with { Standing = Standing.Refused, Reason = $"{plan.Refusals[0].Resource}: {plan.Refusals[0].Sentence}; {plan.Refusals[0].Refusal}" };
        if (!options.ByPerson && !environment.Policy.BootstrapAllowed && ledger.AdmissionOf(environment.Name) is null)
            return verdict with
            {
                Standing = Standing.NeverConverged,
                Reason = $"this ledger has never changed {environment.Name}: look at the plan, then run `reconciler converge {environment.Name}` once, or write bootstrap: allow",
            };
        return DeferralOf(environment, unit) is { } deferral
            ? verdict with { Standing = Standing.Deferred, Reason = deferral.Sentence, Deferral = deferral }
            : null;
    }

    private Deferral? DeferralOf(ExpandedEnvironment environment, Unit unit)
    {
        if (environment.Policy.PromotedFrom is not { } promotion || unit.CodeCommit is null || unit.Acknowledged.Contains("promotedFrom"))
            return null;
        if (ledger.LastConverged(environment.Name, unit.Application)?.CodeCommit == unit.CodeCommit)
            return null;
        var release = ledger.ReleaseOf(promotion.Environment, unit.Application, unit.CodeCommit, unit.BaseDigest);
        return Gates.Promotion(promotion.Environment, promotion.Soak, unit.CodeCommit,
            release is null ? null : new(release.HealthySince, release.SetAsideAt), clock.GetUtcNow());
    }

    private Verdict Settle(ExpandedEnvironment environment, Unit unit, Verdict verdict, Converged? last)
    {
        if (verdict.Diff.IsEmpty)
            running.RecordSynced(environment, unit, verdict.Ailments.Count == 0, isNew: last?.Digest != unit.Digest);
        return verdict.Diff.IsEmpty
            ? verdict
            : verdict with { Standing = Standing.Drifted, Reason = "differs from git, and policy only reports it (selfHeal, or converge --heal)" };
    }
}
