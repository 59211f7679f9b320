using System.Collections.Concurrent;
using Reconciler.Journaling;
using Reconciler.Remote;

namespace Reconciler.Converging;

/// <summary>
/// Tells an environment's servers who works on it from now on, so that whoever did before is refused even where nothing is to be done. A step carries the number
/// too, and the runner notes it before it acts: nothing is done on a server that was not told.
/// </summary>
internal sealed class Fences(IServerSessions sessions, ILedger ledger)
{
    private readonly ConcurrentDictionary<(string Environment, string Server), long> _raised = new();

    /// <summary>One that cannot be asked, or obeys another ledger, is asked again the next time; its steps say what is wrong with it.</summary>
    public Task RaiseAsync(string environment, IReadOnlyDictionary<string, ServerAddress> servers, CancellationToken cancellation)
    {
        // What was never converged obeys nobody yet, and a look changes nothing there.
        if (ledger.AdmissionOf(environment) is null)
            return Task.CompletedTask;
        ledger.Leases.RequireInTime(environment);
        var number = ledger.FencingOf(environment);
        return Task.WhenAll(servers.Values.Where(server => _raised.GetValueOrDefault((environment, server.Name)) != number).Select(async server =>
        {
            try
            {
                if (await RunnerQuestions.FenceAsync(sessions.For(server), ledger.Id, number, cancellation) is null)
                    _raised[(environment, server.Name)] = number;
            }
            catch (SessionException)
            {
            }
        }));
    }
}
