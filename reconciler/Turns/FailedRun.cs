using Reconciler.Converging;
using Reconciler.Documents.Expansion;
using Reconciler.Journaling;
using Reconciler.Model;
using Reconciler.Observing;
using Reconciler.Planning;

namespace Reconciler.Turns;

/// <summary>What is done after a plan has failed: the table "What a failure leads to" of the safety contract, carried out.</summary>
internal sealed class FailedRun(
    PlanPursuit pursuit, LeavingBehind leaving, Converger converger, IPastUnits past, IntentSettler settler, ServiceLogs logs, ILedger ledger, TimeProvider clock)
{
    // Users wait: seldom enough to hammer nothing.
    private static readonly TimeSpan BetweenUncovers = TimeSpan.FromSeconds(10);

    public async Task<Verdict> AfterAsync(Attempt attempt, ConvergeOutcome outcome, PursuitEnd end, Observed before,
        CancellationToken cancellation)
    {
        if (outcome is ConvergeOutcome.Fenced(var server, var why))
            return await EndAsync(attempt, end, RunState.Failed, Standing.Fenced, $"{server} obeys another controller: {why}");
        if (outcome is ConvergeOutcome.Stopped { Why: StopReason.Held } held)
            return await EndAsync(attempt, end, RunState.Held, Standing.Held,
                RunHold.Take(ledger, attempt.Environment.Name, attempt.Unit.Application, attempt.Run, held.Before));
        if (outcome is ConvergeOutcome.Stopped(var phase, _))
            return await EndAsync(attempt, end, RunState.Failed, Standing.Failed, $"stopped before {phase}, as asked");
        var failure = (ConvergeOutcome.Failed)outcome;
        ledger.NoteFailure(attempt.Run, failure.Step.Phase);
        var reason = $"{failure.Step.Phase} on {failure.Step.Resource.Server}: {failure.Step.Summary}: {failure.Reason}";
        var last = ledger.LastConverged(attempt.Environment.Name, attempt.Unit.Application);
        // Prepare, or mending, found out what a person has to decide: that waits for the answer, and is no failure of this desired state.
        if ((failure.Step.Phase == Phase.Prepare || last?.Digest == attempt.Unit.Digest) && failure.Done.Contains(failure.Step)
            && end.Verdict.Plan.Refusals is [var refusal, ..])
            return await EndAsync(attempt, end, RunState.Failed, Standing.Refused,
                $"{refusal.Resource}: {refusal.Sentence}; {refusal.Refusal}");
        if (attempt.Unit.Alone is { } alone)
            return await EndAsync(attempt, end, RunState.Failed, Standing.Failed,
                $"{string.Join(", ", alone)} is not brought up to the others: {reason}; it is tried again.");
        var detail = string.Concat(
            new[] { failure.Detail }.OfType<string>().Concat(await NewErrorsAsync(attempt, failure.Step)).Select(line => "\n" + line));
        // Where a hold is in force, the state of before is no state to go back to: a migration went through, or nobody knows.
        var isHeld = ledger.HeldRun(attempt.Environment.Name, attempt.Unit.Application) is { } other && !RunHold.IsBeforeCover(other);
        // What was to be mended is what was converged already: there is nothing else to go back to, and the next turn looks
        // again.
        if (last?.Digest == attempt.Unit.Digest && !failure.Irreversible && !(isHeld && failure.Step.Phase > Phase.Wait))
            return await EndAsync(attempt, end, RunState.Failed, Standing.Failed,
                $"mending failed: {reason}; it is tried again.{detail}");
        var decision = FailurePolicy.Decide(
            failure.Step.Phase, failure.Irreversible || isHeld, failure.SystemChanged, last is not null, failure.Transient,
                triedAgain: false, IsPage(failure), failure.Step.IsQuiet,
                begun: failure.Done.Any(step => step.Phase is > Phase.Wait and < Phase.Tidy));
        // Where a server is lost it cannot come through: no server may miss a plan with a migration. And where nothing is left to be done (a page that fails
        // once the maintenance page is away) or users are in already, trying that again would leave them with what failed.
        if (decision == AfterFailure.TryOnceMore
            && (end.Verdict.Diff.Unknown.Count > 0 || end.Verdict.Plan.IsEmpty || failure.Step is { Phase: Phase.Uncover, TakesSiteDown: true }))
            decision = AfterFailure.Hold;
        if (decision == AfterFailure.TryOnceMore)
        {
            attempt.Progress.Failed(attempt.Environment, attempt.Unit,
                $"{reason}. A migration was begun, so there is no way back: the rest is tried once more.");
            var again = await pursuit.ThroughAsync(attempt with { Plan = end.Verdict.Plan }, announces: false, cancellation);
            if (again.Failure is null)
                return Succeeded(attempt, again);
            if (again.Failure is ConvergeOutcome.Fenced)
                return await AfterAsync(attempt, again.Failure, again, before, cancellation);
            if (again.Failure is ConvergeOutcome.Failed { Step: { Phase: Phase.Uncover } page } left && !IsPage(left))
                (decision, reason) = (AfterFailure.KeepUncovering, $"{page.Phase} on {page.Resource.Server}: {page.Summary}: {left.Reason}");
            else
                decision = AfterFailure.Hold;
            end = again;
        }
        if (decision == AfterFailure.KeepUncovering)
            return await KeepUncoveringAsync(attempt, end, $"{reason}. {Ready(end.Failure)}.{detail}");
        if (decision == AfterFailure.TryLater)
            return await EndAsync(attempt, end, RunState.Failed, Standing.Failed,
                $"{reason}. Nothing was stopped{Besides(end)}; it is tried again.");
        var retry = Advice.Again(attempt.Environment.Name, attempt.Unit.Application);
        var lost = LostServer.Of(attempt.Unit, failure, end.Verdict.Diff);
        PutAside(attempt, $"{reason}. {Again(attempt, lost)}.{detail}", lost);
        return decision switch
        {
            AfterFailure.SetAside => await EndAsync(attempt, end, RunState.Failed, Standing.SetAside,
                $"{reason}. Nothing was stopped by this run{Besides(end)}. "
                + $"{(lost is null ? $"A newer commit tries again,{Values(attempt)} or {retry}" : Again(attempt, lost))}.{detail}"),
            AfterFailure.LeaveRunning => await EndAsync(attempt, end, RunState.Failed, Standing.SetAside,
                $"{reason}. No service was stopped: what ran before goes on running, {Page(failure)}. "
                    + $"{Again(attempt, lost)}.{detail}"),
            AfterFailure.GoBack => await GoBackAsync(attempt, last!, reason, detail, before, lost),
            AfterFailure.FirstDeployFailed => await StopAsync(attempt, end, RunState.Failed, Standing.SetAside,
                $"FirstDeployFailed: {reason}. There is no earlier state to go back to; the page is on. A newer desired "
                    + $"state tries again.{detail}"),
            _ when end.Ran.Rolls => await EndAsync(attempt, end, RunState.Held, Standing.Held, $"{reason}. {OthersServe} It goes on with a newer desired state, or with {retry}.{detail}"),
            _ => await StopAsync(attempt, end, RunState.Held, Standing.Held,
                $"{reason}. The page is on, the services are down{Applied(attempt, failure)}. It goes on with a newer "
                    + $"desired state, or with {retry}.{detail}"),
        };
    }

    /// <summary>
    /// Read before anything is put back: that restarts the services, and what they write then is another matter.
    /// </summary>
    private async Task<IReadOnlyList<string>> NewErrorsAsync(Attempt attempt, Step failed) => failed.Phase is Phase.Check or Phase.Uncover || failed.Resource.Kind == "Checks"
        ? NewErrors.Between(attempt.LogsBefore,
            await logs.ReadAsync(attempt.Environment, attempt.Unit, failed.Resource.Server, CancellationToken.None))
        : [];

    /// <summary>What users see is not well all the same, by the look after the failure.</summary>
    private static string Besides(PursuitEnd end) => end.Verdict.Ailments is [var first, ..] all
        ? $", but not all works: on {first.Key.Server} {first.Value}{(all.Count == 1 ? "" : $" (and {all.Count - 1} more)")}"
        : "";

    private static string Page(ConvergeOutcome.Failed failure) => failure.Done.Append(failure.Step)
        .Any(step => step.Resource.Kind == "Maintenance")
        ? "though users may see the maintenance page till a run comes through"
        : "and no page is in front of it";

    private Verdict Succeeded(Attempt attempt, PursuitEnd again)
    {
        leaving.End(attempt, "at the second try");
        ledger.WithdrawAnnouncement(attempt.Environment.Name, attempt.Unit.Application);
        UnitMemory.RecordSynced(ledger, attempt.Environment, attempt.Unit, again.Verdict.Ailments.Count == 0, isNew: true);
        return again.Verdict with { Converged = true };
    }

    /// <summary>
    /// What a person must know before deciding: which migrations were begun or are through, and where the dump is.
    /// </summary>
    private string Applied(Attempt attempt, ConvergeOutcome.Failed failure)
    {
        var records = ledger.Steps(attempt.Run);
        var begun = failure.Done.Append(failure.Step).Where(step => step.Irreversible).Select(step => step.Summary)
            .Distinct().ToList();
        var said = RunFindings.Migrations(records) ?? (begun.Count > 0 ? $"begun: {string.Join("; ", begun)}" : null);
        var dump = RunFindings.Dump(records)
            ?? failure.Done.Where(step => step.Phase == Phase.Backup).Select(step => step.Summary).FirstOrDefault();
        return $"{(said is null ? "" : $"; {said}")}{(dump is null ? "" : $"; before that: {dump}")}";
    }

    /// <summary>What is wrong with a server is not wrong with the desired state.</summary>
    private static string Again(Attempt attempt, string? lost) =>
        $"It is not tried again without a newer commit,{Values(attempt)} {(lost is null ? "" : $"{lost} answering again (then once), ")}"
        + $"or {Advice.Again(attempt.Environment.Name, attempt.Unit.Application)}";

    /// <summary>Values are no part of a commit, and belong to what is tried.</summary>
    private static string Values(Attempt attempt) =>
        attempt.Plan.Differences.Any(difference => difference.Resource.Kind == "SecretsFile") ? " a value corrected at its source," : "";

    private void PutAside(Attempt attempt, string reason, string? lost)
    {
        var (environment, unit) = (attempt.Environment.Name, attempt.Unit);
        ledger.PutAside(environment, unit.Application, unit.Digest, reason, attempt.Run, lost);
        if (unit.CodeCommit is not null)
            ledger.RecordFailedRelease(environment, unit.Application, unit.CodeCommit, unit.BaseDigest);
    }

    /// <summary>
    /// The desired state of before becomes the one to converge to; what is done follows from a fresh look, as always.
    /// </summary>
    private async Task<Verdict> GoBackAsync(Attempt attempt, Converged last, string reason, string detail, Observed before,
        string? lost)
    {
        var revision = last.Revision[..12];
        attempt.Progress.Failed(attempt.Environment, attempt.Unit, $"{reason}. Going back to revision {revision}, which "
            + $"was converged {last.At:u}.");
        var unit = (await past.UnitAtAsync(attempt.Environment.Name, attempt.Unit.Application, last.Revision,
            CancellationToken.None))
            .WithSecretsAsSeen(before.Resources).WithoutMigrations().WithFlagOf(attempt.Unit)
            // Those that answer go back as well, whatever they were left out for; the others have what was before.
            .Without([.. attempt.Unit.Missing.Where(server => !server.Answers)], down: false);
        var back = attempt with { Unit = unit, Plan = attempt.Plan with { HealKinds = null } };
        back = back with { Plan = (await pursuit.VerdictAsync(back)).Plan };
        back.Progress.Planned(back.Environment, unit, back.Plan);
        var end = await pursuit.ThroughAsync(back, announces: false, CancellationToken.None);
        if (end.Failure is null)
        {
            var sentence = $"{reason}. Went back to revision {revision}; this desired state is set aside. "
                + $"{Again(attempt, lost)}.{detail}";
            PutAside(attempt, sentence, lost);
            return await EndAsync(attempt, end, RunState.RolledBack, Standing.SetAside, sentence);
        }
        if (end.Failure is ConvergeOutcome.Fenced)
            return await AfterAsync(back, end.Failure, end, before, CancellationToken.None);
        if (end.Failure is ConvergeOutcome.Failed { Step.Phase: Phase.Uncover } page && !IsPage(page))
        {
            var left = $"{reason}. Went back to revision {revision}, but {page.Step.Summary}: {page.Reason}. {Ready(page)}. This desired state is set aside. "
                + $"{Again(attempt, lost)}.{detail}";
            PutAside(attempt, left, lost);
            return await EndAsync(attempt, end, RunState.RolledBack, Standing.SetAside, left);
        }
        var why = end.Failure is ConvergeOutcome.Failed failed ? $"{failed.Step.Summary}: {failed.Reason}" : $"{end.Failure}";
        return end.Ran.Rolls
            ? await EndAsync(back, end, RunState.Held, Standing.Held, $"{reason}; and going back failed: {why}. {OthersServe}{detail}")
            : await StopAsync(back, end, RunState.Held, Standing.Held, $"{reason}; and going back failed: {why}. The page is on.{detail}");
    }

    private const string OthersServe = "No page is on: servers that were taken out of the upstreams stay out, and the others serve.";

    private const string ReadyBehindThePage = "All is ready behind the maintenance page; taking that away is tried until it is gone",
        OnlyNoticeLeft = "All is ready and users are in, but the notice is still up; taking that away is tried until it is gone",
        OnlyProofLeft = "All is ready and users are in; whether they get what they should is asked until it is known";

    private static string Ready(ConvergeOutcome? failure) => !LetsUsersIn(failure) ? ReadyBehindThePage : IsAboutUsers(failure) ? OnlyProofLeft : OnlyNoticeLeft;

    private static bool IsAboutUsers(ConvergeOutcome? failure) => failure is ConvergeOutcome.Failed { Step.Resource.Kind: "Checks" or "Service" };

    /// <summary>The maintenance page was away when it failed.</summary>
    private static bool LetsUsersIn(ConvergeOutcome? failure) => failure is ConvergeOutcome.Failed { Done: var done, Step: var failed }
        && done.Any(step => step != failed && step.Phase == Phase.Uncover && step.Summary.StartsWith(Cover.LiftWords, StringComparison.Ordinal));

    /// <summary>
    /// It is what users get, once the maintenance page is away, that is not as it should be: a page, or a service that does not go on living. A server that cannot be
    /// asked just then says nothing about either.
    /// </summary>
    private static bool IsPage(ConvergeOutcome.Failed failure) =>
        IsAboutUsers(failure) && !failure.Transient || failure.SeenAfterwards;

    /// <summary>The run stays open, and the next turn goes on with it.</summary>
    private async Task<Verdict> KeepUncoveringAsync(Attempt attempt, PursuitEnd end, string sentence)
    {
        attempt.Progress.Failed(attempt.Environment, attempt.Unit, sentence);
        if (await settler.SettleAsync(attempt.Run, attempt.Context.Servers, CancellationToken.None) is { } unsettled)
            sentence += $"\nBesides, {unsettled}.";
        ledger.LeaveOpen(attempt.Run, sentence);
        return end.Verdict with
        {
            Standing = Standing.Failed,
            Reason = sentence,
            Alarm = LetsUsersIn(end.Failure) && IsAboutUsers(end.Failure) ? $"users of {attempt.Unit.Application} are in, and what they get is not known"
                : LetsUsersIn(end.Failure) ? $"users of {attempt.Unit.Application} still see the notice of a maintenance that is over"
                : $"users of {attempt.Unit.Application} still see the maintenance page, though all is ready behind it",
            Deferral = new(Retries.Gate, sentence, clock.GetUtcNow() + BetweenUncovers),
        };
    }

    /// <summary>Page on, services down.</summary>
    private async Task<Verdict> StopAsync(Attempt attempt, PursuitEnd end, RunState state, Standing standing, string sentence)
    {
        attempt.Progress.Failed(attempt.Environment, attempt.Unit, sentence);
        var stopping = attempt with { Unit = attempt.Unit.WithServicesStopped(), Plan = attempt.Plan with { HealKinds = null } };
        var plan = (await pursuit.VerdictAsync(stopping)).Plan;
        await converger.RunAsync(plan, attempt.Context, attempt.Progress, null, CancellationToken.None);
        var seen = await pursuit.VerdictAsync(attempt);
        var stopped = end.Verdict with { Ailments = seen.Ailments, Live = seen.Live };
        if (seen.Diff.Unknown.Select(unknown => unknown.Resource.Id.Server).Distinct().ToList() is { Count: > 0 } unseen)
            sentence += $"\nWhether that is so on {string.Join(", ", unseen)} is not known: nothing can be seen there.";
        return await EndAsync(attempt, end with { Verdict = stopped }, state, standing, sentence);
    }

    /// <summary>
    /// Ends the run; one with a step of unknown outcome (its server is lost) stays open until that is known, and then the
    /// next turn ends it.
    /// </summary>
    private async Task<Verdict> EndAsync(Attempt attempt, PursuitEnd end, RunState state, Standing standing, string sentence)
    {
        // It does not come: the next change gets a notice of its own. What is only tried again, or held behind the page, keeps
        // the time.
        if (state != RunState.Held && standing == Standing.SetAside)
            ledger.WithdrawAnnouncement(attempt.Environment.Name, attempt.Unit.Application);
        if (state != RunState.Held
            && await settler.SettleAsync(attempt.Run, attempt.Context.Servers, CancellationToken.None) is { } unsettled)
        {
            ledger.LeaveOpen(attempt.Run, unsettled);
            return end.Verdict with
            {
                Standing = standing,
                Run = attempt.Run,
                Reason = $"{sentence}\nBesides, {unsettled}; it is asked again in every turn, and brought in line "
                    + $"when it answers.",
            };
        }
        if (state == RunState.Held && ledger.HeldRun(attempt.Environment.Name, attempt.Unit.Application) is { } earlier)
            sentence += $"\nRun {earlier.Id} was held before it: {earlier.Reason}";
        ledger.MoveRun(attempt.Run, state, sentence);
        return end.Verdict with { Standing = standing, Reason = sentence, Run = attempt.Run };
    }
}
