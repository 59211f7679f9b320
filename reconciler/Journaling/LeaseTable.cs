namespace Reconciler.Journaling;

/// <summary>The rows behind leases, and those of the controllers that are alive. Time is the database's alone.</summary>
internal sealed class LeaseTable(ILedgerStore store, TimeProvider clock)
{
    private const string Now = "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS bigint)";
    private static readonly string Until = $"{Now} + {LeaseTimes.Lease.TotalMilliseconds:0}";
    private static readonly string Alive = $"seen > {Now} - {LeaseTimes.Lease.TotalMilliseconds:0}";

    /// <summary>Says that a controller is alive, and that it goes on with what it has.</summary>
    /// <returns>What it has, with its numbers.</returns>
    public Dictionary<string, long> Renew(LedgerHolder me) => store.Transact(() =>
    {
        store.Execute(
            $"""
            INSERT INTO controllers (id, host, process, command, since, seen) VALUES (@id, @host, @process, @command, @since, {Now})
            ON CONFLICT (id) DO UPDATE SET seen = excluded.seen
            """,
            ("@id", me.Name), ("@host", me.Host), ("@process", me.ProcessId), ("@command", me.Command), ("@since", me.Since));
        return store.Query($"UPDATE leases SET expires = {Until} WHERE holder = @me RETURNING environment, number",
            row => (row.Text(0), row.Number(1)), ("@me", me.Name)).ToDictionary();
    });

    /// <returns>The lease's number, the highest ever; null when somebody else has it.</returns>
    public long? Take(string environment, LedgerHolder me) => store.Transact<long?>(() =>
    {
        var number = store.Query("UPDATE ledger SET fencing = fencing + 1 RETURNING fencing", row => row.Number(0))[0];
        return store.Execute(
            $"""
            INSERT INTO leases (environment, holder, number, taken_at, expires) VALUES (@environment, @me, @number, @at, {Until})
            ON CONFLICT (environment) DO UPDATE
            SET holder = excluded.holder, number = excluded.number, taken_at = excluded.taken_at, expires = excluded.expires
            WHERE leases.expires < {Now}
            """,
            ("@environment", environment), ("@me", me.Name), ("@number", number), ("@at", clock.GetUtcNow())) > 0 ? number : null;
    });

    public void Release(string environment, LedgerHolder me) => store.Execute(
        "DELETE FROM leases WHERE environment = @environment AND holder = @me", ("@environment", environment), ("@me", me.Name));

    /// <summary>All of it, and its name; names of those who died long ago go too.</summary>
    public void Leave(LedgerHolder me) => store.Transact(() =>
    {
        store.Execute("DELETE FROM leases WHERE holder = @me", ("@me", me.Name));
        return store.Execute($"DELETE FROM controllers WHERE id = @me OR seen < {Now} - 86400000", ("@me", me.Name));
    });

    /// <summary>Locks the row until the transaction ends: nobody takes over in its middle.</summary>
    public bool IsHeld(string environment, LedgerHolder me, long number) => store.Query(
        "SELECT number FROM leases WHERE environment = @environment AND holder = @me AND number = @number FOR SHARE",
        row => row.Number(0), ("@environment", environment), ("@me", me.Name), ("@number", number)).Count > 0;

    /// <summary>Those that have not run out.</summary>
    public List<HeldLease> Live() => store.Query(
        $"""
        SELECT leases.environment, leases.number, leases.taken_at, leases.holder, controllers.host, controllers.process, controllers.command, controllers.since
        FROM leases JOIN controllers ON controllers.id = leases.holder WHERE leases.expires >= {Now} ORDER BY leases.environment
        """,
        row => new HeldLease(row.Text(0), ToHolder(row, 3), row.Number(1), row.Time(2)));

    /// <summary>Watches that are alive.</summary>
    public List<LedgerHolder> Watches() => store.Query(
        $"SELECT id, host, process, command, since FROM controllers WHERE command = @watch AND {Alive} ORDER BY since, id",
        row => ToHolder(row, 0), ("@watch", LedgerHolder.Watch));

    private static LedgerHolder ToHolder(LedgerRow row, int first) =>
        new((int)row.Number(first + 2), row.Text(first + 1), row.Time(first + 4), row.TextOrNull(first + 3))
        {
            Id = row.Text(first)[(row.Text(first).LastIndexOf(':') + 1)..],
        };
}
