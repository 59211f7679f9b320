using Reconciler.Documents.Contracts;
using Reconciler.Model;
using Reconciler.Planning;

namespace Reconciler.Converging;

/// <summary>
/// Runs a frozen plan: batch by batch where it rolls, phase by phase and rank by rank, each a barrier across servers; on one server one step after the other, each journalled as
/// intent and receipt. Nothing after a failure is begun but what stands beside it.
/// </summary>
internal sealed class Converger(StepSender sender, TimeProvider clock)
{
    private static readonly TimeSpan BetweenSigns = TimeSpan.FromMinutes(1);

    /// <param name="asked">
    /// Whether to stop before what comes next; null: nobody asks. All but a person's hold is heard until the site is covered, for then every second counts until
    /// it is open again.
    /// </param>
    public async Task<ConvergeOutcome> RunAsync(
        Plan plan, RunContext run, IConvergeProgress progress, Func<Task<StopReason?>>? asked, CancellationToken cancellation)
    {
        var done = new List<Step>();
        foreach (var steps in plan.Steps.GroupBy(step => (step.Batch, step.Part, step.Phase)))
        {
            var phase = steps.Key.Phase;
            if (asked is not null && !steps.First().IsAmidBatch && await asked() is { } why && (phase <= Phase.Cover || why == StopReason.Held))
                return new ConvergeOutcome.Stopped(phase, why);
            var began = clock.GetTimestamp();
            progress.PhaseBegan(phase, steps.Count());
            foreach (var rank in steps.GroupBy(step => step.Rank))
            {
                var results = await Task.WhenAll(rank
                    .GroupBy(step => step.Resource.Server)
                    .Select(server => OnServerAsync([.. server], run, progress, cancellation)));
                done.AddRange(results.SelectMany(result => result.Done));
                var ends = results.Select(result => result.Ended).OfType<ConvergeOutcome>().ToList();
                if (Worst(ends) is { } ended)
                    return ended is ConvergeOutcome.Failed failed
                        ? failed with { Done = done, Beside = [.. ends.OfType<ConvergeOutcome.Failed>().Where(other => other != failed)] }
                        : ended;
            }
            progress.PhaseEnded(phase, clock.GetElapsedTime(began));
        }
        return new ConvergeOutcome.Completed();
    }

    /// <summary>Of several servers' outcomes: a fenced controller may not even go back, and what passes by itself is no reason while another does not.</summary>
    private static ConvergeOutcome? Worst(IEnumerable<ConvergeOutcome> outcomes) => outcomes
        .OrderBy(outcome => outcome switch
        {
            ConvergeOutcome.Fenced => 0,
            ConvergeOutcome.Failed { Transient: false } => 1,
            _ => 2,
        })
        .FirstOrDefault();

    private async Task<(List<Step> Done, ConvergeOutcome? Ended)> OnServerAsync(
        List<Step> steps, RunContext run, IConvergeProgress progress, CancellationToken cancellation)
    {
        var done = new List<Step>();
        foreach (var step in steps)
        {
            var began = clock.GetTimestamp();
            progress.StepBegan(step);
            var result = await SendAsync(step, run, (how, why) => progress.StepEnded(step, how, clock.GetElapsedTime(began), why), cancellation);
            progress.StepEnded(step, result.How, clock.GetElapsedTime(began), result.Detail);
            if (result.MayHaveTakenEffect)
                done.Add(step);
            if (result.Ended is not null && !(step.MayFail && result.Ended is ConvergeOutcome.Failed))
                return (done, result.Ended);
        }
        return (done, null);
    }

    /// <summary>A worker may take ten minutes to end: whoever looks on is told that nothing hangs.</summary>
    private async Task<StepResult> SendAsync(Step step, RunContext run, Action<string, string?> tell, CancellationToken cancellation)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var telling = TellAsync();
        try
        {
            return await sender.SendAsync(step, run, again => tell("again", again), cancellation);
        }
        finally
        {
            over.Cancel();
            await telling;
        }

        async Task TellAsync()
        {
            using var timer = new PeriodicTimer(BetweenSigns, clock);
            try
            {
                while (await timer.WaitForNextTickAsync(over.Token))
                    tell("goes on", $"it may take {DurationConverter.Format(step.Request is null ? step.ProofWithin : step.Deadline)}");
            }
            catch (OperationCanceledException)
            {
            }
        }
    }
}
