using Reconciler.Documents.Expansion;
using Reconciler.Journaling;
using Reconciler.Planning;

namespace Reconciler.Turns;

/// <summary>What keeps a turn from acting: policy, a person's word, a gate, a failure that is not due to be tried again.</summary>
internal sealed class Obstacles(RunGates gates, ILedgerReader ledger, TimeProvider clock)
{
    /// <param name="mayChange">A person, or git, has said yes to changing this environment from here.</param>
    /// <returns>Why nothing is done in this turn; null when there is no reason.</returns>
    public Verdict? Of(ExpandedEnvironment environment, Unit unit, Verdict verdict, TurnOptions options, bool mayChange)
    {
        var plan = verdict.Plan;
        if (ledger.HeldRun(environment.Name, unit.Application) is { } held && held.Digest == unit.Digest && !options.ByPerson)
            return verdict with { Standing = Standing.Held, Reason = held.Reason ?? "held", Run = held.Id };
        if (ledger.SetAsideAs(environment.Name, unit.Application, unit.Digest) is { } aside && !options.ByPerson)
            return verdict with { Standing = Standing.SetAside, Reason = aside.Reason, Run = aside.Run };
        if (verdict.Diff.Unknown.Count > 0)
            return verdict with { Standing = Standing.Unseen, Reason = unit.WhyComplete ?? verdict.Diff.Unknown[0].Why };
        // What is to be mended here may only show when the servers are mended: the word waits for that.
        if (plan is { IsEmpty: true, Refusals.Count: 0 } && mayChange
            && options is { HealAll: true, DryRun: false, WaitsForServers: true, Hindrance: { } first })
            return verdict with { Standing = Standing.Failed, Reason = first, WaitsForServers = true };
        if (plan.IsEmpty)
            return null;
        if (plan.Refusals.Count > 0)
        {
            var refused = plan.Refusals[0];
            return verdict with
            {
                Standing = Standing.Refused, Reason = $"{refused.Resource}: {refused.Sentence}; {refused.Refusal}",
            };
        }
        if (options.DryRun)
            return Planned(verdict, DeferralOf(environment, unit, plan, looksAhead: true));
        if (!mayChange)
            return verdict with
            {
                Standing = Standing.NeverConverged,
                Reason = $"this ledger has never changed {environment.Name}: look at `reconciler plan {environment.Name}`, then say yes once with "
                    + $"{Advice.Again(environment.Name, unit.Application)}, or write bootstrap: allow in {environment.Name}/environment.yaml",
            };
        if (options.Hindrance is { } hindrance && !(options.MayMend && plan.HealKinds is not null))
            return verdict with { Standing = Standing.Failed, Reason = hindrance, WaitsForServers = options.WaitsForServers };
        if ((!options.ByPerson || options.IsKept) && Retries.NextOf(ledger, environment.Name, unit) is { } next
            && next.At > clock.GetUtcNow())
            return verdict with { Standing = Standing.Failed, Reason = next.Why, Deferral = new(Retries.Gate, next.Why, next.At) };
        return DeferralOf(environment, unit, plan) is { } deferral
            ? verdict with { Standing = Standing.Deferred, Reason = deferral.Sentence, Deferral = deferral }
            : null;
    }

    private static Verdict Planned(Verdict verdict, Deferral? deferral) => verdict with
    {
        Standing = Standing.Planned,
        Reason = deferral is null ? "planned, not done" : $"planned, not done; a run would wait: {deferral.Sentence}",
        Deferral = deferral,
    };

    private Deferral? DeferralOf(ExpandedEnvironment environment, Unit unit, Plan plan, bool looksAhead = false) =>
        NoticeOf(environment, unit) ?? gates.Of(environment, unit, plan, gates.GoesOn(environment, unit), looksAhead);

    /// <summary>This very desired state is announced, and its time has not come.</summary>
    private Deferral? NoticeOf(ExpandedEnvironment environment, Unit unit) =>
        ledger.OpenRun(environment.Name, unit.Application) is { State: RunState.Waiting } waiting
        && waiting.Digest == unit.Digest
        && ledger.AnnouncementFor(environment.Name, unit.Application) is { } announced
        && announced.StartsAt > clock.GetUtcNow()
            ? Notices.Waiting(announced.StartsAt)
            : null;
}
