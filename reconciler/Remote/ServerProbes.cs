using Reconciler.Model;

namespace Reconciler.Remote;

/// <summary>Asks a server many read-only questions in one round trip.</summary>
internal static class ServerProbes
{
    /// <summary>A fragment that is quiet for longer counts as hanging: it is given up, and the ones after it are asked anew.</summary>
    public static TimeSpan Silence { get; } = TimeSpan.FromSeconds(20);

    /// <summary>The same where a probe asks the runner, which ends what it runs after 60 seconds by itself.</summary>
    public static TimeSpan SilenceOfRunner { get; } = TimeSpan.FromSeconds(80);

    /// <summary>For one round trip; a fragment that chatters for ever ends here.</summary>
    public static TimeSpan Deadline { get; } = TimeSpan.FromMinutes(5);

    /// <returns>One answer per probe, in their order.</returns>
    /// <exception cref="SessionException">There is no session, or it was lost twice.</exception>
    public static async Task<IReadOnlyList<ProbeAnswer>> AskAsync(IServerSession session, IReadOnlyList<Probe> probes, CancellationToken cancellation)
    {
        var answers = new List<ProbeAnswer>(probes.Count);
        for (var mayLose = true; answers.Count < probes.Count;)
        {
            var rest = probes.Skip(answers.Count).ToList();
            var script = new ProbeScript(rest);
            var silence = rest.Exists(probe => probe.Request is not null) ? SilenceOfRunner : Silence;
            try
            {
                var reply = await session.RunAsync(new ShellRequest(script.Text, Deadline) { Silence = silence }, cancellation);
                answers.AddRange(script.Read(reply.Output));
                if (answers.Count < probes.Count)
                    answers.Add(new ProbeAnswer.Missing(reply.Truncated ? "the server's answer was too long" : "the server's answer broke off"));
            }
            catch (SessionException fault) when (fault is { Sent: true, Failure: SessionFailure.TimedOut })
            {
                answers.AddRange(script.Read(fault.Partial));
                answers.Add(new ProbeAnswer.Missing("the server did not answer this in time"));
            }
            catch (SessionException fault) when (fault is { Sent: true, Failure: SessionFailure.Lost } && mayLose)
            {
                // Reading twice does no harm, and a connection kept open may have died of idleness.
                mayLose = false;
                answers.AddRange(script.Read(fault.Partial));
            }
        }
        return answers;
    }
}
