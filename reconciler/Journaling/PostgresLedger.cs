namespace Reconciler.Journaling;

/// <summary>The ledger in a PostgreSQL database, which several controllers share: each works on the environments whose leases it has.</summary>
internal static class PostgresLedger
{
    /// <summary>Opens it, making its tables if there are none.</summary>
    /// <param name="share">Which environments are to be this process's: none yet.</param>
    /// <param name="command">What the program was started as, for those who find an environment held.</param>
    /// <exception cref="LedgerException"/>
    public static ILedger OpenForWriting(PostgresAddress address, TimeProvider clock, string? command, LeaseShare share)
    {
        PostgresStore store = new(address, readOnly: false), own = new(address, readOnly: false);
        try
        {
            Make(store, clock);
            return Ledger.Over(store, _ => new PostgresLeases(store, own, share, command, clock), clock);
        }
        catch
        {
            store.Dispose();
            own.Dispose();
            throw;
        }
    }

    /// <summary>Opens it beside those who write, for looking only.</summary>
    /// <exception cref="LedgerException"><see cref="LedgerFault.Missing"/> when no controller ever used it.</exception>
    public static ILedgerReader OpenForReading(PostgresAddress address, TimeProvider clock)
    {
        var store = Beside(address, readOnly: true);
        try
        {
            return Ledger.Over(store, last => new LeasesSeen(new LeaseTable(store, clock), last), clock);
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    /// <summary>Makes its tables if there are none, and does nothing else.</summary>
    /// <exception cref="LedgerException"/>
    public static void Make(PostgresAddress address, TimeProvider clock)
    {
        using var store = new PostgresStore(address, readOnly: false);
        Make(store, clock);
    }

    /// <inheritdoc cref="Ledger.Ask"/>
    public static long Ask(PostgresAddress address, NewRequest request, TimeProvider clock)
    {
        using var store = Beside(address, readOnly: false);
        return Ledger.Ask(store, request, clock);
    }

    /// <inheritdoc cref="Ledger.PassFence"/>
    public static void PassFence(PostgresAddress address, long seen)
    {
        using var store = Beside(address, readOnly: false);
        Ledger.PassFence(store, seen);
    }

    /// <inheritdoc cref="Ledger.NoteShown"/>
    public static void NoteShown(PostgresAddress address, IEnumerable<long> answered, TimeProvider clock)
    {
        using var store = Beside(address, readOnly: false);
        Ledger.NoteShown(store, answered, clock);
    }

    /// <summary>Watches that are alive.</summary>
    /// <exception cref="LedgerException"/>
    public static IReadOnlyList<LedgerHolder> Watches(PostgresAddress address, TimeProvider clock)
    {
        using var store = Beside(address, readOnly: true);
        return new LeaseTable(store, clock).Watches();
    }

    /// <summary>The server's version, asked without touching anything.</summary>
    /// <exception cref="LedgerException"/>
    public static string VersionAt(PostgresAddress address)
    {
        using var store = new PostgresStore(address, readOnly: true);
        return store.Version();
    }

    private static void Make(PostgresStore store, TimeProvider clock)
    {
        if (!IsCurrent(store))
            LedgerUpgrade.Apply(store, clock);
    }

    // What is there already is not locked by every start.
    private static bool IsCurrent(PostgresStore store)
    {
        try
        {
            LedgerUpgrade.RequireCurrent(store);
            return store.Query("SELECT id FROM ledger", row => row.Text(0)).Count > 0;
        }
        catch (LedgerException fault) when (fault.Fault is LedgerFault.Missing or LedgerFault.Unusable)
        {
            return false;
        }
    }

    private static PostgresStore Beside(PostgresAddress address, bool readOnly)
    {
        var store = new PostgresStore(address, readOnly);
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
}
