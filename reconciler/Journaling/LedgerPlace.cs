namespace Reconciler.Journaling;

/// <summary>Where a controller's ledger is: in its own folder, one controller's alone, or in a PostgreSQL that several share.</summary>
/// <param name="Folder">The controller's own.</param>
/// <param name="PostgresFile">The file with the address; null for SQLite in the folder.</param>
internal sealed record LedgerPlace(string Folder, string? PostgresFile = null)
{
    /// <summary>Several controllers may work with it at once.</summary>
    public bool IsShared => PostgresFile is not null;

    private PostgresAddress Address => PostgresAddress.Read(PostgresFile!);

    /// <summary>To work on its environments; which of a shared one, is for <see cref="ILeases.Claim"/>.</summary>
    /// <param name="environment">The only one that is meant; null for a watch: all that fall to it.</param>
    /// <exception cref="LedgerException"><see cref="LedgerFault.Locked"/>: somebody else has it; who, is said.</exception>
    public ILedger OpenForWriting(TimeProvider clock, string command, string? environment = null)
    {
        if (!IsShared)
            return SqliteLedger.OpenForWriting(Folder, clock, command);
        var ledger = PostgresLedger.OpenForWriting(Address, clock, command, environment is null ? new LeaseShare.Fair() : new LeaseShare.One(environment));
        try
        {
            if (environment is not null)
                ledger.Leases.Claim([environment]);
            return ledger;
        }
        catch
        {
            ledger.Dispose();
            throw;
        }
    }

    /// <exception cref="LedgerException"><see cref="LedgerFault.Missing"/> when no controller ever used it.</exception>
    public ILedgerReader OpenForReading(TimeProvider clock) =>
        IsShared ? PostgresLedger.OpenForReading(Address, clock) : SqliteLedger.OpenForReading(Folder, clock);

    /// <summary>For a look by a command that is the first of all, too.</summary>
    /// <exception cref="LedgerException"/>
    public ILedgerReader OpenForLooking(TimeProvider clock)
    {
        if (IsShared)
            PostgresLedger.Make(Address, clock);
        return OpenForReading(clock);
    }

    /// <inheritdoc cref="Ledger.Ask"/>
    public long Ask(NewRequest request, TimeProvider clock) =>
        IsShared ? PostgresLedger.Ask(Address, request, clock) : SqliteLedger.Ask(Folder, request, clock);

    /// <inheritdoc cref="Ledger.PassFence"/>
    public void PassFence(long seen)
    {
        if (IsShared)
            PostgresLedger.PassFence(Address, seen);
        else
            SqliteLedger.PassFence(Folder, seen);
    }

    /// <inheritdoc cref="Ledger.NoteShown"/>
    public void NoteShown(IEnumerable<long> answered, TimeProvider clock)
    {
        if (IsShared)
            PostgresLedger.NoteShown(Address, answered, clock);
        else
            SqliteLedger.NoteShown(Folder, answered, clock);
    }

    /// <summary>Who works on an environment now; null when nobody does.</summary>
    /// <exception cref="LedgerException"/>
    public LedgerHolder? HolderOf(string environment, TimeProvider clock)
    {
        if (!IsShared)
            return LedgerLock.HolderNow(Folder);
        return Known(() =>
        {
            using var ledger = OpenForReading(clock);
            return ledger.LeasesHeld()!.FirstOrDefault(lease => lease.Environment == environment)?.Holder;
        });
    }

    /// <summary>Somebody who works with the ledger now, a watch before all others; null when nobody does.</summary>
    /// <exception cref="LedgerException"/>
    public LedgerHolder? AnyHolder(TimeProvider clock)
    {
        if (!IsShared)
            return LedgerLock.HolderNow(Folder);
        return Known(() =>
        {
            using var ledger = OpenForReading(clock);
            return PostgresLedger.Watches(Address, clock) is [var watch, ..] ? watch
                : ledger.LeasesHeld() is [var lease, ..] ? lease.Holder : null;
        });
    }

    private static LedgerHolder? Known(Func<LedgerHolder?> ask)
    {
        try
        {
            return ask();
        }
        catch (LedgerException fault) when (fault.Fault == LedgerFault.Missing)
        {
            return null;
        }
    }

    /// <summary>For sentences: where the ledger is.</summary>
    public override string ToString() => PostgresFile is null ? Folder : $"PostgreSQL ({PostgresFile})";
}
