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
    PlanPursuit pursuit, LeavingBehind leaving, FailedRun failed, IPastUnits past, IntentSettler settler, ServerFences fences, RunGates gates, ServiceLogs logs,
        ILedger ledger,
        ServerAddresses addresses, TimeProvider clock)
{
    /// <summary>The name under which a run gives way to a newer commit; nobody wants to open it.</summary>
    public const string NewerCommitGate = "newerCommit";

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
        var waited = isNew && ledger.OpenRun(environment.Name, unit.Application) is { } open && open.Digest == unit.Digest
            && (open.State == RunState.Waiting || IsUncovering(open)) ? open : null;
        if (await EndOpenRunAsync(environment, unit, waited, cause, isNew, cancellation) is { } unsettled)
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

    /// <inheritdoc cref="UnitTurn.SettleAsync"/>
    public async Task<string?> SettleAsync(ExpandedEnvironment environment, CancellationToken cancellation)
    {
        string? unsettled = null;
        await fences.TellAsync(environment.Name, addresses.Of(environment).Values, cancellation);
        foreach (var open in ledger.OpenRuns().Where(run => run.Environment == environment.Name))
        {
            var silent = new HashSet<string>();
            if (await settler.SettleAsync(open.Id, addresses.Of(environment), cancellation, server => silent.Add(server)) is { } why)
            {
                ledger.LeaveOpen(open.Id, why);
                if (!MayGoWithout(environment, open, silent))
                    unsettled = $"run {open.Id} has not ended: {why}";
            }
            else if (open.State == RunState.Running)
                ForgetUntold(open);
        }
        return unsettled;
    }

    /// <summary>
    /// All that is not known of it is what became of steps on servers that do not answer and may be missed; whether they really may the look after this decides.
    /// </summary>
    private bool MayGoWithout(ExpandedEnvironment environment, Run open, HashSet<string> silent) =>
        silent.Count <= environment.Policy.MaxUnavailable
        && ledger.OpenIntents().Where(step => step.Operation.Run == open.Id).All(step => silent.Contains(step.Resource.Split('/')[0]) && step.Phase != Phase.Migrate);

    /// <summary>What became of steps on servers that a unit goes without is asked when they are back.</summary>
    private void GiveUpOnMissing(ExpandedEnvironment environment, Unit unit, Run open)
    {
        var intents = ledger.OpenIntents().Where(step => step.Operation.Run == open.Id).Select(step => step.Resource.Split('/')[0]).ToHashSet();
        foreach (var server in unit.Missing.Where(server => !server.Answers && intents.Contains(server.Name)))
            ledger.LeaveOut(environment.Name, unit.Application, server.Name, open.Digest, server.Why);
        settler.GiveUp(open.Id, unit.Missing.Where(server => !server.Answers).Select(server => server.Name).ToHashSet());
    }

    /// <inheritdoc cref="IntentSettler.AskAgainAsync"/>
    public Task<string?> AskAgainAsync(ExpandedEnvironment environment, LeftOut left, CancellationToken cancellation) =>
        settler.AskAgainAsync(environment.Name, ledger.StepsGivenUp(left), addresses.Of(environment), cancellation);

    /// <inheritdoc cref="ILedger.TakeIn"/>
    public void TakeIn(LeftOut left) => ledger.TakeIn(left.Environment, left.Application, left.Server);

    /// <summary>
    /// The time of a notice is noted before it goes up. If the controller died in between, not all users were promised anything, and are told a time still to
    /// come.
    /// </summary>
    private void ForgetUntold(Run open)
    {
        if (ledger.AnnouncementFor(open.Environment, open.Application) is not { } announced)
            return;
        var telling = ledger.Runs(open.Environment, open.Application, most: 20)
            .SelectMany(run => ledger.Steps(run.Id))
            .Where(step => step.Phase == Phase.Announce && step.SettledAt >= announced.AnnouncedAt)
            .GroupBy(step => (step.Resource, step.Summary), step => step.State is StepState.Verified or StepState.Lost).ToList();
        if (telling.Count == 0 || telling.Exists(step => !step.Contains(true)))
            ledger.WithdrawAnnouncement(open.Environment, open.Application);
    }

    /// <summary>A fresh observation shows what git says: what a dead controller left open, or a person held and mended by hand, is over.</summary>
    public void CloseRuns(ExpandedEnvironment environment, Unit unit)
    {
        if (ledger.OpenRun(environment.Name, unit.Application) is { } left)
            GiveUpOnMissing(environment, unit, left);
        var unsettled = ledger.OpenIntents().Select(step => step.Operation.Run).ToHashSet();
        if (ledger.OpenRun(environment.Name, unit.Application) is { } open && !unsettled.Contains(open.Id))
        {
            if (IsUncovering(open))
                ledger.MoveRun(open.Id, unit.Missing.Count == 0 ? RunState.Succeeded : RunState.Incomplete, $"{open.Reason}\nA fresh observation shows that it is gone");
            else
                ledger.MoveRun(open.Id, open.State == RunState.Waiting ? RunState.Withdrawn : RunState.Failed,
                open.State == RunState.Waiting ? "git no longer asks for it" : "its controller ended in the middle; a fresh observation shows what git says");
            // Its time was promised for a change that does not come; the next one gets a notice of its own.
            ledger.WithdrawAnnouncement(environment.Name, unit.Application);
        }
        if (ledger.HeldRun(environment.Name, unit.Application) is { } held && !unsettled.Contains(held.Id))
            ledger.MoveRun(held.Id, RunState.Superseded, "a fresh observation shows what git says");
    }

    /// <summary>What was announced does not come: its run is over, and users are no longer promised anything.</summary>
    public void GiveUp(ExpandedEnvironment environment, Unit unit, string why)
    {
        if (ledger.OpenRun(environment.Name, unit.Application) is { State: RunState.Waiting } waiting)
            ledger.MoveRun(waiting.Id, RunState.Withdrawn, $"what was announced does not come: {why}");
        ledger.WithdrawAnnouncement(environment.Name, unit.Application);
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

    /// <summary>
    /// A run that a controller left open (it died, it waits) gives way, once it is known what became of its steps. One that is held does not: it stays
    /// in force beside the new one until that has succeeded.
    /// </summary>
    /// <param name="waited">The one that waited for just this, and goes on; null when none did.</param>
    /// <param name="cause">Of the new one.</param>
    /// <returns>Why it cannot give way yet; null when none is in the way.</returns>
    private async Task<string?> EndOpenRunAsync(
        ExpandedEnvironment environment, Unit unit, Run? waited, string cause, bool isNew, CancellationToken cancellation)
    {
        var open = ledger.OpenRun(environment.Name, unit.Application);
        if (open is not null)
            GiveUpOnMissing(environment, unit, open);
        var missing = unit.Missing.Select(server => server.Name).ToHashSet();
        foreach (var left in ledger.LeftOut(environment.Name, unit.Application).Where(left => environment.Servers.ContainsKey(left.Server) && !missing.Contains(left.Server)))
            if (unit.Alone?.Contains(left.Server) != false && await AskAgainAsync(environment, left, cancellation) is { } unasked)
                return unasked;
        foreach (var run in new[] { open, ledger.HeldRun(environment.Name, unit.Application) }.OfType<Run>())
            if (await settler.SettleAsync(run.Id, addresses.Of(environment), cancellation) is { } unsettled)
                return $"run {run.Id} has not ended: {unsettled}";
        // Held before anything was stopped: nothing is left that a new run would have to finish.
        if (isNew && ledger.HeldRun(environment.Name, unit.Application) is { } early && RunHold.IsBeforeCover(early))
            ledger.MoveRun(early.Id, RunState.Superseded, "another run took over");
        if (open is null || open.Id == waited?.Id)
            return null;
        if (open.State == RunState.Waiting)
            ledger.MoveRun(open.Id, RunState.Superseded, $"another run took over: {cause}");
        else if (BeganMigrating(open) is { } migration)
            ledger.MoveRun(open.Id, RunState.Held, $"{(IsUncovering(open) ? open.Reason : "its controller ended in the middle")}; begun: {migration}. There is no way back, it can only be finished.");
        else
            ledger.MoveRun(open.Id, RunState.Failed, "it was left in the middle (its controller ended, or a server was lost); the next turn goes on from what it sees");
        return null;
    }

    /// <summary>All that is left of it is to take the page away.</summary>
    private bool IsUncovering(Run open) => open is { State: RunState.Running, FailedIn: Phase.Uncover }
        && ledger.SetAsideAs(open.Environment, open.Application, open.Digest) is null;

    /// <summary>The journal alone remembers it: once a migration is through, nothing on the server says which run began it.</summary>
    private string? BeganMigrating(Run run) => ledger.Steps(run.Id)
        .FirstOrDefault(step => step.Phase == Phase.Migrate && step.State is not (StepState.Skipped or StepState.NotStarted))?.Summary;
}
