namespace Reconciler.Journaling;

/// <summary>
/// Where a ledger is kept: a database that takes the ledger's statements. They are written so that SQLite and PostgreSQL both take them; a value
/// is named <c>@name</c> in them. Used by one thread at a time. Every member may throw <see cref="LedgerException"/>.
/// </summary>
internal interface ILedgerStore : IDisposable
{
    /// <summary>For sentences, as their beginning: "The ledger FILE".</summary>
    string Name { get; }

    /// <summary>All of the work or nothing of it, and durable when this returns. One within another is part of it.</summary>
    /// <param name="durable">
    /// False: on the disk with the next that is, which saves a wait for it; should the power go before, all since is as if it had not been.
    /// </param>
    T Transact<T>(Func<T> work, bool durable = true);

    /// <returns>The number of rows changed.</returns>
    int Execute(string sql, params ReadOnlySpan<(string Name, object? Value)> values);

    List<T> Query<T>(string sql, Func<LedgerRow, T> read, params ReadOnlySpan<(string Name, object? Value)> values);

    bool Has(string table);

    /// <summary>From here to the end of the transaction no other controller is in one that has asked for the same.</summary>
    void OneAtATime();

    /// <summary>A definition of tables, as <see cref="LedgerSchema"/> has it, in this database's words.</summary>
    string Dialect(string definition);
}
