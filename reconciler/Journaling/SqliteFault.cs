using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Reconciler.Journaling;

/// <summary>SQLite's result codes in the ledger's words.</summary>
internal static class SqliteFault
{
    public static LedgerException Of(SqliteException e, string path) => e.SqliteErrorCode switch
    {
        raw.SQLITE_FULL => new LedgerException(LedgerFault.Full,
            $"The disk of the ledger {path} is full. Nothing is done on any server until there is space for the journal; free some.", e),
        raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB => Damaged(path, e.Message, e),
        raw.SQLITE_BUSY or raw.SQLITE_LOCKED => new LedgerException(LedgerFault.Busy,
            $"The ledger {path} is busy: another process writes to it. It is tried again.", e),
        raw.SQLITE_READONLY or raw.SQLITE_CANTOPEN or raw.SQLITE_PERM or raw.SQLITE_AUTH => new LedgerException(LedgerFault.Unusable,
            $"The ledger {path} cannot be opened or written: {e.Message} Run as the controller's user, and look at the rights of its folder.", e),
        _ => new LedgerException(LedgerFault.Unusable, $"The ledger {path} cannot be used: {e.Message}", e),
    };

    public static LedgerException Damaged(string path, string how, Exception? e = null) => new(LedgerFault.Damaged,
        $"The ledger {path} is damaged ({how}). Nothing is done on any server. Restore it from a backup together with its -wal file, or move it away and take the servers over with a new one.", e);
}
