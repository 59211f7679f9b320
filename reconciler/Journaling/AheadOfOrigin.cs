using System.Globalization;

namespace Reconciler.Journaling;

/// <summary>
/// A commit of desired state that was pushed to the controller while its repository could not be fetched, and that the repository lacks.
/// </summary>
/// <param name="From">What was in force before the first such push: the repository goes on from there.</param>
/// <param name="Since">When the first such commit came into force.</param>
/// <param name="By">Who signed it, as the list of signers calls them.</param>
internal sealed record AheadOfOrigin(string Commit, string From, DateTimeOffset Since, string By)
{
    private const string Subject = "ahead of origin";

    /// <returns>Null when the repository has all that is in force.</returns>
    public static AheadOfOrigin? In(ILedgerReader ledger) =>
        ledger.Told(Subject)?.Split(' ', 4) is [var commit, var from, var since, var by]
            ? new(commit, from, DateTimeOffset.Parse(since, CultureInfo.InvariantCulture), by) : null;

    /// <summary>Renewed at each look: what was told long ago is forgotten.</summary>
    public void Keep(ILedger ledger) => ledger.KeepTold(Subject, $"{Commit} {From} {Since.UtcDateTime:o} {By}");

    /// <summary>The repository has caught up.</summary>
    public static void Forget(ILedger ledger) => ledger.KeepTold(Subject, "");
}
