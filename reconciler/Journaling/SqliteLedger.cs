using Microsoft.Data.Sqlite;

namespace Reconciler.Journaling;

/// <summary>The ledger in an SQLite file, <c>ledger.db</c> in the controller's folder (0700; the file 0600).</summary>
internal sealed partial class SqliteLedger : ILedger
{
    private readonly LedgerDatabase _database;
    private readonly LedgerLock? _lock;
    private readonly TimeProvider _clock;

    private SqliteLedger(LedgerDatabase database, LedgerLock? held, TimeProvider clock)
    {
        (_database, _lock, _clock) = (database, held, clock);
        (Id, DigestKey, Fencing) = _database.Query("SELECT id, digest_key, fencing FROM ledger", row => (row.Text(0), row.Text(1), row.Number(2)))
            is [var one] ? one : throw SqliteFault.Damaged("ledger.db", "it has no identity");
    }

    public string Id { get; }

    public string DigestKey { get; }

    public long Fencing { get; }

    /// <summary>Opens it as the one writer, making it if there is none; the fencing number rises.</summary>
    /// <param name="command">What the program was started as, for those who find it locked.</param>
    /// <exception cref="LedgerException"/>
    public static ILedger OpenForWriting(string folder, TimeProvider clock, string? command = null)
    {
        Prepare(folder);
        var held = LedgerLock.Take(folder, clock, command);
        LedgerDatabase? database = null;
        try
        {
            var path = PathIn(folder);
            database = LedgerDatabase.Open(path, SqliteOpenMode.ReadWrite);
            if (database.Query("PRAGMA quick_check(1)", row => row.Text(0)) is not ["ok"] and var found)
                throw SqliteFault.Damaged(path, found.FirstOrDefault() ?? "its check gives no answer");
            LedgerUpgrade.Apply(database, path, clock);
            database.Execute("UPDATE ledger SET fencing = fencing + 1");
            return new SqliteLedger(database, held, clock);
        }
        catch
        {
            database?.Dispose();
            held.Dispose();
            throw;
        }
    }

    /// <summary>Opens it beside a writer, for looking only.</summary>
    /// <exception cref="LedgerException"><see cref="LedgerFault.Missing"/> when no controller ever ran here.</exception>
    public static ILedgerReader OpenForReading(string folder, TimeProvider clock)
    {
        var path = PathIn(folder);
        RequireFile(path);
        var database = LedgerDatabase.Open(path, SqliteOpenMode.ReadOnly);
        try
        {
            LedgerUpgrade.RequireCurrent(database, path);
            return new SqliteLedger(database, null, clock);
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    /// <summary>Leaves a request for whoever holds the ledger; needs no lock.</summary>
    /// <returns>The request's number.</returns>
    /// <exception cref="LedgerException"/>
    public static long Ask(string folder, NewRequest request, TimeProvider clock)
    {
        var path = PathIn(folder);
        RequireFile(path);
        using var database = LedgerDatabase.Open(path, SqliteOpenMode.ReadWrite);
        LedgerUpgrade.RequireCurrent(database, path);
        return database.Query(
            """
            INSERT INTO requests (kind, environment, application, arguments, asked_by, at) VALUES ($kind, $environment, $application, $arguments, $by, $at)
            RETURNING id
            """,
            row => row.Number(0), ("$kind", request.Kind), ("$environment", request.Environment), ("$application", request.Application),
            ("$arguments", request.Arguments), ("$by", request.By), ("$at", clock.GetUtcNow()))[0];
    }

    /// <summary>Notes that a person has seen these answers; needs no lock. What was noted before stays.</summary>
    /// <exception cref="LedgerException"/>
    public static void NoteShown(string folder, IEnumerable<long> answered, TimeProvider clock)
    {
        using var database = LedgerDatabase.Open(PathIn(folder), SqliteOpenMode.ReadWrite);
        foreach (var id in answered)
            database.Execute("UPDATE requests SET shown_at = $at WHERE id = $id AND done_at IS NOT NULL AND shown_at IS NULL",
                ("$id", id), ("$at", clock.GetUtcNow()));
    }

    public void RequireWritable() => _database.Execute("UPDATE ledger SET fencing = fencing");

    public void Dispose()
    {
        _database.Dispose();
        _lock?.Dispose();
    }

    private DateTimeOffset Now => _clock.GetUtcNow();

    private static string PathIn(string folder) => Path.Combine(folder, "ledger.db");

    private static void RequireFile(string path)
    {
        if (!File.Exists(path))
            throw new LedgerException(LedgerFault.Missing, $"There is no ledger {path}; it is made by the first converge or watch. Or name another state folder.");
    }

    private static void Prepare(string folder)
    {
        try
        {
            if (!Directory.Exists(folder))
                Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
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
