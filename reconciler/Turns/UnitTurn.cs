using Reconciler.Diffing;
using Reconciler.Documents.Expansion;
using Reconciler.Journaling;
using Reconciler.Observing;
using Reconciler.Planning;

namespace Reconciler.Turns;

/// <summary>
/// One turn for one unit: decides from the desired state and the observation just made whether to act, and if so carries the run through. What happened
/// earlier counts only for policy: set aside, held, admitted, proven.
/// </summary>
/// <param name="running">Null for looking only: every turn is then a dry run.</param>
internal sealed class UnitTurn(UnitPlanning planning, UnitRun? running, IPastUnits past, ILedgerReader ledger, TimeProvider clock)
{
    private const string MaintenanceName = "Maintenance";

    private readonly RunGates _gates = new(ledger, clock);

    public async Task<Verdict> RunAsync(ExpandedEnvironment environment, Unit unit, Observed observed, TurnOptions options, ITurnProgress progress, CancellationToken cancellation)
    {
        options = PersonsWords.Of(ledger, environment.Name, unit, options);
        var told = ledger.AnnouncementFor(environment.Name, unit.Application);
        var verdict = await DecideAsync(environment, unit, observed, options, progress, cancellation);
        if (running is not null && !options.DryRun)
        {
            if (unit.Refusal is null)
                running.WordAfter(environment, unit, options, verdict.Standing);
            await EndNoticeAsync(environment, unit, told, verdict, observed, progress, cancellation);
        }
        verdict = FlagStanding.Of(environment, unit, verdict, clock.GetUtcNow());
        return ledger.HeldRun(environment.Name, unit.Application) is { } held && verdict.Standing != Standing.Suspended
            ? Under(held, unit, verdict)
            : verdict;
    }

    private async Task<Verdict> DecideAsync(
        ExpandedEnvironment environment, Unit unit, Observed observed, TurnOptions options, ITurnProgress progress, CancellationToken cancellation)
    {
        var last = ledger.LastConverged(environment.Name, unit.Application);
        var isHeld = ledger.HeldRun(environment.Name, unit.Application) is not null;
        // What is held is never mended in parts: even the state of before comes back as a whole, or not at all.
        var verdict = Compared(environment, unit, observed, last?.Digest != unit.Digest || isHeld || options.HealAll, options.HealAll);
        if (ledger.SuspensionOf(environment.Name, unit.Application) is { } suspension)
            return Under(suspension, verdict.Diff.IsEmpty && unit.Refusal is null ? Settle(environment, unit, verdict, last) : verdict);
        if (unit.Refusal is not null)
            return await InsteadAsync(environment, unit, last!, observed, options, progress, cancellation);
        var met = Obstacle(environment, unit, verdict, options);
        if (met is { Deferral.Gate: "windows" } && !options.DryRun)
            running?.ForgetPassed(environment, unit);
        if (last is not null && (met is not null || verdict.Plan.IsInterim) && MayRaise(environment, unit, verdict, met, options)
            && await RaiseAsync(environment, unit, last, observed, progress, "the maintenance flag", cancellation) is { Converged: false } unraised)
            return unraised;
        if (met is { } obstacle)
        {
            var acts = running is not null && !options.DryRun && options.Hindrance is null;
            var beside = acts && !isHeld && obstacle.Standing is Standing.SetAside or Standing.Deferred && last is not null
                && (last.Digest != unit.Digest || options.HealAll)
                ? await BesideAsync(environment, unit, obstacle, last, observed, progress, cancellation)
                : new(obstacle, IsAsBefore: last is null);
            // A lost server that is back is first brought to the state of before, like all others.
            return acts && !isHeld && obstacle.Standing == Standing.SetAside && beside.IsAsBefore && running!.LetLapse(environment, unit,
                observed)
                ? await DecideAsync(environment, unit, observed, options, progress, cancellation)
                : beside.Verdict;
        }
        if (verdict.Plan.IsEmpty)
            return Settle(environment, unit, verdict, last);
        progress.Planned(environment, unit, verdict.Plan);
        running!.KeepWord(environment, unit, options);
        var cause = CauseOf(options, unit, last, isHeld, verdict.Diff);
        return await running.RunAsync(environment, unit, verdict, observed, progress, cause, isNew: true, cancellation);
    }

    /// <summary>The flag does not wait for what a newer desired state waits for, nor for its Prepare: users were told a time.</summary>
    private bool MayRaise(ExpandedEnvironment environment, Unit unit, Verdict verdict, Verdict? obstacle, TurnOptions options) =>
        running is not null && !options.DryRun && options.Hindrance is null
        && (unit.Flag || unit.Begins is not null)
        && verdict.Diff.ByResource.Keys.Any(resource => resource.Kind == MaintenanceName)
        && obstacle?.Standing is null or Standing.Refused or Standing.SetAside or Standing.Deferred or Standing.Failed
        && ledger.HeldRun(environment.Name, unit.Application) is null
        && ledger.OpenRun(environment.Name, unit.Application) is not { State: RunState.Running };

    /// <summary>Notice or cover alone, under the state that runs.</summary>
    /// <returns>Null when there is nothing to do, or it is not due yet after a failure.</returns>
    private async Task<Verdict?> RaiseAsync(
        ExpandedEnvironment environment, Unit unit, Converged last, Observed observed, ITurnProgress progress, string cause,
            CancellationToken cancellation)
    {
        var now = last.Digest == unit.Digest ? unit
            : (await past.UnitAtAsync(environment.Name, unit.Application, last.Revision, cancellation))
                .WithSecretsAsSeen(observed.Resources).WithFlagOf(unit);
        observed = await running!.LookAgainAsync(environment, unit, now, observed, cancellation);
        var (diff, plan) = planning.Make(environment, now, observed, new HashSet<string> { MaintenanceName });
        if (plan.IsEmpty || (Retries.NextOf(ledger, environment.Name, now) is { } next && next.At > clock.GetUtcNow()))
            return null;
        progress.Planned(environment, now, plan);
        var verdict = new Verdict(Standing.Synced, "the flag is followed", plan, diff, UnitPlanning.AilmentsOf(now, observed));
        return await running!.RunAsync(environment, now, verdict, observed, progress, cause, isNew: false, cancellation);
    }

    /// <summary>
    /// What was announced and gives way, or did not come at its time, is taken back at once: nobody is left with a notice of what is not
    /// to be.
    /// </summary>
    private async Task EndNoticeAsync(ExpandedEnvironment environment, Unit unit, Announcement? told, Verdict verdict, Observed observed,
        ITurnProgress progress, CancellationToken cancellation)
    {
        var now = ledger.AnnouncementFor(environment.Name, unit.Application);
        if (ledger.HeldRun(environment.Name, unit.Application) is not null
            || ledger.OpenRun(environment.Name, unit.Application) is { State: RunState.Running })
            return;
        if (now is not null && Notices.AreOver(now, verdict, clock.GetUtcNow()))
            running!.GiveUp(environment, unit, verdict.Headline);
        else if (now is not null || told is null || verdict.Converged)
            return;
        if (unit.Begins is not null || ledger.LastConverged(environment.Name, unit.Application) is not { } last)
            return;
        observed = await running!.LookAgainAsync(
            environment, unit.Resources.Where(resource => resource.Id.Kind == MaintenanceName), observed, cancellation);
        await RaiseAsync(environment, unit, last, observed, progress, "what was announced does not come", cancellation);
    }

    /// <summary>For the record of the run: who or what began it.</summary>
    private static string CauseOf(TurnOptions options, Unit unit, Converged? last, bool isHeld, Diff diff) =>
        options.ByPerson ? $"{options.By ?? "a person"} asked for it{(options.HealAll ? ", edits on the servers to be replaced" : "")}"
        : last is null ? "git asks for it for the first time"
        : last.Digest != unit.Digest || isHeld ? $"git moved{ChangeWords.Of(diff)}"
        : "the servers had drifted";

    /// <summary>
    /// A hold outlasts whatever became of a newer desired state until that one was brought about: who holds, why, and what the newer one met.
    /// </summary>
    private static Verdict Under(Run held, Unit unit, Verdict verdict)
    {
        var reason = (held.Reason ?? "held").Split('\n', 2);
        var now = held.Digest == unit.Digest && verdict.Standing is Standing.Held ? "" : $" What git says now: {verdict.Reason}";
        return verdict with
        {
            Standing = Standing.Held,
            Reason = string.Join('\n', [$"{reason[0]} Held by run {held.Id}, begun {held.StartedAt:yyyy-MM-ddTHH:mm:ssZ}.{now}", .. reason[1..]]),
        };
    }

    /// <summary>What is suspended is looked at, and not even mended.</summary>
    private static Verdict Under(Suspension suspension, Verdict verdict)
    {
        var left = verdict.Diff.All.Count() is var count and > 0 ? $" {count} difference(s) from git are left as they are." : "";
        var end = suspension.Until is null ? " until" : ", until then or until";
        var sentence = $"{suspension}. Nothing is changed here{end} `{suspension.Lift}`.{left}";
        return verdict with
        {
            Standing = Standing.Suspended,
            Reason = sentence,
            Suspension = suspension,
            Deferral = suspension.Until is { } until ? new("suspended", sentence, until) : null,
        };
    }

    /// <summary>
    /// What a dead controller left running is settled before anything is looked at: a plan made from an earlier look would not know what it has done since.
    /// </summary>
    /// <returns>Why nothing may be done yet; null when all is settled.</returns>
    public async Task<string?> SettleAsync(ExpandedEnvironment environment, CancellationToken cancellation) =>
        running is null ? null : await running.SettleAsync(environment, cancellation);

    /// <summary>What git no longer declares is still looked at until it is gone: the services of the state that was converged last.</summary>
    public async Task<ExpandedEnvironment> WithRetiredAsync(ExpandedEnvironment environment, CancellationToken cancellation)
    {
        var units = new List<Unit>();
        foreach (var unit in environment.Units)
            units.Add(ledger.LastConverged(environment.Name, unit.Application) is { } last && last.Digest != unit.Digest && unit.CodeCommit is not null
                ? unit.WithServicesRetired(await past.UnitAtAsync(environment.Name, unit.Application, last.Revision, cancellation), environment.Servers)
                : unit);
        return environment with { Units = units };
    }

    /// <param name="everything">Git moved, or a person asked; else only drift that policy mends is planned.</param>
    private Verdict Compared(ExpandedEnvironment environment, Unit unit, Observed observed, bool everything, bool healAll = false)
    {
        var (diff, plan) = planning.Make(environment, unit, observed, everything ? null : environment.Policy.HealKinds, healAll);
        return new(Standing.Synced, "the servers are as git says", plan, diff, UnitPlanning.AilmentsOf(unit, observed)) { Live = LiveState.Of(unit, observed) };
    }

    /// <summary>
    /// What git says failed here, or has to wait: the last converged state stays the one that is mended, wholly when a controller ended in the middle of
    /// going back to it.
    /// </summary>
    private async Task<Beside> BesideAsync(
        ExpandedEnvironment environment, Unit unit, Verdict obstacle, Converged last, Observed observed, ITurnProgress progress, CancellationToken cancellation)
    {
        var interrupted = ledger.OpenRun(environment.Name, unit.Application) is { State: RunState.Running };
        var before = (await past.UnitAtAsync(environment.Name, unit.Application, last.Revision, cancellation))
            .WithSecretsAsSeen(observed.Resources).WithFlagOf(unit);
        before = interrupted ? before.WithoutMigrations() : before;
        observed = await running!.LookAgainAsync(environment, unit, before, observed, cancellation);
        return await MendAsync(environment, before, obstacle, Compared(environment, before, observed, everything: interrupted), observed,
            progress, cancellation);
    }

    private async Task<Beside> MendAsync(ExpandedEnvironment environment, Unit before, Verdict obstacle, Verdict verdict, Observed observed,
        ITurnProgress progress, CancellationToken cancellation)
    {
        if (verdict.Plan.IsEmpty || verdict.Diff.Unknown.Count > 0 || verdict.Plan.Refusals.Count > 0)
            return new(obstacle with { Ailments = verdict.Ailments }, IsAsBefore: verdict.Diff.Unknown.Count == 0 && verdict.Plan.IsEmpty);
        progress.Planned(environment, before, verdict.Plan);
        var mended = await running!.RunAsync(environment, before, verdict, observed, progress,
            "the servers had drifted from what was converged last", isNew: false, cancellation);
        return new(!mended.Converged ? mended
            : before.Refusal is null ? obstacle with { Ailments = mended.Ailments }
            : mended with { Standing = obstacle.Standing, Reason = obstacle.Reason }, IsAsBefore: false);
    }

    /// <summary>What git says now is refused: the state that was converged last is looked at and mended, under the flag of now.</summary>
    private async Task<Verdict> InsteadAsync(ExpandedEnvironment environment, Unit unit, Converged last, Observed observed, TurnOptions options,
        ITurnProgress progress, CancellationToken cancellation)
    {
        var verdict = Compared(environment, unit, observed, everything: false);
        var refused = verdict with { Standing = Standing.Refused, Reason = RefusedUnits.Sentence(environment, unit, last) };
        if (running is null || options.DryRun || options.Hindrance is not null || ledger.HeldRun(environment.Name, unit.Application) is not null
            || Retries.NextOf(ledger, environment.Name, unit) is { } next && next.At > clock.GetUtcNow())
            return refused;
        return (await MendAsync(environment, unit, refused, verdict, observed, progress, cancellation)).Verdict;
    }

    /// <inheritdoc cref="RefusedUnits.AddAsync"/>
    public Task<ExpandedEnvironment> WithRefusedAsync(ExpandedEnvironment environment, CancellationToken cancellation) =>
        RefusedUnits.AddAsync(environment, past, ledger, cancellation);

    /// <summary>What was converged last had the secrets that are seen, whatever their sources hold by now.</summary>
    public async Task<(ExpandedEnvironment, Observed)> AsSeenAsync(
        ExpandedEnvironment environment, Observed observed, CancellationToken cancellation)
    {
        var units = new List<Unit>();
        foreach (var unit in environment.Units)
        {
            var seen = unit.Refusal is null ? unit : unit.WithSecretsAsSeen(observed.Resources);
            if (seen != unit && running is not null)
                observed = await running.LookAgainAsync(environment, unit, seen, observed, cancellation);
            units.Add(seen);
        }
        return (environment with { Units = units }, observed);
    }

    /// <param name="IsAsBefore">The servers are as the state of before says, and all of them answered.</param>
    private sealed record Beside(Verdict Verdict, bool IsAsBefore);

    /// <summary>Why nothing is done in this turn; null when there is no reason.</summary>
    private Verdict? Obstacle(ExpandedEnvironment environment, Unit unit, Verdict verdict, TurnOptions options)
    {
        var plan = verdict.Plan;
        if (ledger.HeldRun(environment.Name, unit.Application) is { } held && held.Digest == unit.Digest && !options.ByPerson)
            return verdict with { Standing = Standing.Held, Reason = held.Reason ?? "held" };
        if (ledger.SetAsideAs(environment.Name, unit.Application, unit.Digest) is { } aside && !options.ByPerson)
            return verdict with { Standing = Standing.SetAside, Reason = aside.Reason };
        if (verdict.Diff.Unknown.Count > 0)
            return verdict with { Standing = Standing.Unseen, Reason = verdict.Diff.Unknown[0].Why };
        if (plan.IsEmpty)
            return null;
        if (plan.Refusals.Count > 0)
            return verdict with { Standing = Standing.Refused, Reason = $"{plan.Refusals[0].Resource}: {plan.Refusals[0].Sentence}; {plan.Refusals[0].Refusal}" };
        if (options.DryRun)
            return Planned(verdict, DeferralOf(environment, unit, plan, looksAhead: true));
        if (!options.ByPerson && !environment.Policy.BootstrapAllowed && ledger.AdmissionOf(environment.Name) is null)
            return verdict with
            {
                Standing = Standing.NeverConverged,
                Reason = $"this ledger has never changed {environment.Name}: look at `reconciler plan {environment.Name}`, then say yes once with "
                    + $"{Advice.Again(environment.Name, unit.Application)}, or write bootstrap: allow in {environment.Name}/environment.yaml",
            };
        if (options.Hindrance is { } hindrance)
            return verdict with { Standing = Standing.Failed, Reason = hindrance };
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
        NoticeOf(environment, unit) ?? _gates.Of(environment, unit, plan, _gates.GoesOn(environment, unit), looksAhead);

    /// <summary>This very desired state is announced, and its time has not come.</summary>
    private Deferral? NoticeOf(ExpandedEnvironment environment, Unit unit) =>
        ledger.OpenRun(environment.Name, unit.Application) is { State: RunState.Waiting } waiting
        && waiting.Digest == unit.Digest
        && ledger.AnnouncementFor(environment.Name, unit.Application) is { } announced
        && announced.StartsAt > clock.GetUtcNow()
            ? Notices.Waiting(announced.StartsAt)
            : null;

    private Verdict Settle(ExpandedEnvironment environment, Unit unit, Verdict verdict, Converged? last)
    {
        if (verdict.Diff.IsEmpty && running is not null)
        {
            running.CloseRuns(environment, unit);
            running.RecordSynced(environment, unit, verdict.Ailments.Count == 0, isNew: last?.Digest != unit.Digest);
        }
        if (verdict.Plan.Withheld.FirstOrDefault() is { Key: { } resource, Value: var why })
            return verdict with
            {
                Standing = Standing.Drifted,
                Reason = $"{resource.Server}: {verdict.Diff.ByResource[resource][0].Sentence}; {why}, or mend all once with "
                    + Advice.Heal(environment.Name, unit.Application),
            };
        if (verdict.Diff.All.FirstOrDefault() is { } first && UnitPlanning.OutlastsHealing(first))
            return verdict with { Standing = Standing.Drifted, Reason = $"differs from git; {UnitRun.Reported(verdict.Diff)}: no healing takes that edit away" };
        return verdict.Diff.IsEmpty
            ? verdict
            : verdict with { Standing = Standing.Drifted, Reason = $"differs from git; {UnitRun.Reported(verdict.Diff)}: undo it there, write selfHeal: "
                + $"{{{verdict.Diff.All.First().HealedAs}: fix}} in {environment.Name}/environment.yaml, or mend it once with {Advice.Heal(environment.Name, unit.Application)}" };
    }
}
