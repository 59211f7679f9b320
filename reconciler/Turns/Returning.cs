using Reconciler.Documents.Expansion;
using Reconciler.Journaling;
using Reconciler.Observing;

namespace Reconciler.Turns;

/// <summary>
/// A server that a run went without is back, with whatever it has: it is first brought up to what is in force, by itself, in the safe order and under its
/// own cover; only then do the upstreams pass requests on to it again.
/// </summary>
/// <param name="running">Null for looking only.</param>
internal sealed class Returning(UnitPlanning planning, UnitRun? running, IPastUnits past, ILedgerReader ledger, TimeProvider clock)
{
    /// <param name="StayOut">Of those that answer, each with a sentence that says why it is still left out.</param>
    /// <param name="Planned">What would be done, where only that is asked.</param>
    /// <param name="Changed">Something was done, however it ended: what was seen before is no more.</param>
    public sealed record Outcome(IReadOnlyDictionary<string, string> StayOut, Verdict? Planned, bool Changed);

    /// <param name="but">Those that were just left out.</param>
    public async Task<Outcome> OfAsync(ExpandedEnvironment environment, Unit unit, Observed observed, TurnOptions options, IReadOnlySet<string> but,
        ITurnProgress progress, CancellationToken cancellation)
    {
        var (stay, changed) = (new Dictionary<string, string>(), false);
        var acts = running is not null && !options.DryRun && options.Hindrance is null && !IsInTheWay(environment, unit);
        foreach (var left in ledger.LeftOut(environment.Name, unit.Application).Where(left => !but.Contains(left.Server)))
        {
            if (!environment.Servers.ContainsKey(left.Server))
            {
                if (acts)
                    running!.Open.TakeIn(left);
                continue;
            }
            if (observed.Unreachable.ContainsKey(left.Server) || await InForceAsync(environment, unit, left, observed, cancellation) is not { } state)
                continue;
            var back = await BackAsync(environment, state, left, observed, acts, options is { ByPerson: true, IsKept: false }, progress, cancellation);
            if (back.Planned is { } plan && options.DryRun)
                return new(stay, plan, false);
            if (back.Why is { } why)
                stay[left.Server] = why;
            changed |= back.Ran || (acts && back.Why is null);
        }
        return new(stay, null, changed);
    }

    /// <summary>What stopped in its middle goes on first, and takes all that answer along.</summary>
    private bool IsInTheWay(ExpandedEnvironment environment, Unit unit) =>
        (ledger.OpenRun(environment.Name, unit.Application) is { State: RunState.Running } && Shortfall.Moves(environment, unit, ledger))
        || ledger.SuspensionOf(environment.Name, unit.Application) is not null
        || ledger.HeldRun(environment.Name, unit.Application) is not null;

    /// <summary>
    /// What the others have: what was converged last. While that which left it out has not come through, nor was gone back from, that is not what they have;
    /// its run takes along whoever answers.
    /// </summary>
    private async Task<Unit?> InForceAsync(
        ExpandedEnvironment environment, Unit unit, LeftOut left, Observed observed, CancellationToken cancellation)
    {
        if (ledger.LastConverged(environment.Name, unit.Application) is not { } last)
            return null;
        if (last.Digest == unit.Digest || unit.Refusal is not null)
            return unit;
        if (left.Digest != last.Digest && ledger.SetAsideAs(environment.Name, unit.Application, unit.Digest) is null)
            return null;
        return (await past.UnitAtAsync(environment.Name, unit.Application, last.Revision, cancellation))
            .WithSecretsAsPlaced(observed.Resources).WithFlagOf(unit) with { Digest = last.Digest };
    }

    /// <param name="Why">It stays out; null when it is in again.</param>
    /// <param name="Planned">What would be done.</param>
    /// <param name="Ran">Something was done.</param>
    private sealed record Back(string? Why, Verdict? Planned = null, bool Ran = false);

    /// <param name="now">A person asks for it: the pause after a failure is not waited for.</param>
    private async Task<Back> BackAsync(
        ExpandedEnvironment environment, Unit state, LeftOut left, Observed observed, bool acts, bool now, ITurnProgress progress, CancellationToken cancellation)
    {
        var server = new HashSet<string> { left.Server };
        if (acts && await running!.Open.AskAgainAsync(environment, left, cancellation) is { } open)
            return new($"{left.Server} is back, and {open}");
        var brought = await BringAsync(environment, state.OnlyOn(server), left.Server, observed, acts, now,
            $"{left.Server}, which was left out, is back", progress, cancellation);
        if (brought.Why is not null)
            return brought;
        var sites = state with
        {
            Resources = [.. state.Resources.Where(resource => resource.Spec.PassesOnTo().Contains(left.Server))],
            Borrowed = [],
            Digest = UnitDigest.OfPart(state.Digest, [left.Server, "sites"]),
            Alone = server,
            TakenIn = server,
        };
        var marked = await BringAsync(environment, sites, left.Server, observed, acts, now, $"{left.Server} is as git says again", progress, cancellation);
        if (marked.Why is null)
            running!.Open.TakeIn(left);
        return marked with { Ran = marked.Ran || brought.Ran };
    }

    private async Task<Back> BringAsync(ExpandedEnvironment environment, Unit part, string server, Observed observed, bool acts, bool now,
        string cause, ITurnProgress progress, CancellationToken cancellation)
    {
        // What was seen of it may be as old as the turn; and what it runs may be looked at for another state.
        if (running is not null)
            observed = await running.LookAgainAsync(environment, part.Resources.Concat(part.Borrowed), observed, cancellation);
        var verdict = planning.Compared(environment, part, observed, everything: true);
        string Stays(string why) => $"{server} is back, and stays out of the upstreams: {why}";
        if (verdict.Diff.Unknown is [var unknown, ..])
            return new(Stays(unknown.Why));
        if (verdict.Plan.Refusals is [var refusal, ..])
            return new(Stays($"{refusal.Resource}: {refusal.Sentence}; {refusal.Refusal}"));
        if (verdict.Plan.IsEmpty)
            return new(verdict.Ailments is [var ailment, ..] ? Stays(ailment.Value) : acts ? null : Stays("it is taken in by the next turn"));
        verdict = verdict with { Standing = Standing.Planned, Reason = $"planned, not done: {cause}, and comes first" };
        if (!acts)
            return new(Stays("it is brought up to the others by the next turn"), verdict);
        if (!now && Retries.NextOf(ledger, environment.Name, part) is { } next && next.At > clock.GetUtcNow())
            return new(Stays(next.Why.Split('\n')[0]), verdict);
        var done = await running!.RunAsync(environment, part, verdict, observed, progress, cause, isNew: false, cancellation);
        return new(done.Converged ? null : Stays(done.Headline), Ran: true);
    }
}
