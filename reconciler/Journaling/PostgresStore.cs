using Npgsql;
using NpgsqlTypes;

namespace Reconciler.Journaling;

/// <summary>
/// One connection to the ledger in PostgreSQL, used by one thread at a time, without a pool, and opened anew once it broke. No statement, lock or idle
/// transaction outlasts its limit, so that nobody is kept waiting by a controller that hangs.
/// </summary>
internal sealed class PostgresStore(PostgresAddress address, bool readOnly) : ILedgerStore
{
    /// <summary>What controllers that make tables, or number runs, wait for one another with: "reconcil" in ASCII.</summary>
    private const long OneLock = 0x7265636f6e63696c;

    private static readonly TimeSpan ForTheOthers = TimeSpan.FromSeconds(5);

    private static readonly string Limits =
        "SET statement_timeout = '10s'; SET lock_timeout = '5s'; SET idle_in_transaction_session_timeout = '15s'; "
        + "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') IN ('off', 'local')";

    private readonly Lock _turn = new();
    private NpgsqlConnection? _connection;
    private NpgsqlTransaction? _transaction;

    public string Name => $"The ledger {address}";

    public T Transact<T>(Func<T> work, bool durable)
    {
        lock (_turn)
        {
            if (_transaction is not null)
                return work();
            Said(() => _transaction = Opened().BeginTransaction());
            try
            {
                if (!durable)
                    Execute("SET LOCAL synchronous_commit = off");
                var result = work();
                Said(_transaction!.Commit);
                return result;
            }
            finally
            {
                EndTransaction();
            }
        }
    }

    public int Execute(string sql, params ReadOnlySpan<(string Name, object? Value)> values)
    {
        lock (_turn)
        {
            var command = CommandOf(sql, values);
            return Said(() => Run(command, each => each.ExecuteNonQuery()));
        }
    }

    public List<T> Query<T>(string sql, Func<LedgerRow, T> read, params ReadOnlySpan<(string Name, object? Value)> values)
    {
        lock (_turn)
        {
            var command = CommandOf(sql, values);
            return Said(() => Run(command, each =>
            {
                using var reader = each.ExecuteReader();
                var rows = new List<T>();
                while (reader.Read())
                    rows.Add(read(new LedgerRow(reader)));
                return rows;
            }));
        }
    }

    public bool Has(string table) =>
        Query("SELECT to_regclass(@table) IS NOT NULL", row => row.Flag(0), ("@table", table))[0];

    public void OneAtATime() => Query("SELECT pg_advisory_xact_lock(@lock)", _ => 0, ("@lock", OneLock));

    public string Dialect(string definition) => PostgresDialect.Of(definition);

    /// <summary>What the server says of itself, as 15.6.</summary>
    /// <exception cref="LedgerException"/>
    public string Version() => Query("SHOW server_version", row => row.Text(0))[0].Split(' ')[0];

    /// <summary>Whoever is in the middle of something (a lease is being renewed) is waited for; what is not over by then ends with the process.</summary>
    public void Dispose()
    {
        if (!_turn.TryEnter(ForTheOthers))
            return;
        try
        {
            Drop();
        }
        finally
        {
            _turn.Exit();
        }
    }

    /// <summary>A rollback that fails, fails with the connection, and the server has rolled back by itself.</summary>
    private void EndTransaction()
    {
        try
        {
            _transaction?.Dispose();
        }
        catch (Exception e) when (PostgresFault.IsOurs(e))
        {
            Drop();
        }
        _transaction = null;
    }

    private T Run<T>(NpgsqlCommand command, Func<NpgsqlCommand, T> act)
    {
        using (command)
        {
            command.Connection = Opened();
            command.Transaction = _transaction;
            return act(command);
        }
    }

    private NpgsqlConnection Opened()
    {
        // In a transaction a new connection would not have what was written on the old one.
        if (_transaction is null && _connection is { FullState: not System.Data.ConnectionState.Open })
            Drop();
        if (_connection is { } open)
            return open;
        var connection = new NpgsqlConnection(address.Text);
        try
        {
            connection.Open();
            using var limits = new NpgsqlCommand(Limits + (readOnly ? "; SET default_transaction_read_only = on" : ""), connection);
            limits.ExecuteNonQuery();
        }
        catch
        {
            connection.Dispose();
            throw;
        }
        return _connection = connection;
    }

    /// <summary>One that broke cannot even be closed in order.</summary>
    private void Drop()
    {
        var connection = _connection;
        _connection = null;
        try
        {
            connection?.Dispose();
        }
        catch (Exception e) when (PostgresFault.IsOurs(e))
        {
            // Nothing of it is needed any more.
        }
    }

    private static NpgsqlCommand CommandOf(string sql, ReadOnlySpan<(string Name, object? Value)> values)
    {
        var command = new NpgsqlCommand(sql);
        foreach (var (name, value) in values)
        {
            // A type that is told is none that the server must guess, from what may be null.
            var stored = LedgerRow.Stored(value);
            command.Parameters.Add(new NpgsqlParameter(name[1..], stored is long ? NpgsqlDbType.Bigint : NpgsqlDbType.Text)
            {
                Value = stored ?? DBNull.Value,
            });
        }
        return command;
    }

    private void Said(Action act) => Said(() =>
    {
        act();
        return 0;
    });

    private T Said<T>(Func<T> act)
    {
        try
        {
            return act();
        }
        catch (Exception e) when (PostgresFault.IsOurs(e))
        {
            throw PostgresFault.Of(e, Name, address);
        }
    }
}
