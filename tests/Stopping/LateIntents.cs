using System.Collections.Concurrent;
using Reconciler.Journaling;
using Reconciler.Model;

namespace Reconciler.Stopping;

/// <summary>The durable intent taken out: it is written only when the receipt is here.</summary>
internal sealed class LateIntents(ILedger ledger)
{
    private readonly ConcurrentDictionary<OperationId, Action> _unwritten = [];

    public OperationId Intend(string run, int step, Phase phase, ResourceId resource, string summary)
    {
        var before = ledger.Steps(run).Count(record => record.Operation.Step == step);
        var operation = new OperationId(run, step, before + 1);
        _unwritten[operation] = () => ledger.Intend(run, step, phase, resource, summary);
        return operation;
    }

    public void Write(OperationId operation)
    {
        if (_unwritten.TryRemove(operation, out var write))
            write();
    }
}
