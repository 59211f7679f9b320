using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Reconciler.Journaling;

/// <summary>One connection to the ledger's file, used by one thread at a time, whose errors are said in the ledger's words.</summary>
internal sealed class SqliteStore : ILedgerStore
{
    private readonly SqliteConnection _connection;
    private readonly string _path;
    private readonly Lock _turn = new();
    private bool _inTransaction;

    private SqliteStore(SqliteConnection connection, string path) => (_connection, _path) = (connection, path);

    public string Name => $"The ledger {_path}";

    /// <exception cref="LedgerException"/>
    public static SqliteStore Open(string path, SqliteOpenMode mode)
    {
        NativeSqlite.Require();
        var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder { DataSource = path, Mode = mode, Pooling = false, DefaultTimeout = 10 }.ConnectionString);
        var database = new SqliteStore(connection, path);
        try
        {
            database.Said(connection.Open);
            // FULL: what is committed is on the disk. WAL: readers never wait for the writer.
            database.Execute(mode == SqliteOpenMode.ReadOnly
                ? "PRAGMA query_only = ON"
                : "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF");
            return database;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    public T Transact<T>(Func<T> work, bool durable)
    {
        lock (_turn)
        {
            if (_inTransaction)
                return work();
            // NORMAL: the write-ahead log is not waited for; the next commit that is FULL brings all of it to the disk.
            if (!durable)
                Execute("PRAGMA synchronous = NORMAL");
            try
            {
                return Transaction(work);
            }
            finally
            {
                if (!durable)
                    Execute("PRAGMA synchronous = FULL");
            }
        }
    }

    public int Execute(string sql, params ReadOnlySpan<(string Name, object? Value)> values)
    {
        lock (_turn)
        {
            using var command = Command(sql, values);
            return Said(command.ExecuteNonQuery);
        }
    }

    public List<T> Query<T>(string sql, Func<LedgerRow, T> read, params ReadOnlySpan<(string Name, object? Value)> values)
    {
        lock (_turn)
        {
            using var command = Command(sql, values);
            return Said(() =>
            {
                using var reader = command.ExecuteReader();
                var rows = new List<T>();
                while (reader.Read())
                    rows.Add(read(new LedgerRow(reader)));
                return rows;
            });
        }
    }

    public bool Has(string table) =>
        Query("SELECT count(*) FROM sqlite_master WHERE name = @table", row => row.Number(0), ("@table", table))[0] > 0;

    /// <summary>BEGIN IMMEDIATE has seen to it.</summary>
    public void OneAtATime()
    {
    }

    public string Dialect(string definition) => definition;

    public void Dispose() => _connection.Dispose();

    private T Transaction<T>(Func<T> work)
    {
        Execute("BEGIN IMMEDIATE");
        _inTransaction = true;
        try
        {
            var result = work();
            Execute("COMMIT");
            return result;
        }
        catch
        {
            RollBack();
            throw;
        }
        finally
        {
            _inTransaction = false;
        }
    }

    // Not by SqliteTransaction: on a full disk SQLite rolls back by itself, and its Dispose then fails and stays open for ever.
    private void RollBack()
    {
        if (raw.sqlite3_get_autocommit(_connection.Handle) == 0)
            Execute("ROLLBACK");
    }

    private SqliteCommand Command(string sql, ReadOnlySpan<(string Name, object? Value)> values)
    {
        var command = _connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in values)
            command.Parameters.AddWithValue(name, LedgerRow.Stored(value) ?? DBNull.Value);
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
        catch (SqliteException e)
        {
            throw SqliteFault.Of(e, _path);
        }
    }
}
