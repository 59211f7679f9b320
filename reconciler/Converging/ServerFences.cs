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
    private readonly ConcurrentDictionary<(string Environment, string Server), long> _raised = new();
    private readonly ConcurrentDictionary<(string Environment, string Server), bool> _free = new();

    /// <returns>Why nothing may be begun; null when all obey this controller, or have no runner that could obey (the first step says that better).</returns>
    public async Task<ConvergeOutcome.Fenced?> RaiseAsync(
        string environment, IEnumerable<ServerAddress> servers, CancellationToken cancellation)
    {
        var refused = await Task.WhenAll(servers.Select(server => RaiseAsync(environment, server, cancellation)));
        return refused.OfType<ConvergeOutcome.Fenced>().FirstOrDefault();
    }

    /// <summary>
    /// The same for who has just begun to work on an environment, be there something to do or not. One that cannot be asked, or obeys another, is asked again
    /// the next time, and nothing is begun on it before. What was never converged obeys nobody yet, and a look changes nothing there.
    /// </summary>
    public Task TellAsync(string environment, IEnumerable<ServerAddress> servers, CancellationToken cancellation) =>
        ledger.AdmissionOf(environment) is null ? Task.CompletedTask : Task.WhenAll(servers.Select(async server =>
        {
            try
            {
                await RaiseAsync(environment, server, cancellation);
            }
            catch (SessionException)
            {
            }
        }));

    /// <summary>Changes nothing; who was found to obey nobody, or this ledger, is not asked again.</summary>
    /// <returns>A server that obeys another ledger; null when there is none among those that can be asked.</returns>
    public async Task<ConvergeOutcome.Fenced?> ObeysAnotherAsync(string environment, IEnumerable<ServerAddress> servers, CancellationToken cancellation)
    {
        var others = await Task.WhenAll(servers.Where(server => !_free.ContainsKey((environment, server.Name))).Select(async server =>
        {
            try
            {
                var hello = await RunnerQuestions.HelloAsync(sessions.For(server), cancellation);
                if (hello?.Ledger is { } other && other != ledger.Id)
                    return new ConvergeOutcome.Fenced(server.Name, $"its ledger is {other}, and this one is {ledger.Id}");
                if (hello is not null)
                    _free[(environment, server.Name)] = true;
            }
            catch (SessionException)
            {
                // That it does not answer is for the look to say.
            }
            return null;
        }));
        return others.OfType<ConvergeOutcome.Fenced>().FirstOrDefault();
    }

    /// <exception cref="SessionException">It cannot be asked.</exception>
    private async Task<ConvergeOutcome.Fenced?> RaiseAsync(string environment, ServerAddress server, CancellationToken cancellation)
    {
        var number = ledger.FencingOf(environment);
        if (_raised.GetValueOrDefault((environment, server.Name), -1) == number)
            return null;
        ledger.Leases.RequireInTime(environment);
        var refusal = await RunnerQuestions.FenceAsync(sessions.For(server), ledger.Id, number, cancellation);
        if (refusal?.Code == RunnerCode.Fenced)
            return new(server.Name, refusal.Sentence);
        if (refusal is null)
            _raised[(environment, server.Name)] = number;
        return null;
    }
}
