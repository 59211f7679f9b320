using Reconciler.Converging;
using Reconciler.Documents.Expansion;
using Reconciler.Journaling;
using Reconciler.Model;
using Reconciler.Observing;
using Reconciler.Planning;

namespace Reconciler.Turns;

/// <summary>A run from its first plan to its verdict: Prepare, the exact plan, a fresh observation that decides, and what a failure leads to.</summary>
internal sealed class UnitRun(
    UnitPlanning planning, Observer observer, Converger converger, IPastUnits past, ILedger ledger, ServerAddresses addresses, TimeProvider clock)
{
    private const int MostInterimTurns = 4;

    /// <param name="before">The observation that the plan was made from: what a way back leads to.</param>
    public async Task<Verdict> RunAsync(
        ExpandedEnvironment environment, Unit unit, Plan plan, Observed before, ITurnProgress progress, CancellationToken cancellation)
    {
        if (ledger.OpenRun(environment.Name, unit.Application) is { } open)
            ledger.MoveRun(open.Id, open.State == RunState.Running ? RunState.Failed : RunState.Superseded, "another run took over");
        ledger.Admit(environment.Name, "converged");
        var run = ledger.BeginRun(environment.Name, unit.Application, environment.Revision, unit.Digest);
        var context = new RunContext(run.Id, ledger.Id, ledger.Fencing, addresses.Of(environment));
        var attempt = new Attempt(environment, unit, plan, context, progress);
        var began = clock.GetTimestamp();
        var ended = await ThroughAsync(attempt, cancellation);
        if (ended.Failure is { } failure)
            return await AfterAsync(attempt, failure, ended, before, cancellation);
        ledger.MoveRun(run.Id, RunState.Succeeded, null);
        RecordSynced(environment, unit, ended.Verdict.Ailments.Count == 0, isNew: true);
        progress.Converged(environment, unit, clock.GetElapsedTime(began), null);
        return ended.Verdict with { Converged = true };
    }

    /// <summary>The ledger's memory of a unit that was just seen to be as git says.</summary>
    public void RecordSynced(ExpandedEnvironment environment, Unit unit, bool healthy, bool isNew)
    {
        if (isNew)
        {
            ledger.TakeBack(environment.Name, unit.Application, unit.Digest);
            ledger.RecordConverged(environment.Name, unit.Application, unit.Digest, environment.Revision, unit.CodeCommit);
        }
        if (unit.CodeCommit is null)
            return;
        if (healthy)
            ledger.RecordHealthy(environment.Name, unit.Application, unit.CodeCommit, unit.BaseDigest);
        else
            ledger.RecordNoLongerHealthy(environment.Name, unit.Application, unit.CodeCommit, unit.BaseDigest);
    }

    private sealed record Attempt(ExpandedEnvironment Environment, Unit Unit, Plan Plan, RunContext Context, ITurnProgress Progress);

    private sealed record End(Verdict Verdict, ConvergeOutcome? Failure);

    /// <summary>Prepare plans, then the exact one, until a fresh observation asks for nothing more.</summary>
    private async Task<End> ThroughAsync(Attempt attempt, CancellationToken cancellation)
    {
        var (plan, unit) = (attempt.Plan, attempt.Unit);
        for (var turn = 1; ; turn++)
        {
            var outcome = await converger.RunAsync(plan, attempt.Context, attempt.Progress, _ => cancellation.IsCancellationRequested, CancellationToken.None);
            observer.Forget(plan.Steps.Select(step => step.Resource));
            var observed = await observer.LookAsync(attempt.Context.Servers, unit.Resources.Concat(unit.Borrowed), CancellationToken.None);
            var (diff, next) = planning.Make(attempt.Environment, unit, observed, null, Known(attempt));
            var verdict = new Verdict(Standing.Synced, "converged: a fresh observation shows no difference", next, diff, UnitPlanning.AilmentsOf(unit, observed));
            if (outcome is not ConvergeOutcome.Completed && !(turn < MostInterimTurns && AnotherWay(outcome, next)))
                return new(verdict, outcome);
            if (next.IsEmpty && diff.Unknown.Count == 0 && outcome is ConvergeOutcome.Completed)
                return new(verdict, null);
            if (next.Refusals.Count > 0 || !plan.IsInterim || (next.IsInterim && turn >= MostInterimTurns))
                return new(verdict, StillDifferent(plan, verdict));
            attempt.Progress.Planned(attempt.Environment, unit, next);
            plan = next;
        }
    }

    private bool Known(Attempt attempt) => ledger.LastConverged(attempt.Environment.Name, attempt.Unit.Application) is not null;

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
        return new(plan.Steps[^1], $"every step succeeded, but afterwards {why}", Transient: false) { Done = plan.Steps };
    }

    private async Task<Verdict> AfterAsync(Attempt attempt, ConvergeOutcome failure, End ended, Observed before, CancellationToken cancellation)
    {
        var (environment, unit, run) = (attempt.Environment, attempt.Unit, attempt.Context.Run);
        if (failure is ConvergeOutcome.Fenced(var server, var why))
            return End(RunState.Failed, Standing.Fenced, $"{server} obeys another controller: {why}");
        if (failure is ConvergeOutcome.Stopped(var phase))
            return End(RunState.Failed, Standing.Failed, $"stopped before {phase}, as asked");
        var failed = (ConvergeOutcome.Failed)failure;
        var reason = $"{failed.Step.Phase} on {failed.Step.Resource.Server}: {failed.Step.Summary}: {failed.Reason}";
        var last = ledger.LastConverged(environment.Name, unit.Application);
        var decision = FailurePolicy.Decide(failed.Step.Phase, failed.Irreversible, failed.SystemChanged, last is not null, failed.Transient, triedAgain: false);
        if (decision == AfterFailure.TryOnceMore)
        {
            attempt.Progress.Failed(environment, unit, $"{reason}\nThe migration is through, so there is no way back: the rest is tried once more.");
            var again = await ThroughAsync(attempt with { Plan = ended.Verdict.Plan }, cancellation);
            if (again.Failure is null)
            {
                ledger.MoveRun(run, RunState.Succeeded, "at the second try");
                RecordSynced(environment, unit, again.Verdict.Ailments.Count == 0, isNew: true);
                return again.Verdict with { Converged = true };
            }
            decision = AfterFailure.Hold;
        }
        if (decision != AfterFailure.TryLater)
            PutAside(environment, unit, reason, run);
        switch (decision)
        {
            case AfterFailure.TryLater:
                return End(RunState.Failed, Standing.Failed, $"{reason}. Nothing was stopped; it is tried again.");
            case AfterFailure.SetAside:
                attempt.Progress.Failed(environment, unit, $"{reason}\nNothing was stopped and nobody noticed. A newer commit, or `reconciler retry`, tries again.");
                return End(RunState.Failed, Standing.SetAside, $"{reason}. Nothing was stopped.");
            case AfterFailure.GoBack:
                return await GoBackAsync(attempt, last!, reason, before, cancellation);
            case AfterFailure.FirstDeployFailed:
                await StopServicesAsync(attempt, cancellation);
                return End(RunState.Failed, Standing.SetAside, $"FirstDeployFailed: {reason}. There is no earlier state; the page is on. A newer desired state tries again.");
            default:
                await StopServicesAsync(attempt, cancellation);
                return End(RunState.Held, Standing.Held, $"{reason}. The page is on. It goes on with a newer desired state, or with `reconciler retry`.");
        }

        Verdict End(RunState state, Standing standing, string sentence)
        {
            ledger.MoveRun(run, state, sentence);
            return ended.Verdict with { Standing = standing, Reason = sentence };
        }
    }

    private void PutAside(ExpandedEnvironment environment, Unit unit, string reason, string run)
    {
        ledger.PutAside(environment.Name, unit.Application, unit.Digest, reason, run);
        if (unit.CodeCommit is not null)
            ledger.RecordFailedRelease(environment.Name, unit.Application, unit.CodeCommit, unit.BaseDigest);
    }

    /// <summary>The desired state of before becomes the one to converge to; what is done follows from a fresh look, as always.</summary>
    private async Task<Verdict> GoBackAsync(Attempt attempt, Converged last, string reason, Observed before, CancellationToken cancellation)
    {
        attempt.Progress.Failed(attempt.Environment, attempt.Unit, $"{reason}\nGoing back to revision {last.Revision[..12]}, which was converged {last.At:u}.");
        var unit = (await past.UnitAtAsync(attempt.Environment.Name, attempt.Unit.Application, last.Revision, cancellation))
            .WithSecretsAsSeen(before.Resources) with { Flag = attempt.Unit.Flag };
        var observed = await observer.LookAsync(attempt.Context.Servers, unit.Resources.Concat(unit.Borrowed), CancellationToken.None);
        var (_, plan) = planning.Make(attempt.Environment, unit, observed, null, Known(attempt));
        var back = await ThroughAsync(attempt with { Unit = unit, Plan = plan }, CancellationToken.None);
        if (back.Failure is null)
        {
            ledger.MoveRun(attempt.Context.Run, RunState.RolledBack, reason);
            return back.Verdict with { Standing = Standing.SetAside, Reason = $"{reason}. Went back to revision {last.Revision[..12]}; this desired state is set aside." };
        }
        var why = back.Failure is ConvergeOutcome.Failed failed ? $"{failed.Step.Summary}: {failed.Reason}" : back.Failure.ToString();
        ledger.MoveRun(attempt.Context.Run, RunState.Held, $"{reason}; and going back failed: {why}");
        return back.Verdict with { Standing = Standing.Held, Reason = $"{reason}; and going back failed: {why}. The page is on." };
    }

    private async Task StopServicesAsync(Attempt attempt, CancellationToken cancellation)
    {
        var unit = attempt.Unit.WithServicesStopped();
        var observed = await observer.LookAsync(attempt.Context.Servers, unit.Resources, cancellation);
        var (_, plan) = planning.Make(attempt.Environment, unit, observed, null, Known(attempt));
        await converger.RunAsync(plan, attempt.Context, attempt.Progress, _ => false, CancellationToken.None);
    }
}
