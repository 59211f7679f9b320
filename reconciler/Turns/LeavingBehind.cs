using Reconciler.Converging;
using Reconciler.Documents.Expansion;
using Reconciler.Journaling;
using Reconciler.Model;
using Reconciler.Planning;

namespace Reconciler.Turns;

/// <summary>
/// A server is lost or fails in the middle of a run, within <c>maxUnavailable</c>: the others finish without it. It is marked <c>down</c> in the upstreams, and
/// its services are stopped where it can still be reached.
/// </summary>
/// <remarks>
/// Where the table of safety.md leaves room:
/// a server that answers is left out from Cover on only, for before that nothing is stopped, and what fails there is to be seen to first; one that is lost
/// at any time.
/// While a migration is still to come nobody is left out: everything can still go back, and old code that may run there must not meet the new schema. Once it
/// is through there is no way back, and every server has the new code already (Code is a barrier before Migrate): the one that fails is left out rather than
/// all held.
/// The server on which it migrates, and whatever <see cref="Shortfall"/> says others cannot do without, is never left out: then the table's other rows decide.
/// What is only mended fails as it always does: those that come back have what is in force.
/// </remarks>
internal sealed class LeavingBehind(PlanPursuit pursuit, Converger converger, IntentSettler settler, ILedger ledger, TimeProvider clock)
{
    private const int MostLooks = 3;
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(5);

    /// <returns>The attempt without those that were left out, and how the others ended.</returns>
    public async Task<(Attempt Attempt, PursuitEnd End)> GoOnAsync(Attempt attempt, PursuitEnd end, CancellationToken cancellation)
    {
        while (end.Failure is ConvergeOutcome.Failed failure && Of(attempt, failure, end) is { Count: > 0 } missing)
        {
            attempt.Progress.Failed(attempt.Environment, attempt.Unit, $"{string.Join("; ", missing.Select(server => server.Why))}. "
                + $"`maxUnavailable` is {attempt.Environment.Policy.MaxUnavailable}: the others go on without.");
            foreach (var server in missing.Where(server => server.Answers))
                await StopAsync(attempt, server.Name);
            attempt = attempt with { Unit = attempt.Unit.Without(missing, down: true) };
            LeaveOut(attempt);
            var seen = await LookAsync(attempt, cancellation);
            // What is not seen has no steps in a plan: the others would be opened before nobody passes requests on to those that are left out.
            if (seen.Diff.Unknown.Count > 0)
            {
                end = end with { Verdict = seen };
                continue;
            }
            attempt = attempt with { Plan = seen.Plan };
            end = await pursuit.ThroughAsync(attempt, announces: failure.Step.Phase <= Phase.Wait || end.Ran.IsInterim, cancellation);
            // What went before counts still: a migration, above all.
            if (end.Failure is ConvergeOutcome.Failed next)
                end = end with { Failure = next with { Done = [.. failure.Done, .. next.Done] } };
        }
        return (attempt, end);
    }

    /// <summary>One that does not answer once is not lost yet.</summary>
    private async Task<Verdict> LookAsync(Attempt attempt, CancellationToken cancellation)
    {
        for (var look = 1; ; look++)
        {
            var seen = await pursuit.VerdictAsync(attempt);
            if (seen.Diff.Unknown.Count == 0 || look == MostLooks)
                return seen;
            await Task.Delay(BetweenLooks, clock, cancellation);
        }
    }

    /// <summary>Remembered before anybody is told to leave it out, so that nobody goes on leaving it out whom nobody remembers.</summary>
    public void LeaveOut(Attempt attempt)
    {
        foreach (var server in attempt.Unit.Missing.Where(server => attempt.Unit.Down.Contains(server.Name)))
            ledger.LeaveOut(attempt.Environment.Name, attempt.Unit.Application, server.Name, attempt.Unit.Digest, server.Why);
    }

    /// <summary>The run is over, and what became of steps on servers that are missing is asked when they are back.</summary>
    public void End(Attempt attempt, string? reason)
    {
        var missing = attempt.Unit.Missing;
        if (missing.Count == 0)
        {
            ledger.MoveRun(attempt.Run, RunState.Succeeded, reason);
            return;
        }
        settler.GiveUp(attempt.Run, missing.Select(server => server.Name).ToHashSet());
        ledger.MoveRun(attempt.Run, RunState.Incomplete, $"without {string.Join("; ", missing.Select(server => server.Why))}");
    }

    private List<MissingServer> Of(Attempt attempt, ConvergeOutcome.Failed failure, PursuitEnd end)
    {
        var (environment, unit) = (attempt.Environment, attempt.Unit);
        if (environment.Policy.MaxUnavailable == 0 || unit.Alone is not null || !Shortfall.Moves(environment, unit, ledger))
            return [];
        var lost = LostServer.AllOf(unit, end.Verdict.Diff);
        // The first batch is there to find out what the others would run into.
        var failed = (end.Ran.Rolls ? [] : FailedSteps(failure))
            .Where(each => !lost.Contains(each.Step.Resource.Server) && !unit.Missing.Any(server => server.Name == each.Step.Resource.Server)).ToList();
        // A database that it only calls on is no server of its own that failed.
        if (failed.Exists(each => !unit.Resources.Any(resource => resource.Id == each.Step.Resource)))
            return [];
        List<MissingServer> missing =
        [
            .. lost.Select(name => Shortfall.Missing(unit, name, WhyUnseen(end, name), answers: false)),
            .. failed.Select(each => each.Step).DistinctBy(step => step.Resource.Server).Select(step => Shortfall.Missing(unit, step.Resource.Server,
                $"{step.Resource.Server} failed in {step.Phase}: {step.Summary}: {failed.Find(each => each.Step == step)!.Reason}", answers: true)),
        ];
        return missing.Count > 0 && !MigrationForbids(missing, failure, end.Ran)
            && Shortfall.WhyNot(environment, unit, [.. missing, .. unit.Missing], moves: true) is null ? missing : [];
    }

    /// <summary>Those for which a server may be left out that answers: none before Cover, and none where every step was done and something differs all the same.</summary>
    private static IEnumerable<ConvergeOutcome.Failed> FailedSteps(ConvergeOutcome.Failed failure) =>
        failure.SeenAfterwards || failure.Step.Phase is <= Phase.Wait or Phase.Tidy ? [] : failure.Beside.Append(failure);

    private string WhyUnseen(PursuitEnd end, string server)
    {
        var why = end.Verdict.Diff.Unknown.First(unknown => unknown.Resource.Id.Server == server).Why;
        return $"{why} (lost {clock.GetUtcNow():yyyy-MM-ddTHH:mm:ssZ}, in the run)";
    }

    private static bool MigrationForbids(List<MissingServer> missing, ConvergeOutcome.Failed failure, Plan plan)
    {
        var isDone = failure.Done.Any(step => step.Irreversible && step != failure.Step);
        var isToCome = !plan.IsInterim && plan.Steps.Any(step => step.Irreversible) && !isDone;
        // Which there are it was about to say.
        var isUnknown = plan.IsInterim && missing.Exists(server => server.Migrates);
        return failure.Step.Irreversible || isUnknown || (isToCome && missing.Exists(server => server.RunsCode)) || (isDone && missing.Exists(server => server.Migrates));
    }

    /// <summary>Page on, services down, and they stay so at a reboot. That this fails changes nothing: nobody passes requests on to it.</summary>
    private async Task StopAsync(Attempt attempt, string server)
    {
        var stopping = attempt with
        {
            Unit = attempt.Unit.OnlyOn(new HashSet<string> { server }).WithServicesStopped(),
            Plan = attempt.Plan with { HealKinds = null },
        };
        var plan = (await pursuit.VerdictAsync(stopping)).Plan;
        await converger.RunAsync(plan, attempt.Context, attempt.Progress, null, CancellationToken.None);
    }
}
