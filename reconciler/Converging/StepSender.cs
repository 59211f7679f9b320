using System.Text.RegularExpressions;
using Reconciler.Documents.Contracts;
using Reconciler.Journaling;
using Reconciler.Model;
using Reconciler.Remote;

namespace Reconciler.Converging;

/// <summary>What became of one step.</summary>
/// <param name="How">A word or two for the commentary.</param>
/// <param name="Ended">Set when the plan cannot go on.</param>
internal sealed record StepResult(string How, string? Detail, bool MayHaveTakenEffect, ConvergeOutcome? Ended);

/// <summary>Sends one step through the runner, from durable intent to proof (safety.md, "A step, from intent to proof"), again where that is allowed.</summary>
internal sealed partial class StepSender(IServerSessions sessions, RunnerClient runner, ILedger ledger, TimeProvider clock)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan LongestLead = TimeSpan.FromSeconds(10);

    public async Task<StepResult> SendAsync(Step step, RunContext run, Action<string> again, CancellationToken cancellation)
    {
        var pause = FirstPause;
        string? before = null;
        for (var attempt = 1; ; attempt++)
        {
            var result = await OnceAsync(step, run, cancellation);
            if (result.Ended is not ConvergeOutcome.Failed { Transient: true } failed)
                return result;
            // Its own answer, and the same once more: a third try would only take time.
            if (failed.Answered && (attempt >= step.Attempts || failed.Reason == before))
                return result with { Ended = failed with { Transient = false } };
            if (attempt >= step.Attempts)
                return result;
            before = failed.Reason;
            again($"{failed.Reason}; again in {pause.TotalSeconds:0} s");
            await Task.Delay(pause, clock, cancellation);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    private async Task<StepResult> OnceAsync(Step step, RunContext run, CancellationToken cancellation)
    {
        var session = sessions.For(run.AddressOf(step.Resource.Server));
        var operation = ledger.Intend(run.Run, run.NumberOf(step), step.Phase, step.Resource, step.Summary, acts: step.Request is not null);
        if (step.Request is null)
            return await ProveAsync(step, session, operation, cancellation);
        if (step.Lead is { } lead)
            await WaitAsync(lead, session, cancellation);
        var envelope = new RunnerEnvelope(operation.ToString(), run.Ledger, run.Fence, step.Deadline);
        var reply = await runner.SendAsync(session, step.Request, envelope, StepProof.Of(step), cancellation,
            () => ledger.Leases.RequireInTime(run.Environment));
        return Settle(step, operation, reply switch
        {
            RunnerReply.Failed failed => failed with { Receipt = await WithLogsAsync(step, session, failed.Receipt, cancellation) },
            RunnerReply.ProofFailed failed => failed with { Output = await WithLogsAsync(step, session, failed.Output.Length > 0 ? failed.Output : failed.Receipt.Output, cancellation) },
            _ => reply,
        });
    }

    private static async Task WaitAsync(string lead, IServerSession session, CancellationToken cancellation)
    {
        try
        {
            await RunnerQuestions.ProveAsync(session, new(lead, SkipWhenProven: false, LongestLead), cancellation);
        }
        catch (SessionException)
        {
            // The step itself will say so.
        }
    }

    private static async Task<Receipt> WithLogsAsync(Step step, IServerSession session, Receipt receipt, CancellationToken cancellation) =>
        receipt with { Output = await WithLogsAsync(step, session, receipt.Output, cancellation) };

    /// <summary>What the program itself wrote says more than whoever started it knows. It comes last, as the telling line is looked for from the end.</summary>
    private static async Task<string> WithLogsAsync(Step step, IServerSession session, string output, CancellationToken cancellation)
    {
        if (step.Logs is null)
            return output;
        try
        {
            return (await ServerProbes.AskAsync(session, [Probe.Nothing with { Request = step.Logs }], cancellation))[0] is ProbeAnswer.Output { Text: { Length: > 0 } logs }
                ? $"{output.TrimEnd()}\n{string.Concat(logs.Where(c => !char.IsControl(c) || c is '\n' or '\t'))}".TrimStart('\n')
                : output;
        }
        catch (SessionException)
        {
            return output;
        }
    }

    private StepResult Settle(Step step, OperationId operation, RunnerReply reply)
    {
        switch (reply)
        {
            case RunnerReply.Skipped:
                Record(operation, 0, "already so", StepState.Verified);
                return new("already so", null, false, null);
            case RunnerReply.Done(var receipt):
                Record(operation, receipt.ExitCode, receipt.Output, StepState.Verified);
                return new("done", KeptEdit(step, receipt), true, null);
            case RunnerReply.Failed(var receipt, _):
                Record(operation, receipt.ExitCode, receipt.Output, StepState.Failed);
                var lacksRoom = LacksRoom(step, receipt.Output);
                return Failure(step,
                    receipt.DeadlinePassed ? $"did not end within {DurationConverter.Format(step.Deadline)}: " : $"exit code {receipt.ExitCode}: ",
                    receipt.Output,
                    transient: lacksRoom || step.Attempts > 1, took: true,
                    answered: !lacksRoom && !receipt.DeadlinePassed && !PassingFault.IsIn(receipt.Output));
            case RunnerReply.ProofFailed(var receipt, var output):
                Record(operation, receipt.ExitCode, receipt.Output + "\n" + output, StepState.Failed);
                return Failure(step, "it ran, but its effect is not there: ", output.Length > 0 ? output : receipt.Output, transient: false, took: true);
            case RunnerReply.Refused(RunnerCode.Fenced, var sentence) refused:
                ledger.Settle(operation, refused.MayHaveBegun ? StepState.Lost : StepState.NotStarted);
                return new("refused", sentence, refused.MayHaveBegun, new ConvergeOutcome.Fenced(step.Resource.Server, sentence));
            case RunnerReply.Refused(_, var sentence) { MayHaveBegun: true }:
                // The intent stays open, as below.
                return Failure(step, "whether it took effect is not known: ", sentence, transient: false, took: true);
            case RunnerReply.Refused(var code, var sentence):
                ledger.Settle(operation, StepState.NotStarted);
                return Failure(step, "", sentence, transient: code == RunnerCode.Busy || LacksRoom(step, sentence), took: false);
            case RunnerReply.NotStarted(var why) notStarted:
                ledger.Settle(operation, StepState.NotStarted);
                return Failure(step, "", why, transient: notStarted.Failure?.WorthRetrying ?? true, took: false);
            case RunnerReply.Running:
                // The intent stays open: whoever comes next asks the runner what became of it.
                return Failure(step, "", "it still runs on the server, beyond its time", transient: false, took: true);
            case RunnerReply.Unknown(var why):
                // The intent stays open: whoever comes next asks the runner for the receipt.
                return Failure(step, "whether it took effect is not known: ", why, transient: false, took: true);
            default:
                throw new InvalidOperationException($"Unknown reply {reply}.");
        }
    }

    private static bool LacksRoom(Step step, string said) => step.Phase <= Phase.Wait && PassingFault.IsFullDisk(said);

    /// <summary>Whoever edited a file just before it was replaced is told where the edit is.</summary>
    private static string? KeptEdit(Step step, Receipt receipt) =>
        HandEdit().IsMatch(receipt.Output) && step.Request is { Arguments: [var path, ..] }
            ? $"{path} had been edited by hand: that is kept on {step.Resource.Server}, the newest file in /var/lib/reconciler/server/kept{path}" : null;

    [GeneratedRegex("^kept [0-9a-f]+ changed by hand", RegexOptions.Multiline)]
    private static partial Regex HandEdit();

    /// <summary>A step that only proves something: its fragment until it holds, in one round trip.</summary>
    private async Task<StepResult> ProveAsync(Step step, IServerSession session, OperationId operation, CancellationToken cancellation)
    {
        try
        {
            var seen = await RunnerQuestions.ProveAsync(session, StepProof.Of(step)!, cancellation);
            if (seen is not null)
                seen = await WithLogsAsync(step, session, seen, cancellation);
            Record(operation, seen is null ? 0 : 1, seen ?? "", seen is null ? StepState.Verified : StepState.Failed);
            return seen is null ? new("done", null, false, null) : Failure(step, "", seen, transient: false, took: false);
        }
        catch (SessionException fault)
        {
            ledger.Settle(operation, StepState.NotStarted);
            return Failure(step, "", fault.Message, fault.WorthRetrying, took: false);
        }
    }

    private void Record(OperationId operation, int exitCode, string output, StepState state)
    {
        ledger.Receive(operation, exitCode, output);
        ledger.Settle(operation, state);
    }

    /// <param name="output">What the step printed, or a sentence.</param>
    /// <param name="answered">It ended by itself, and nothing that it printed passes by itself.</param>
    private static StepResult Failure(Step step, string how, string output, bool transient, bool took, bool answered = false)
    {
        var reason = how + PrintedText.TellingLine(output);
        var detail = PrintedText.Tail(output);
        return new("failed", detail is null ? reason : $"{how}\n{detail}", took, new ConvergeOutcome.Failed(step, reason, transient)
        {
            Done = [],
            Detail = detail,
            Answered = answered,
        });
    }
}
