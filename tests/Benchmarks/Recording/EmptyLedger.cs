using Microsoft.Data.Sqlite;
using Reconciler.Journaling;

namespace Reconciler.Benchmarks.Recording;

/// <summary>A ledger that remembers nothing, with the key of another: keyed digests of secrets stand in what servers keep.</summary>
internal static class EmptyLedger
{
    /// <param name="state">Folder of the controller; made anew.</param>
    public static void Make(string state, string digestKey)
    {
        if (Directory.Exists(state))
            Directory.Delete(state, recursive: true);
        using (SqliteLedger.OpenForWriting(state, TimeProvider.System))
        using (var store = SqliteStore.Open(Path.Combine(state, "ledger.db"), SqliteOpenMode.ReadWrite))
            GiveKey(store, digestKey);
    }

    public static void GiveKey(ILedgerStore store, string digestKey) => store.Execute("UPDATE ledger SET digest_key = @key", ("@key", digestKey));

    public static string KeyIn(string state)
    {
        using var ledger = SqliteLedger.OpenForReading(state, TimeProvider.System);
        return ledger.DigestKey;
    }
}
