using Reconciler.Model;

namespace Reconciler.Remote;

/// <summary>Sends requests to the runner and makes one reply of what comes back. A step is never sent twice.</summary>
internal sealed class RunnerClient(IPayloadSource payloads, TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    /// <summary>A server that cannot be asked for this long is lost: others may be covered meanwhile, and its own step goes on or not without being waited for.</summary>
    private static readonly TimeSpan LostAfter = TimeSpan.FromSeconds(30);

    /// <summary>
    /// One round trip: the proof (when it may skip), the runner, the proof until it holds. If the session is lost on the way, it is opened anew and the
    /// runner asked what became of the operation, until that is known, the deadline has passed, or the server is lost.
    /// </summary>
    /// <param name="lastWord">Called when all is ready to be sent; throws where it may be sent no more.</param>
    public async Task<RunnerReply> SendAsync(
        IServerSession session, RunnerRequest request, RunnerEnvelope envelope, StepProof? proof, CancellationToken cancellation,
        Action? lastWord = null)
    {
        var contents = new List<PayloadContent>();
        try
        {
            foreach (var part in request.Payload)
                contents.Add(part is PayloadPart.Text text ? PayloadContent.Of(text.Value) : await payloads.OpenAsync(part, cancellation));
            var header = RunnerWire.Header(request, envelope, contents.Select(content => content.Length));
            lastWord?.Invoke();
            return await SendAsync(session, [PayloadContent.Of(header), .. contents], envelope, proof, cancellation);
        }
        finally
        {
            foreach (var content in contents)
                await content.DisposeAsync();
        }
    }

    private async Task<RunnerReply> SendAsync(
        IServerSession session, IReadOnlyList<PayloadContent> payload, RunnerEnvelope envelope, StepProof? proof, CancellationToken cancellation)
    {
        var limit = envelope.Deadline + envelope.Patience + (proof?.Within ?? TimeSpan.Zero) + RunnerQuestions.Margin;
        var started = time.GetTimestamp();
        var script = new StepScript(proof, request: true);
        try
        {
            var reply = await session.RunAsync(new ShellRequest(script.Text, limit) { Payload = payload }, cancellation);
            return Read(script, reply.Text, proof);
        }
        catch (SessionException fault) when (!fault.Sent || fault.Failure == SessionFailure.PayloadCutShort)
        {
            return new RunnerReply.NotStarted(fault.Message) { Failure = fault };
        }
        catch (SessionException fault)
        {
            return await SettleLostAsync(session, envelope, proof, fault, () => time.GetElapsedTime(started) < limit, cancellation);
        }
    }

    private async Task<RunnerReply> SettleLostAsync(
        IServerSession session, RunnerEnvelope envelope, StepProof? proof, SessionException lost, Func<bool> inTime, CancellationToken cancellation)
    {
        var heard = time.GetTimestamp();
        for (var first = true; first || (inTime() && time.GetElapsedTime(heard) < LostAfter); first = false)
        {
            if (!first)
                await Task.Delay(Pause, time, cancellation);
            try
            {
                var reply = await RunnerQuestions.SettleAsync(session, envelope, proof, cancellation);
                if (reply is not RunnerReply.Running)
                    return reply is RunnerReply.Refused refused ? refused with { MayHaveBegun = true } : reply;
                heard = time.GetTimestamp();
            }
            catch (SessionException fault) when (fault.WorthRetrying)
            {
                lost = fault;
            }
            catch (SessionException fault)
            {
                return new RunnerReply.Unknown(fault.Message);
            }
        }
        return new RunnerReply.Unknown($"{lost.Message}; whether {envelope.Operation} took effect is not known");
    }

    private static RunnerReply Read(StepScript script, string output, StepProof? proof)
    {
        if (script.Part(output, "skipped") is not null)
            return new RunnerReply.Skipped();
        if (script.Part(output, "ran") is not { } ran)
            return new RunnerReply.Unknown("what the runner answered was cut short");
        return ReceiptText.Read(ran.Text, ran.Code) switch
        {
            RunnerAnswer.Ended ended => RunnerReply.Of(ended.Receipt, proof is null ? null : script.Part(output, "proof") ?? ("", 1)),
            RunnerAnswer.Refused refused => new RunnerReply.Refused(refused.Refusal.Code, refused.Refusal.Sentence),
            RunnerAnswer.Garbled garbled => new RunnerReply.Unknown(garbled.Why),
            var other => new RunnerReply.Unknown($"the runner answered {other}"),
        };
    }
}
