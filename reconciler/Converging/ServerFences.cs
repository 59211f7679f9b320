using System.Collections.Concurrent;
using Reconciler.Journaling;
using Reconciler.Remote;

namespace Reconciler.Converging;

/// <summary>
/// The fencing number, raised on every server that a run may touch before its first step: a controller that went before, and does not know that its time
/// is over, could else go on where this one has not come to yet.
/// </summary>
internal sealed class ServerFences(IServerSessions sessions, ILedger ledger)
{
    private readonly ConcurrentDictionary<string, long> _raised = new();

    /// <returns>Why nothing may be begun; null when all obey this controller, or have no runner that could obey (the first step says that better).</returns>
    public async Task<ConvergeOutcome.Fenced?> RaiseAsync(IEnumerable<ServerAddress> servers, CancellationToken cancellation)
    {
        var refused = await Task.WhenAll(servers.Select(server => RaiseAsync(server, cancellation)));
        return refused.OfType<ConvergeOutcome.Fenced>().FirstOrDefault();
    }

    /// <exception cref="SessionException">It cannot be asked.</exception>
    private async Task<ConvergeOutcome.Fenced?> RaiseAsync(ServerAddress server, CancellationToken cancellation)
    {
        var number = ledger.Fencing;
        if (_raised.GetValueOrDefault(server.Name, -1) == number)
            return null;
        var refusal = await RunnerQuestions.FenceAsync(sessions.For(server), ledger.Id, number, cancellation);
        if (refusal?.Code == RunnerCode.Fenced)
            return new(server.Name, refusal.Sentence);
        if (refusal is null)
            _raised[server.Name] = number;
        return null;
    }
}
