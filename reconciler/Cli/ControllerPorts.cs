using Reconciler.Journaling;
using Reconciler.Remote;

namespace Reconciler.Cli;

/// <summary>What is put between a controller and its ports: whoever wants to stop it at a step does so there.</summary>
internal sealed record ControllerPorts
{
    public Func<ILedger, ILedger> Ledger { get; init; } = ledger => ledger;

    public Func<IServerSessions, IServerSessions> Sessions { get; init; } = sessions => sessions;
}
