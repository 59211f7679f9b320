using Reconciler.Diffing;
using Reconciler.Documents.Expansion;
using Reconciler.Journaling;
using Reconciler.Model;
using Reconciler.Observing;

namespace Reconciler.Turns;

/// <summary>
/// One turn for one unit: decides from the desired state and the observation just made whether to act, and if so carries the run through. What happened
/// earlier counts only for policy: set aside, held, admitted, proven.
/// </summary>
/// <param name="running">Null for looking only: every turn is then a dry run.</param>
internal sealed class UnitTurn(
    UnitPlanning planning, UnitRun? running, RunGates gates, IPastUnits past, ILedgerReader ledger, TimeProvider clock)
{
    private readonly Obstacles _obstacles = new(gates, ledger, clock);
    private readonly FlagRuns _flag = new(planning, running, past, ledger, clock);
    private readonly Mending _mending = new(planning, running, past, ledger, clock);
    private readonly Returning _returning = new(planning, running, past, ledger, clock);

    public async Task<Verdict> RunAsync(
        ExpandedEnvironment environment, Unit unit, Observed observed, TurnOptions options, ITurnProgress progress, CancellationToken cancellation)
    {
        options = PersonsWords.Of(ledger, environment.Name, unit, options);
        var told = ledger.AnnouncementFor(environment.Name, unit.Application);
        // Who was left out comes before anything else.
        var back = await _returning.OfAsync(environment, unit, observed, options, new HashSet<string>(), progress, cancellation);
        if (back.Planned is not null)
            return back.Planned;
        if (back.Changed)
            observed = await running!.LookAgainAsync(environment, unit.Resources, observed, cancellation);
        var whole = unit;
        unit = WithoutMissing(environment, whole, observed, back.StayOut);
        var verdict = await DecideAsync(environment, unit, observed, options, progress, cancellation);
        verdict = verdict with { Missing = verdict.Missing.Count > 0 ? verdict.Missing : unit.Missing };
        if (verdict.Converged && !options.DryRun)
            verdict = await TakenInAsync(environment, whole, verdict, observed, options, progress, cancellation);
        if (running is not null && !options.DryRun)
        {
            if (unit.Refusal is null)
                running.WordAfter(environment, unit, options, verdict.Standing);
            await _flag.EndNoticeAsync(environment, unit, told, verdict, observed, progress, cancellation);
        }
        verdict = FlagStanding.Of(environment, unit, verdict, clock.GetUtcNow());
        verdict = Shortfall.Judge(whole, verdict);
        // Whom the servers no longer obey has no say over what is held there.
        return ledger.HeldRun(environment.Name, unit.Application) is { } held && verdict.Standing is not (Standing.Suspended or Standing.Fenced)
            ? Overlays.Under(held, unit, verdict)
            : verdict;
    }

    private Unit WithoutMissing(ExpandedEnvironment environment, Unit unit, Observed observed, IReadOnlyDictionary<string, string> stayOut)
    {
        var shortfall = Shortfall.Of(environment, unit, observed, stayOut, ledger);
        return shortfall.Unit with { WhyComplete = shortfall.Why };
    }

    /// <summary>A run for all takes along who was left out by an earlier one: then nothing keeps it out any more.</summary>
    private async Task<Verdict> TakenInAsync(ExpandedEnvironment environment, Unit unit, Verdict verdict, Observed observed, TurnOptions options,
        ITurnProgress progress, CancellationToken cancellation)
    {
        var without = verdict.Missing.Select(server => server.Name).ToHashSet();
        if (ledger.LeftOut(environment.Name, unit.Application).All(left => without.Contains(left.Server)))
            return verdict;
        observed = await running!.LookAgainAsync(environment, unit.Resources, observed, cancellation);
        var back = await _returning.OfAsync(environment, unit, observed, options, without, progress, cancellation);
        return verdict with
        {
            Missing = [.. verdict.Missing, .. back.StayOut.Select(server => Shortfall.Missing(unit, server.Key, server.Value, answers: true))],
        };
    }

    /// <inheritdoc cref="UnitPlanning.Marked"/>
    public Unit Marked(ExpandedEnvironment environment, Unit unit) => planning.Marked(environment.Name, unit);

    private async Task<Verdict> DecideAsync(
        ExpandedEnvironment environment, Unit unit, Observed observed, TurnOptions options, ITurnProgress progress, CancellationToken cancellation)
    {
        var last = ledger.LastConverged(environment.Name, unit.Application);
        var isHeld = ledger.HeldRun(environment.Name, unit.Application) is not null;
        // What was as git says from the beginning is known, and is nobody's word that the rest may be changed.
        var mayChange = options.ByPerson || environment.Policy.BootstrapAllowed || ledger.AdmissionOf(environment.Name) is not null;
        // What is held is never mended in parts: even the state of before comes back as a whole, or not at all.
        var verdict = planning.Compared(environment, unit, observed, last?.Digest != unit.Digest || isHeld || options.HealAll, options.HealAll);
        if (ledger.SuspensionOf(environment.Name, unit.Application) is { } suspension)
            return Overlays.Under(suspension, verdict.Diff.IsEmpty && unit.Refusal is null ? Settle(environment, unit, verdict, last, options) : verdict);
        if (unit.Refusal is not null)
            return await _mending.InsteadAsync(
                environment, unit, last!, observed, mayChange ? options : options with { DryRun = true }, progress, cancellation);
        var met = _obstacles.Of(environment, unit, verdict, options, mayChange);
        if (met?.Standing == Standing.NeverConverged && running is not null && await running.ObeysAnotherAsync(environment, unit, cancellation) is { } other)
            return met with { Standing = Standing.Fenced, Reason = other };
        if (met is { Deferral.Gate: "windows" } && !options.DryRun)
            running?.ForgetPassed(environment, unit);
        if (mayChange && last is not null && (met is not null || verdict.Plan.IsInterim) && _flag.MayRaise(environment, unit, verdict, met, options)
            && await _flag.RaiseAsync(environment, unit, last, observed, progress, FlagRuns.CauseOf(unit), cancellation) is { } raised
            && !(raised.Converged && met is null))
            return raised.Converged ? met! with { Converged = true } : raised;
        if (met is { } obstacle)
        {
            var acts = running is not null && !options.DryRun && (options.Hindrance is null || options.MayMend);
            var waits = obstacle.Standing is Standing.SetAside or Standing.Deferred || (options.MayMend && obstacle.Reason == options.Hindrance);
            var beside = acts && !isHeld && waits && last is not null
                && (last.Digest != unit.Digest || options.HealAll)
                ? await _mending.BesideAsync(environment, unit, obstacle, last, observed, progress, cancellation)
                : new Beside(obstacle, IsAsBefore: last is null);
            // A lost server that is back is first brought to the state of before, like all others.
            return acts && options.Hindrance is null && !isHeld && obstacle.Standing == Standing.SetAside && beside.IsAsBefore && running!.LetLapse(environment, unit,
                observed)
                ? await DecideAsync(environment, unit, observed, options, progress, cancellation)
                : beside.Verdict;
        }
        if (verdict.Plan.IsEmpty)
            return Settle(environment, unit, verdict, last, options);
        running!.KeepWord(environment, unit, options);
        var cause = CauseOf(environment, options, unit, last, isHeld, verdict.Diff);
        return await running.RunAsync(environment, unit, verdict, observed, progress, cause, isNew: true, cancellation);
    }

    /// <summary>For the record of the run: who or what began it.</summary>
    private string CauseOf(ExpandedEnvironment environment, TurnOptions options, Unit unit, Converged? last, bool isHeld, Diff diff)
    {
        if (options.ByPerson)
            return $"{options.By ?? "a person"} asked for it{(options.HealAll ? ", edits on the servers to be replaced" : "")}";
        if (ledger.OpenRun(environment.Name, unit.Application) is { State: RunState.Running } open && open.Digest == unit.Digest)
            return RunsFoundOpen.CauseAfter(open);
        if (last is null)
            return "git asks for it for the first time";
        if (last.Digest != unit.Digest || isHeld)
            return last.Revision == environment.Revision && diff.ByResource.Keys.Any(resource => resource.Kind == "SecretsFile")
                ? $"a secret changed at its source{ProvenanceOf(unit, diff)}"
                : $"{MoverOf(environment)} moved{ChangeWords.Of(diff, diff.ByResource.Keys)}";
        // The flag and its page are no part of the digest.
        var moved = ledger.Seen(environment.Name, unit.Application).Where(seen => seen.Cause == DriftCause.Intentional).Select(seen => seen.Resource)
            .Intersect(diff.ByResource.Keys).ToList();
        return moved.Count > 0 ? $"git moved{ChangeWords.Of(diff, moved)}" : "the servers had drifted";
    }

    private string MoverOf(ExpandedEnvironment environment) =>
        AheadOfOrigin.In(ledger) is { } ahead && ahead.Commit == environment.Revision
            ? $"break-glass: {ahead.By} pushed to the controller, and git" : "git";

    // Where the source keeps versions: which one is the new one.
    private static string ProvenanceOf(Unit unit, Diff diff) =>
        string.Join(" and ", unit.Resources.Where(resource => diff.ByResource.ContainsKey(resource.Id)).Select(resource => resource.Provenance).OfType<string>().Distinct())
            is { Length: > 0 } sources ? $": {sources}" : "";

    /// <summary>
    /// What a dead controller left running is settled before anything is looked at: a plan made from an earlier look would not know what it has done since.
    /// </summary>
    /// <returns>Why nothing may be done yet; null when all is settled.</returns>
    public async Task<string?> SettleAsync(ExpandedEnvironment environment, CancellationToken cancellation) =>
        running is null ? null : await running.Open.SettleAsync(environment, cancellation);

    /// <summary>
    /// What git no longer declares is still looked at until it is gone: the services of the state that was converged last, and by policy its files.
    /// </summary>
    public async Task<ExpandedEnvironment> WithRetiredAsync(ExpandedEnvironment environment, CancellationToken cancellation)
    {
        var units = new List<Unit>();
        foreach (var unit in environment.Units)
            units.Add(ledger.LastConverged(environment.Name, unit.Application) is { } last && last.Digest != unit.Digest
                && (unit.CodeCommit is not null || environment.Policy.PruneAtMost is not null)
                ? Retired(unit, await past.UnitAtAsync(environment.Name, unit.Application, last.Revision, cancellation))
                : unit);
        Unit Retired(Unit unit, Unit before) =>
            (unit.CodeCommit is null ? unit : unit.WithServicesRetired(before, environment.Servers)).WithPruned(before, environment);
        return environment with { Units = units };
    }

    /// <inheritdoc cref="RefusedUnits.AddAsync"/>
    public Task<ExpandedEnvironment> WithRefusedAsync(ExpandedEnvironment environment, CancellationToken cancellation) =>
        RefusedUnits.AddAsync(environment, past, ledger, cancellation);

    /// <summary>What was converged last had the secrets that were written last, whatever their sources hold by now.</summary>
    public async Task<(ExpandedEnvironment, Observed)> AsSeenAsync(
        ExpandedEnvironment environment, Observed observed, CancellationToken cancellation)
    {
        var units = new List<Unit>();
        foreach (var unit in environment.Units)
        {
            var seen = unit.Refusal is null ? unit : unit.WithSecretsAsPlaced(observed.Resources);
            if (seen != unit && running is not null)
                observed = await running.LookAgainAsync(environment, unit, seen, observed, cancellation);
            units.Add(seen);
        }
        return (environment with { Units = units }, observed);
    }

    private Verdict Settle(ExpandedEnvironment environment, Unit unit, Verdict verdict, Converged? last, TurnOptions options)
    {
        if (verdict.Diff.IsEmpty && running is not null)
        {
            if (options.ByPerson)
                running.Admit(environment);
            running.Open.Close(environment, unit);
            running.RecordSynced(environment, unit, verdict.Ailments.Count == 0, isNew: last?.Digest != unit.Digest);
            if (last?.Digest == unit.Digest && last.Revision != environment.Revision)
                running.RecordSame(environment, unit);
        }
        if (verdict.Plan.Withheld.FirstOrDefault() is { Key: { } resource, Value: var why })
            return verdict with
            {
                Standing = Standing.Drifted,
                Reason = $"{resource.Server}: {verdict.Diff.ByResource[resource][0].Sentence}; {why}, or mend all once with "
                    + Advice.Heal(environment.Name, unit.Application),
            };
        if (verdict.Diff.IsEmpty)
            return verdict;
        var first = verdict.Diff.All.First();
        if (first is { Refusal: not null, Gate: null })
            return verdict with { Standing = Standing.Drifted, Reason = $"differs from git; {UnitRun.Reported(verdict.Diff)}" };
        var way = UnitPlanning.OutlastsHealing(first) ? "no healing takes that edit away"
            : $"undo it there, write selfHeal: {{{first.HealedAs}: fix}} in {environment.Name}/environment.yaml, or mend it once with "
                + Advice.Heal(environment.Name, unit.Application);
        return verdict with { Standing = Standing.Drifted, Reason = $"differs from git; {UnitRun.Reported(verdict.Diff)}: {way}" };
    }
}
