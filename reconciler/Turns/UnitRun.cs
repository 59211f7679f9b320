using Reconciler.Converging;
using Reconciler.Diffing;
using Reconciler.Documents.Expansion;
using Reconciler.Journaling;
using Reconciler.Model;
using Reconciler.Observing;
using Reconciler.Planning;
using Reconciler.Remote;
using Reconciler.Reporting;

namespace Reconciler.Turns;

/// <summary>What a run is carried out with, from its first plan on.</summary>
internal sealed record Attempt(ExpandedEnvironment Environment, Unit Unit, Plan Plan, RunContext Context, ITurnProgress Progress)
{
    /// <summary>The ledger's id of the run.</summary>
    public string Run => Context.Run;

    /// <summary>The site is down already, from a run that was held or broke off.</summary>
    public bool GoesOn { get; init; }

    /// <summary>What stood in the logs before it, so that what is new in them can be told.</summary>
    public IReadOnlyList<ServiceLog> LogsBefore { get; init; } = [];

    /// <summary>Whether a person has asked to stop it before its next phase.</summary>
    public Func<bool> HoldAsked { get; init; } = () => false;

    /// <summary>Whether a newer commit that says something else is in force by now. Before anything is covered or stopped, it comes first (safety.md, fault 12).</summary>
    public Func<Task<bool>> OvertakenAsync { get; init; } = () => Task.FromResult(false);
}

/// <summary>A run from its first plan to its verdict: Prepare, notice, the exact plan, and a fresh observation that decides.</summary>
internal sealed class UnitRun(
    PlanPursuit pursuit, LeavingBehind leaving, FailedRun failed, OpenRuns open, IPastUnits past, ServerFences fences, RunGates gates, ServiceLogs logs,
        ILedger ledger, ServerAddresses addresses, TimeProvider clock)
{
    /// <summary>The name under which a run gives way to a newer commit; nobody wants to open it.</summary>
    public const string NewerCommitGate = "newerCommit";

    /// <summary>Those that are not over.</summary>
    public OpenRuns Open => open;

    /// <param name="before">The observation that the plan was made from: what a way back leads to.</param>
    /// <param name="cause">Who or what begins it, for the record.</param>
    /// <param name="isNew">False for a way back to what was converged before.</param>
    public async Task<Verdict> RunAsync(
        ExpandedEnvironment environment, Unit unit, Verdict planned, Observed before, ITurnProgress progress, string cause, bool isNew,
        CancellationToken cancellation)
    {
        if (await HindranceAsync(environment, planned.Plan, cancellation) is var (standing, why))
            return planned with { Standing = standing, Reason = why };
        progress.Planned(environment, unit, planned.Plan);
        var goesOn = gates.GoesOn(environment, unit);
        var waited = isNew && ledger.OpenRun(environment.Name, unit.Application) is { } last && last.Digest == unit.Digest
            && (last.State == RunState.Waiting || open.IsUncovering(last)) ? last : null;
        if (await open.EndAsync(environment, unit, waited, cause, isNew, cancellation) is { } unsettled)
            return planned with { Standing = Standing.Failed, Reason = unsettled };
        Admit(environment);
        var run = waited ?? ledger.BeginRun(environment.Name, unit.Application, environment.Revision, unit.Digest, unit.CodeCommit, cause);
        if (waited?.State == RunState.Waiting)
            ledger.MoveRun(run.Id, RunState.Running, null);
        var context = new RunContext(run.Id, environment.Name, ledger.Id, ledger.FencingOf(environment.Name), addresses.Of(environment),
            ledger.Steps(run.Id).Select(step => step.Operation.Step).DefaultIfEmpty().Max());
        var attempt = new Attempt(environment, unit, planned.Plan, context, progress)
        {
            GoesOn = goesOn,
            LogsBefore = isNew && unit.CodeCommit is not null ? await logs.ReadAsync(environment, unit, null, cancellation) : [],
            HoldAsked = () => RunHold.AskedOf(ledger, environment.Name, unit.Application) is not null,
            // Where the site is down already, the shortest way up is to the end of what was prepared.
            OvertakenAsync = async () => isNew && !goesOn && await past.NewerThanAsync(environment.Name, environment.Revision, cancellation) is not null,
        };
        leaving.LeaveOut(attempt);
        var began = clock.GetTimestamp();
        var end = await pursuit.ThroughAsync(attempt, announces: true, cancellation);
        (attempt, end) = await leaving.GoOnAsync(attempt, end, cancellation);
        if (end.Waits is { } deferral)
        {
            ledger.MoveRun(run.Id, RunState.Waiting, deferral.Sentence);
            return end.Verdict with { Standing = Standing.Deferred, Reason = deferral.Sentence, Deferral = deferral };
        }
        if (end.Failure is ConvergeOutcome.Stopped { Why: StopReason.Overtaken, Before: var next })
            return await GiveWayAsync(attempt, end, next);
        if (end.Failure is { } failure)
        {
            var broken = await failed.AfterAsync(attempt, failure, end, before, cancellation) with { Tried = planned.Diff };
            TellUncovered(attempt, run);
            return broken with { Missing = [.. attempt.Unit.Missing.Where(server => !server.Answers)] };
        }
        // Taking a notice down is not what is held: that stays in force beside it.
        if (!isNew && ledger.HeldRun(environment.Name, unit.Application) is { } held)
            ledger.MoveRun(run.Id, RunState.Withdrawn, $"the notice was taken down; run {held.Id} stays held");
        else
            leaving.End(attempt, null);
        // Mending is not what users were told of: that is still to come.
        if (isNew)
            ledger.WithdrawAnnouncement(environment.Name, unit.Application);
        else if (unit.Alone is null)
            ForgetPassed(environment, unit);
        if (unit.Alone is null)
            RecordSynced(environment, attempt.Unit, end.Verdict.Ailments.Count == 0, isNew);
        progress.Converged(environment, unit, clock.GetElapsedTime(began), TellUncovered(attempt, run));
        var ended = end.Verdict with { Converged = true, Missing = attempt.Unit.Missing };
        return end.Verdict.Diff.ByResource.Count == 0
            ? ended
            : ended with { Standing = Standing.Drifted, Reason = $"done what was to be done; left: {Reported(end.Verdict.Diff)}" };
    }

    /// <summary>The next turn goes by the newer commit. Where that asks for the same of this application, the run goes on with what it has prepared.</summary>
    private async Task<Verdict> GiveWayAsync(Attempt attempt, PursuitEnd end, Phase next)
    {
        var newer = await past.NewerThanAsync(attempt.Environment.Name, attempt.Environment.Revision, CancellationToken.None);
        var deferral = new Deferral(NewerCommitGate,
            $"commit {newer?[..12]} came in before {next}, when nothing had been covered or stopped: it comes first", clock.GetUtcNow());
        ledger.MoveRun(attempt.Run, RunState.Waiting, deferral.Sentence);
        return end.Verdict with { Standing = Standing.Deferred, Reason = deferral.Sentence, Deferral = deferral };
    }

    /// <summary>
    /// A controller of before that still acts somewhere is stopped before anything is begun; what stands in the ledger stays until then. A server that is
    /// lost, and on which nothing is to be done, keeps nothing else from being mended.
    /// </summary>
    private async Task<(Standing, string)?> HindranceAsync(ExpandedEnvironment environment, Plan plan, CancellationToken cancellation)
    {
        var touched = plan.Steps.Select(step => step.Resource.Server).ToHashSet();
        try
        {
            return await fences.RaiseAsync(environment.Name, addresses.Of(environment).Values.Where(server => touched.Contains(server.Name)), cancellation)
                is var (server, why) ? (Standing.Fenced, $"{server} obeys another controller: {why}") : null;
        }
        catch (SessionException fault)
        {
            return (Standing.Failed, $"nothing was begun, for not all servers know of this controller yet: {fault.Message}; it is tried again");
        }
    }

    /// <summary>Whether a server of one that this ledger has never changed obeys another: a yes would lead nowhere.</summary>
    public async Task<string?> ObeysAnotherAsync(ExpandedEnvironment environment, Unit unit, CancellationToken cancellation)
    {
        var its = unit.Resources.Select(resource => resource.Id.Server).ToHashSet();
        return await fences.ObeysAnotherAsync(environment.Name, addresses.Of(environment).Values.Where(server => its.Contains(server.Name)), cancellation)
            is { } other ? $"{other.Server} obeys another controller: {other.Reason}" : null;
    }

    /// <summary>As the history will say it, by the journal: another controller may have covered.</summary>
    /// <returns>Null when the run took no page away.</returns>
    private TimeSpan? TellUncovered(Attempt attempt, Run run)
    {
        var steps = ledger.Steps(run.Id);
        if (CoveredStretch.Of(steps, CoveredStretch.FoundBy(run, steps, ledger), clock.GetUtcNow()) is not ({ } covered, Left: false))
            return null;
        attempt.Progress.Uncovered(attempt.Environment, attempt.Unit, covered);
        return covered;
    }

    /// <summary>What is left as it is: how much, and what first.</summary>
    public static string Reported(Diff diff)
    {
        var first = diff.All.First();
        var others = diff.All.Count() - 1;
        return $"{first.Resource.Server}: {first.Sentence}{(others == 0 ? "" : $"; and {others} more")}: "
            + (first is { Gate: null, Refusal: { } refusal } ? refusal : "policy only reports it");
    }

    /// <inheritdoc cref="PersonsWords.Keep"/>
    public void KeepWord(ExpandedEnvironment environment, Unit unit, TurnOptions options) =>
        PersonsWords.Keep(ledger, environment.Name, unit, options);

    /// <inheritdoc cref="PersonsWords.After"/>
    public void WordAfter(ExpandedEnvironment environment, Unit unit, TurnOptions options, Standing standing) =>
        PersonsWords.After(ledger, environment.Name, unit, options, standing);

    /// <summary>
    /// What was read of a resource was read for what git says of it (a definition is outdated or not); what was converged before may want something else,
    /// and judged by the wrong facts it would be mended for ever.
    /// </summary>
    public async Task<Observed> LookAgainAsync(ExpandedEnvironment environment, Unit looked, Unit wanted, Observed observed, CancellationToken cancellation)
    {
        var specs = looked.Resources.ToDictionary(resource => resource.Id, resource => resource.Spec);
        var others = wanted.Resources.Where(resource => !specs.TryGetValue(resource.Id, out var spec) || !spec.Equals(resource.Spec)).ToList();
        return others.Count == 0 ? observed : await LookAgainAsync(environment, others, observed, cancellation);
    }

    /// <summary>A fresh look at some, and what was seen before of the others.</summary>
    public async Task<Observed> LookAgainAsync(
        ExpandedEnvironment environment, IEnumerable<Resource> resources, Observed observed, CancellationToken cancellation)
    {
        var again = await pursuit.LookAsync(addresses.Of(environment), resources, cancellation);
        return new(
            observed.Resources.Concat(again.Resources).GroupBy(entry => entry.Key).ToDictionary(group => group.Key, group => group.Last().Value),
            observed.Unreachable.Concat(again.Unreachable).GroupBy(entry => entry.Key).ToDictionary(group => group.Key, group => group.Last().Value));
    }

    /// <summary>What was announced for a time that is over did not come, and comes at another: users are told anew.</summary>
    public void ForgetPassed(ExpandedEnvironment environment, Unit unit)
    {
        if (ledger.AnnouncementFor(environment.Name, unit.Application) is { } announced && announced.StartsAt <= clock.GetUtcNow())
            ledger.WithdrawAnnouncement(environment.Name, unit.Application);
    }

    /// <summary>What was set aside because a server was lost is tried again, once, when that server answers.</summary>
    /// <returns>Whether it may be tried now.</returns>
    public bool LetLapse(ExpandedEnvironment environment, Unit unit, Observed observed)
    {
        if (ledger.SetAsideAs(environment.Name, unit.Application, unit.Digest)?.LostServer is not { } lost
            || observed.Unreachable.ContainsKey(lost))
            return false;
        ledger.Lapse(environment.Name, unit.Application, unit.Digest);
        return true;
    }

    /// <summary>From now on it may be changed without a person's word.</summary>
    public void Admit(ExpandedEnvironment environment) => ledger.Admit(environment.Name, "converged");

    /// <summary>What was converged last is what the newest revision says too.</summary>
    public void RecordSame(ExpandedEnvironment environment, Unit unit) => ledger.RecordSameAt(environment.Name, unit.Application, environment.Revision);

    /// <inheritdoc cref="UnitMemory.RecordSynced"/>
    public void RecordSynced(ExpandedEnvironment environment, Unit unit, bool healthy, bool isNew) =>
        UnitMemory.RecordSynced(ledger, environment, unit, healthy, isNew);
}
