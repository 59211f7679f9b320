using Reconciler.Journaling;

namespace Reconciler.Reporting;

/// <summary>Keeps where each unit stands in the ledger, for <c>status</c> in another process.</summary>
/// <param name="writer">Null for a look beside a running controller: nothing is kept.</param>
internal sealed class StatusReporter(ILedgerReader ledger, ILedger? writer, TimeProvider clock)
{
    public ApplicationStatus? Before(string environment, string application) =>
        StatusBuilder.Of(ledger.StatusOf(environment, application));

    public DateTimeOffset Now => clock.GetUtcNow();

    public RepositoryStatus? LastLook() => StatusBuilder.LookFromJson(ledger.LastLook()?.Body);

    public void SaveLook(RepositoryStatus look) => writer?.SaveLook(StatusBuilder.ToJson(look));

    /// <inheritdoc cref="ILedger.SaveSeenAgain"/>
    public void SaveSeenAgain(string environment) => writer?.SaveSeenAgain(environment);

    public void Save(ApplicationStatus status) => writer?.SaveStatus(status.Environment, status.Application, StatusBuilder.ToJson(status));
}
