using Reconciler.Journaling;
using Reconciler.Remote;

namespace Reconciler.Converging;

/// <summary>
/// Finds out what became of steps whose outcome is not known (the controller died, the connection was lost): the runner is asked, and a step that had
/// not begun is withdrawn. A run may not end before that.
/// </summary>
internal sealed class IntentSettler(IServerSessions sessions, ILedger ledger)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <returns>Null when all is settled; else a sentence about what still runs or cannot be asked.</returns>
    /// <param name="silent">Told of each server that cannot be asked.</param>
    public async Task<string?> SettleAsync(
        string run, IReadOnlyDictionary<string, ServerAddress> servers, CancellationToken cancellation, Action<string>? silent = null)
    {
        string? open = null;
        foreach (var step in ledger.OpenIntents().Where(step => step.Operation.Run == run))
            open = await SettleAsync(step, servers, silent, cancellation) ?? open;
        return open;
    }

    /// <summary>Nobody waits for a server that is left out: what became of its steps is asked when it is back (<see cref="AskAgainAsync"/>).</summary>
    public void GiveUp(string run, IReadOnlySet<string> servers)
    {
        foreach (var step in ledger.OpenIntents().Where(step => step.Operation.Run == run && servers.Contains(ServerOf(step))))
            ledger.Settle(step.Operation, StepState.Lost);
    }

    /// <summary>A request that was on its way to a server that was given up may arrive there yet: it is withdrawn, unless it took effect.</summary>
    /// <returns>Null when nothing of it can take effect any more; else a sentence about what can.</returns>
    public async Task<string?> AskAgainAsync(
        string environment, IEnumerable<StepRecord> givenUp, IReadOnlyDictionary<string, ServerAddress> servers, CancellationToken cancellation)
    {
        foreach (var step in givenUp)
            try
            {
                if (Told(step, await AskAsync(environment, step, servers[ServerOf(step)], cancellation)) is { } open)
                    return open;
            }
            catch (SessionException fault)
            {
                return CannotBeAsked(step, fault);
            }
        return null;
    }

    private static string ServerOf(StepRecord step) => step.Resource.Split('/')[0];

    private static string CannotBeAsked(StepRecord step, SessionException fault) =>
        $"what became of \"{step.Summary}\" cannot be asked: {fault.Message}";

    private async Task<RunnerReply> AskAsync(string environment, StepRecord step, ServerAddress server, CancellationToken cancellation)
    {
        ledger.Leases.RequireInTime(environment);
        var envelope = new RunnerEnvelope(step.Operation.ToString(), ledger.Id, ledger.FencingOf(environment), Patience) { Patience = Patience };
        return await RunnerQuestions.SettleAsync(sessions.For(server), envelope, null, cancellation);
    }

    private async Task<string?> SettleAsync(
        StepRecord step, IReadOnlyDictionary<string, ServerAddress> servers, Action<string>? silent, CancellationToken cancellation)
    {
        if (!servers.TryGetValue(ServerOf(step), out var server))
        {
            ledger.Settle(step.Operation, StepState.Lost);
            return null;
        }
        try
        {
            return Record(step, await AskAsync(ledger.FindRun(step.Operation.Run)!.Environment, step, server, cancellation));
        }
        catch (SessionException fault)
        {
            silent?.Invoke(server.Name);
            return CannotBeAsked(step, fault);
        }
    }

    private string? Record(StepRecord step, RunnerReply reply)
    {
        switch (reply)
        {
            case RunnerReply.Done(var receipt):
                Received(step, receipt, StepState.Verified);
                return null;
            case RunnerReply.Failed(var receipt, _):
                Received(step, receipt, StepState.Failed);
                return null;
            case RunnerReply.ProofFailed(var receipt, _):
                Received(step, receipt, StepState.Failed);
                return null;
            case RunnerReply.NotStarted or RunnerReply.Skipped:
                ledger.Settle(step.Operation, StepState.NotStarted);
                return null;
            case var _ when Told(step, reply) is { } open:
                return open;
            default:
                // It began and never ended, or nobody answers this controller there any more: only a look at its effect can tell, and every turn begins with one.
                ledger.Settle(step.Operation, StepState.Lost);
                return null;
        }
    }

    /// <returns>A sentence where it may take effect yet, or nobody says.</returns>
    private static string? Told(StepRecord step, RunnerReply reply) => reply switch
    {
        RunnerReply.Running => $"\"{step.Summary}\" still runs on {ServerOf(step)}",
        // It is refused an answer, and that says nothing of what became of the step; the disk may have room again in the next turn.
        RunnerReply.Refused(not (RunnerCode.Fenced or RunnerCode.NotEnrolled), var sentence) =>
            $"what became of \"{step.Summary}\" is not told by {ServerOf(step)}: {sentence}",
        _ => null,
    };

    private void Received(StepRecord step, Receipt receipt, StepState state)
    {
        ledger.Receive(step.Operation, receipt.ExitCode, receipt.Output);
        ledger.Settle(step.Operation, state);
    }
}
