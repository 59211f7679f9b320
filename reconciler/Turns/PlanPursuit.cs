using Reconciler.Converging;
using Reconciler.Model;
using Reconciler.Observing;
using Reconciler.Planning;
using Reconciler.Remote;

namespace Reconciler.Turns;

/// <summary>How a pursuit ended: neither failure nor waiting means that a fresh observation asks for nothing more.</summary>
/// <param name="Failure">What stopped it.</param>
/// <param name="Waits">What it waits for before it goes on in a later turn.</param>
internal sealed record PursuitEnd(Verdict Verdict, ConvergeOutcome? Failure, Deferral? Waits)
{
    /// <summary>The plan that was being carried out when it ended.</summary>
    public required Plan Ran { get; init; }
}

/// <summary>Interim plans, then the exact one, each made from a fresh look, until that asks for nothing more.</summary>
internal sealed class PlanPursuit(UnitPlanning planning, Observer observer, Converger converger, Notices notices, RunGates gates)
{
    private const int MostTurns = 5;

    /// <param name="announces">Users are told before the exact plan begins; not when things are already broken.</param>
    public async Task<PursuitEnd> ThroughAsync(Attempt attempt, bool announces, CancellationToken cancellation)
    {
        var (plan, unit) = (announces ? await AfreshAsync(attempt) : attempt.Plan, attempt.Unit);
        for (var turn = 1; ; turn++)
        {
            if (announces && !plan.IsInterim && await attempt.OvertakenAsync())
                return new(await VerdictAsync(attempt), new ConvergeOutcome.Stopped(plan.Steps[0].Phase, StopReason.Overtaken), null) { Ran = plan };
            if (announces && !plan.IsInterim && await gates.AgainAsync(attempt.Environment, unit, plan, attempt.GoesOn) is { } closed)
                return new(await VerdictAsync(attempt), null, closed) { Ran = plan };
            if (announces && notices.AreToBeTold(attempt, plan))
            {
                plan = await TimedAsync(attempt, plan);
                if (gates.Of(attempt.Environment, unit, plan, attempt.GoesOn) is { } shut)
                    return new(await VerdictAsync(attempt), null, shut) { Ran = plan };
            }
            if (announces && !plan.IsInterim && await notices.MayBeginAsync(attempt, plan) is var (waits, failure) && (waits ?? (object?)failure) is not null)
                return new(await VerdictAsync(attempt), failure, waits) { Ran = plan };
            // They are announced now, or things are already broken: either way there is nothing to announce any more. A flag's own notice
            // is a step like others.
            plan = plan.IsInterim || (announces && plan.StartsAt is null) ? plan
                : plan with { Steps = [.. plan.Steps.Where(step => step.Phase != Phase.Announce)] };
            var outcome = await converger.RunAsync(plan, attempt.Context, attempt.Progress, AskedAsync, CancellationToken.None);
            // What follows from Prepare is decided from what is there, not from what was there in some earlier look.
            observer.Forget(plan.IsInterim ? unit.Resources.Concat(unit.Borrowed).Select(resource => resource.Id) : plan.Steps.Select(step => step.Resource));
            var verdict = await VerdictAsync(attempt);
            var next = verdict.Plan;
            if (outcome is not ConvergeOutcome.Completed)
            {
                // A step is not planned any more, too, where its server is lost: no other way leads past that.
                if (turn >= MostTurns || verdict.Diff.Unknown.Count > 0 || !AnotherWay(outcome, next))
                    return new(verdict, outcome, null) { Ran = plan };
            }
            else if ((next.IsEmpty && verdict.Diff.Unknown.Count == 0) || (!plan.IsInterim && IsBroughtAbout(plan, verdict)))
                return new(verdict, null, null) { Ran = plan };
            // What could not be seen may be the very thing that forbids the exact plan.
            else if (next.Refusals.Count > 0 || !plan.IsInterim || (next.IsInterim ? turn >= MostTurns : verdict.Diff.Unknown.Count > 0))
                return new(verdict, StillDifferent(plan, verdict), null) { Ran = plan };
            attempt.Progress.Planned(attempt.Environment, unit, next);
            plan = next;
        }

        async Task<StopReason?> AskedAsync() =>
            cancellation.IsCancellationRequested ? StopReason.Ending
            : !announces ? null
            : attempt.HoldAsked() ? StopReason.Held
            : await attempt.OvertakenAsync() ? StopReason.Overtaken
            : null;
    }

    /// <summary>
    /// Before anything stops, whatever was only remembered is looked at: what must be prepared after all (a live virtualenv that was damaged) comes first,
    /// while the site is up.
    /// </summary>
    private async Task<Plan> AfreshAsync(Attempt attempt)
    {
        if (attempt.Plan.IsInterim || !attempt.Plan.Phases.Contains(Phase.Stop))
            return attempt.Plan;
        observer.Forget(attempt.Unit.Resources.Concat(attempt.Unit.Borrowed).Select(resource => resource.Id));
        var seen = await VerdictAsync(attempt);
        return seen.Plan is { IsInterim: true, Refusals.Count: 0 } && seen.Diff.Unknown.Count == 0 ? seen.Plan : attempt.Plan;
    }

    /// <summary>Users have the whole notice from when it goes up: what came before, a long look or a slow git host, takes nothing from it.</summary>
    private async Task<Plan> TimedAsync(Attempt attempt, Plan plan)
    {
        var again = (await VerdictAsync(attempt)).Plan;
        return again.StartsAt is null ? plan : plan with
        {
            StartsAt = again.StartsAt,
            Steps = [.. again.Steps.Where(step => step.Phase == Phase.Announce), .. plan.Steps.Where(step => step.Phase != Phase.Announce)],
        };
    }

    /// <inheritdoc cref="Observer.LookAsync"/>
    public Task<Observed> LookAsync(IReadOnlyDictionary<string, ServerAddress> servers, IEnumerable<Resource> resources, CancellationToken cancellation) =>
        observer.LookAsync(servers, resources, cancellation);

    /// <summary>A fresh look, compared and planned.</summary>
    public async Task<Verdict> VerdictAsync(Attempt attempt)
    {
        var unit = attempt.Unit;
        var observed = await observer.LookAsync(attempt.Context.Servers,
            unit.Resources.Concat(unit.Borrowed).Concat(RivalSites.SitesBeside(attempt.Environment, unit)), CancellationToken.None);
        var (diff, plan) = planning.Make(attempt.Environment, unit, observed, attempt.Plan.HealKinds, attempt.Plan.HealAll);
        return new(Standing.Synced, "converged: a fresh observation shows no difference", plan, diff, UnitPlanning.AilmentsOf(unit, observed))
        {
            Live = LiveState.Of(unit, observed),
        };
    }

    /// <summary>
    /// No difference is left in what the plan was to bring about. What somebody else changed meanwhile is drift, and the next turn's business, not this run's failure.
    /// </summary>
    internal static bool IsBroughtAbout(Plan plan, Verdict verdict) =>
        plan.Touched is var touched
        && !verdict.Diff.ByResource.Keys.Any(resource => touched.Contains(resource) && !IsLeft(resource, plan, verdict.Plan))
        && !verdict.Diff.Unknown.Any(unknown => touched.Contains(unknown.Resource.Id));

    /// <summary>Only that is left of it which was left out on purpose, and would be refused.</summary>
    private static bool IsLeft(ResourceId resource, Plan plan, Plan next) =>
        plan.Curtailed.Contains(resource) && next.Refusals.Concat(next.Left).Any(refusal => refusal.Resource == resource);

    /// <summary>A step of Prepare failed, and a fresh look plans no such step any more: what it found out leads another way (packages that must go to System).</summary>
    private static bool AnotherWay(ConvergeOutcome outcome, Plan next) =>
        outcome is ConvergeOutcome.Failed { Step.Phase: Phase.Prepare } failed
        && !next.IsEmpty
        && !next.Steps.Any(step => step.Phase == Phase.Prepare && step.Resource == failed.Step.Resource && step.Summary == failed.Step.Summary);

    /// <summary>The steps all succeeded, and the world is not as it should be: the observation decides.</summary>
    private static ConvergeOutcome.Failed StillDifferent(Plan plan, Verdict verdict)
    {
        var why = verdict.Plan.Refusals.Select(refusal => $"{refusal.Sentence}; {refusal.Refusal}")
            .Concat(verdict.Diff.Unknown.Select(unknown => unknown.Why))
            .Concat(verdict.Diff.All.Select(difference => $"{difference.Resource.Server}: {difference.Sentence}"))
            .FirstOrDefault() ?? "something changes by itself";
        return new(plan.Steps[^1], $"every step succeeded, but afterwards {why}", Transient: verdict.Diff.Unknown.Count > 0)
        {
            Done = plan.Steps,
            SeenAfterwards = true,
        };
    }
}
