using Microsoft.Data.Sqlite;

namespace Reconciler.Journaling;

/// <summary>The ledger in an SQLite file, <c>ledger.db</c> in the controller's folder (0700; the file 0600): one controller has it, by a lock.</summary>
internal static class SqliteLedger
{
    /// <summary>Opens it as the one writer, making it if there is none; the fencing number rises.</summary>
    /// <param name="command">What the program was started as, for those who find it locked.</param>
    /// <exception cref="LedgerException"/>
    public static ILedger OpenForWriting(string folder, TimeProvider clock, string? command = null)
    {
        Prepare(folder);
        var held = LedgerLock.Take(folder, clock, command);
        SqliteStore? store = null;
        try
        {
            var path = PathIn(folder);
            store = SqliteStore.Open(path, SqliteOpenMode.ReadWrite);
            if (store.Query("PRAGMA quick_check(1)", row => row.Text(0)) is not ["ok"] and var found)
                throw SqliteFault.Damaged(path, found.FirstOrDefault() ?? "its check gives no answer");
            LedgerUpgrade.Apply(store, clock);
            store.Execute("UPDATE ledger SET fencing = fencing + 1");
            return Ledger.Over(store, number => new WholeLedger(number, held), clock);
        }
        catch
        {
            store?.Dispose();
            held.Dispose();
            throw;
        }
    }

    /// <summary>Opens it beside a writer, for looking only.</summary>
    /// <exception cref="LedgerException"><see cref="LedgerFault.Missing"/> when no controller ever ran here.</exception>
    public static ILedgerReader OpenForReading(string folder, TimeProvider clock)
    {
        var store = Beside(folder, SqliteOpenMode.ReadOnly);
        try
        {
            return Ledger.Over(store, number => new WholeLedger(number, null), clock);
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    /// <inheritdoc cref="Ledger.Ask"/>
    public static long Ask(string folder, NewRequest request, TimeProvider clock)
    {
        using var store = Beside(folder, SqliteOpenMode.ReadWrite);
        return Ledger.Ask(store, request, clock);
    }

    /// <inheritdoc cref="Ledger.PassFence"/>
    public static void PassFence(string folder, long seen)
    {
        using var store = Beside(folder, SqliteOpenMode.ReadWrite);
        Ledger.PassFence(store, seen);
    }

    /// <inheritdoc cref="Ledger.NoteShown"/>
    public static void NoteShown(string folder, IEnumerable<long> answered, TimeProvider clock)
    {
        using var store = Beside(folder, SqliteOpenMode.ReadWrite);
        Ledger.NoteShown(store, answered, clock);
    }

    private static SqliteStore Beside(string folder, SqliteOpenMode mode)
    {
        var path = PathIn(folder);
        if (!File.Exists(path))
            throw new LedgerException(LedgerFault.Missing, $"There is no ledger {path}; it is made by the first converge or watch. Or name another state folder.");
        var store = SqliteStore.Open(path, mode);
        try
        {
            LedgerUpgrade.RequireCurrent(store);
            return store;
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    private static string PathIn(string folder) => Path.Combine(folder, "ledger.db");

    private static void Prepare(string folder)
    {
        try
        {
            DurableFolder.Make(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            // SQLite gives its -wal and -shm files the mode of the main one.
            using var file = new FileStream(PathIn(folder), new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate,
                Access = FileAccess.ReadWrite,
                Share = FileShare.ReadWrite,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            });
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new LedgerException(LedgerFault.Unusable, $"The ledger cannot be made in {folder}: {e.Message} Name a state folder that the controller's user may write.", e);
        }
    }
}
