using Reconciler.Journaling;

namespace Reconciler.Reporting;

/// <summary>Keeps where each unit stands in the ledger, for <c>status</c> in another process.</summary>
internal sealed class StatusReporter(ILedger ledger, TimeProvider clock)
{
    public ApplicationStatus? Before(string environment, string application) => StatusBuilder.FromJson(ledger.StatusOf(environment, application)?.Body);

    public DateTimeOffset Now => clock.GetUtcNow();

    public void Save(ApplicationStatus status) => ledger.SaveStatus(status.Environment, status.Application, StatusBuilder.ToJson(status));
}
