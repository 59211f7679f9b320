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
    public async Task<string?> SettleAsync(string run, IReadOnlyDictionary<string, ServerAddress> servers, CancellationToken cancellation)
    {
        string? open = null;
        foreach (var step in ledger.OpenIntents().Where(step => step.Operation.Run == run))
            open = await SettleAsync(step, servers, cancellation) ?? open;
        return open;
    }

    private async Task<string?> SettleAsync(StepRecord step, IReadOnlyDictionary<string, ServerAddress> servers, CancellationToken cancellation)
    {
        if (!servers.TryGetValue(step.Resource.Split('/')[0], out var server))
        {
            ledger.Settle(step.Operation, StepState.Lost);
            return null;
        }
        try
        {
            var environment = ledger.FindRun(step.Operation.Run)!.Environment;
            ledger.Leases.RequireInTime(environment);
            var envelope = new RunnerEnvelope(step.Operation.ToString(), ledger.Id, ledger.FencingOf(environment), Patience) { Patience = Patience };
            return Record(step, await RunnerQuestions.SettleAsync(sessions.For(server), envelope, null, cancellation));
        }
        catch (SessionException fault)
        {
            return $"what became of \"{step.Summary}\" cannot be asked: {fault.Message}";
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
            case RunnerReply.Running:
                return $"\"{step.Summary}\" still runs on {step.Resource.Split('/')[0]}";
            // It is refused an answer, and that says nothing of what became of the step; the disk may have room again in the next turn.
            case RunnerReply.Refused(not (RunnerCode.Fenced or RunnerCode.NotEnrolled), var sentence):
                return $"what became of \"{step.Summary}\" is not told by {step.Resource.Split('/')[0]}: {sentence}";
            default:
                // It began and never ended, or nobody answers this controller there any more: only a look at its effect can tell, and every turn begins with one.
                ledger.Settle(step.Operation, StepState.Lost);
                return null;
        }
    }

    private void Received(StepRecord step, Receipt receipt, StepState state)
    {
        ledger.Receive(step.Operation, receipt.ExitCode, receipt.Output);
        ledger.Settle(step.Operation, state);
    }
}
