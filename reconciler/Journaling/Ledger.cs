namespace Reconciler.Journaling;

/// <summary>The ledger's statements, over either kind of database; what is written about an environment is written under its lease.</summary>
internal sealed partial class Ledger : ILedger
{
    private readonly ILedgerStore _store;
    private readonly ILeases _leases;
    private readonly TimeProvider _clock;

    private Ledger(ILedgerStore store, ILeases leases, TimeProvider clock, string id, string key) =>
        (_store, _leases, _clock, Id, DigestKey) = (store, leases, clock, id, key);

    public string Id { get; }

    public string DigestKey { get; }

    private DateTimeOffset Now => _clock.GetUtcNow();

    /// <param name="leases">From the number that the ledger has given last.</param>
    /// <exception cref="LedgerException"/>
    public static Ledger Over(ILedgerStore store, Func<long, ILeases> leases, TimeProvider clock)
    {
        var (id, key, number) =
            store.Query("SELECT id, digest_key, fencing FROM ledger", row => (row.Text(0), row.Text(1), row.Number(2))) is [var one]
                ? one : throw SqliteFault.Damaged(store.Name, "it has no identity");
        return new(store, leases(number), clock, id, key);
    }

    public long FencingOf(string environment) => _leases.NumberOf(environment);

    public ILeases Leases => _leases;

    public IReadOnlyList<HeldLease>? LeasesHeld() => _leases.All();

    public void RequireWritable() => _store.Execute("UPDATE ledger SET fencing = fencing");

    /// <summary>Leaves a request for whoever holds the environment; needs no lease.</summary>
    /// <returns>The request's number.</returns>
    /// <exception cref="LedgerException"/>
    public static long Ask(ILedgerStore store, NewRequest request, TimeProvider clock) => store.Query(
        """
        INSERT INTO requests (kind, environment, application, arguments, asked_by, at)
        VALUES (@kind, @environment, @application, @arguments, @by, @at) RETURNING id
        """,
        row => row.Number(0), ("@kind", request.Kind), ("@environment", request.Environment), ("@application", request.Application),
        ("@arguments", request.Arguments), ("@by", request.By), ("@at", clock.GetUtcNow()))[0];

    /// <summary>Has the next number that is given be higher than one that servers have seen; those that were given before stay what they are.</summary>
    /// <exception cref="LedgerException"/>
    public static void PassFence(ILedgerStore store, long seen) =>
        store.Execute("UPDATE ledger SET fencing = @seen WHERE fencing < @seen", ("@seen", seen));

    /// <summary>Notes that a person has seen these answers; needs no lease. What was noted before stays.</summary>
    /// <exception cref="LedgerException"/>
    public static void NoteShown(ILedgerStore store, IEnumerable<long> answered, TimeProvider clock)
    {
        foreach (var id in answered)
            store.Execute("UPDATE requests SET shown_at = @at WHERE id = @id AND done_at IS NOT NULL AND shown_at IS NULL",
                ("@id", id), ("@at", clock.GetUtcNow()));
    }

    public void Dispose()
    {
        _leases.Dispose();
        _store.Dispose();
    }

    /// <summary>All of the work or nothing of it, while the environment's lease is this process's.</summary>
    private T Guarded<T>(string environment, Func<T> work) => _store.Transact(() =>
    {
        _leases.Guard(environment);
        return work();
    });

    /// <returns>The number of rows changed.</returns>
    private int Write(string environment, string sql, params (string Name, object? Value)[] values) =>
        Guarded(environment, () => _store.Execute(sql, values));

    /// <summary>A row in place of the one that has the same key.</summary>
    /// <param name="environment">That it is about; null for none.</param>
    private void Put(string? environment, string table, string key, params (string Column, object? Value)[] row)
    {
        var (columns, keys) = (row.Select(cell => cell.Column).ToList(), key.Split(", "));
        var changes = columns.Except(keys).Select(column => $"{column} = excluded.{column}");
        var sql = $"INSERT INTO {table} ({string.Join(", ", columns)}) VALUES (@{string.Join(", @", columns)}) "
            + $"ON CONFLICT ({key}) DO UPDATE SET {string.Join(", ", changes)}";
        (string, object?)[] values = [.. row.Select(cell => ($"@{cell.Column}", cell.Value))];
        if (environment is null)
            _store.Execute(sql, values);
        else
            Write(environment, sql, values);
    }

    private T? One<T>(string sql, Func<LedgerRow, T> read, params ReadOnlySpan<(string, object?)> values) where T : class =>
        _store.Query(sql, read, values).SingleOrDefault();
}
