using Reconciler.Model;

namespace Reconciler.Remote;

/// <summary>Asks a server many read-only questions in one round trip.</summary>
internal static class ServerProbes
{
    /// <summary>No fragment may be quiet for longer: it counts as hanging, and the ones after it are asked anew.</summary>
    public static TimeSpan Silence { get; } = TimeSpan.FromSeconds(20);

    /// <summary>For one round trip; a fragment that chatters for ever ends here.</summary>
    public static TimeSpan Deadline { get; } = TimeSpan.FromMinutes(2);

    /// <returns>One answer per probe, in their order.</returns>
    /// <exception cref="SessionException">There is no session, or it was lost twice.</exception>
    public static async Task<IReadOnlyList<ProbeAnswer>> AskAsync(IServerSession session, IReadOnlyList<Probe> probes, CancellationToken cancellation)
    {
        var answers = new List<ProbeAnswer>(probes.Count);
        var mayLose = true;
        while (answers.Count < probes.Count)
        {
            var script = new ProbeScript(probes.Skip(answers.Count));
            try
            {
                var reply = await session.RunAsync(new ShellRequest(script.Text, Deadline) { Silence = Silence }, cancellation);
                answers.AddRange(script.Read(reply.Output));
                if (answers.Count < probes.Count)
                    answers.Add(new ProbeAnswer.Missing(reply.Truncated ? "its answer was too long" : "it broke off"));
            }
            catch (SessionException fault) when (fault is { Sent: true, Failure: SessionFailure.TimedOut })
            {
                answers.AddRange(script.Read(fault.Partial));
                answers.Add(new ProbeAnswer.Missing("it did not answer in time"));
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
