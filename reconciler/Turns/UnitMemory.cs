using Reconciler.Documents.Expansion;
using Reconciler.Journaling;

namespace Reconciler.Turns;

/// <summary>What the ledger remembers of a unit that was just seen to be as git says.</summary>
internal static class UnitMemory
{
    /// <param name="isNew">This desired state was not converged before: it becomes what a way back leads to.</param>
    public static void RecordSynced(ILedger ledger, ExpandedEnvironment environment, Unit unit, bool healthy, bool isNew)
    {
        foreach (var server in unit.Missing.Where(server => unit.Down.Contains(server.Name)))
            ledger.LeaveOut(environment.Name, unit.Application, server.Name, unit.Digest, server.Why);
        if (isNew)
        {
            ledger.TakeBack(environment.Name, unit.Application, unit.Digest);
            ledger.RecordConverged(environment.Name, unit.Application, unit.Digest, environment.Revision, unit.CodeCommit);
        }
        // What some servers do not have is not proven here.
        if (unit.CodeCommit is null || unit.Missing.Count > 0)
            return;
        if (healthy)
            ledger.RecordHealthy(environment.Name, unit.Application, unit.CodeCommit, unit.BaseDigest);
        else
            ledger.RecordNoLongerHealthy(environment.Name, unit.Application, unit.CodeCommit, unit.BaseDigest);
    }
}
