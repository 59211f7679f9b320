using System.Text.RegularExpressions;
using Reconciler.Remote;

namespace Reconciler.Stopping;

/// <summary>Sessions that stop when a step's request has been handed over, or is about to be.</summary>
internal sealed partial class StoppingSessions(IServerSessions sessions, Stops stops) : IServerSessions
{
    public IServerSession For(ServerAddress server) => new Session(sessions.For(server), stops);

    private sealed partial class Session(IServerSession session, Stops stops) : IServerSession
    {
        public ServerAddress Server => session.Server;

        public async Task<ShellReply> RunAsync(ShellRequest request, CancellationToken cancellation)
        {
            // As StepScript writes what goes to the runner.
            if (!request.Script.Contains("\nran=$?", StringComparison.Ordinal))
                return await session.RunAsync(request, cancellation);
            if (stops.Without == "before-check")
                request = request with { Script = SkipWhenProven().Replace(request.Script, "") };
            if (stops.At("middle") is { } at)
                stops.Stop("middle", at.Operation, at.Step);
            if (stops.At("before-intent") is not null)
                return Told(await session.RunAsync(request, cancellation));
            if (stops.At("after-sending") is not { } sending)
                return await session.RunAsync(request, cancellation);
            var handedOver = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var last = request.Payload[^1];
            var watched = last with { Stream = new WatchedStream(last.Stream, last.Length, handedOver.SetResult) };
            var running = session.RunAsync(request with { Payload = [.. request.Payload.SkipLast(1), watched] }, cancellation);
            await Task.WhenAny(running, handedOver.Task);
            stops.Stop("after-sending", sending.Operation, sending.Step);
            return await running;
        }

        /// <summary>Whoever records a deploy hears which of its steps act.</summary>
        private static ShellReply Told(ShellReply reply)
        {
            if (!reply.Text.Contains(" skipped 0\n", StringComparison.Ordinal))
                Console.Error.WriteLine("@acted");
            return reply;
        }

        public ValueTask DisposeAsync() => session.DisposeAsync();

        [GeneratedRegex("^if prove; then printf [^\n]* skipped 0[^\n]*\n", RegexOptions.Multiline)]
        private static partial Regex SkipWhenProven();
    }
}
