using Reconciler.Model;
using Reconciler.Remote;

namespace Reconciler.Converging;

/// <summary>The run that a plan belongs to. One run may carry out two plans: Prepare, then the exact one.</summary>
/// <param name="run">The ledger's id of it.</param>
/// <param name="environment">Whose servers they are: its lease is asked after before each step.</param>
/// <param name="ledger">Id of the ledger; the server obeys one.</param>
/// <param name="fence">The controller's fencing number.</param>
/// <param name="servers">How each server of the plan is reached.</param>
/// <param name="numbered">Steps of it that have a number already, from before it waited.</param>
internal sealed class RunContext(
    string run, string environment, string ledger, long fence, IReadOnlyDictionary<string, ServerAddress> servers, int numbered = 0)
{
    private readonly Dictionary<Step, int> _numbers = new(ReferenceEqualityComparer.Instance);

    public string Run => run;

    public string Environment => environment;

    public string Ledger => ledger;

    public long Fence => fence;

    public IReadOnlyDictionary<string, ServerAddress> Servers => servers;

    public ServerAddress AddressOf(string server) => servers[server];

    /// <summary>The step's number within the run, from 1, the same each time it is asked.</summary>
    public int NumberOf(Step step)
    {
        lock (_numbers)
        {
            if (!_numbers.TryGetValue(step, out var number))
                _numbers[step] = number = numbered + _numbers.Count + 1;
            return number;
        }
    }
}
