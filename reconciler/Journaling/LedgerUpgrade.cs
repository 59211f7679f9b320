using System.Security.Cryptography;

namespace Reconciler.Journaling;

/// <summary>Brings a ledger to this program's version, and refuses one that is ahead of it.</summary>
internal static class LedgerUpgrade
{
    public static void Apply(LedgerDatabase database, string path, TimeProvider clock)
    {
        database.Execute("CREATE TABLE IF NOT EXISTS schema_version (version INTEGER PRIMARY KEY, at TEXT NOT NULL) STRICT");
        var version = VersionOf(database);
        RequireNotNewer(version, path);
        for (var next = version + 1; next <= LedgerSchema.Version; next++)
        {
            database.Transact(() =>
            {
                database.Execute(LedgerSchema.Migrations[next - 1]);
                return database.Execute("INSERT INTO schema_version VALUES ($version, $at)", ("$version", next), ("$at", clock.GetUtcNow()));
            });
        }
        database.Execute("INSERT OR IGNORE INTO ledger VALUES (1, $id, $key, 0, $at)",
            ("$id", Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16))), ("$key", Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32))),
            ("$at", clock.GetUtcNow()));
    }

    /// <summary>For those who only read or leave a request, and so may not upgrade.</summary>
    public static void RequireCurrent(LedgerDatabase database, string path)
    {
        var known = database.Query("SELECT count(*) FROM sqlite_master WHERE name = 'schema_version'", row => row.Number(0))[0] > 0;
        var version = known ? VersionOf(database) : 0;
        RequireNotNewer(version, path);
        if (version < LedgerSchema.Version)
            throw new LedgerException(LedgerFault.Unusable,
                $"The ledger {path} has version {version}, this program reads {LedgerSchema.Version}; the next start of the controller brings it there.");
    }

    private static void RequireNotNewer(int version, string path)
    {
        if (version > LedgerSchema.Version)
            throw new LedgerException(LedgerFault.TooNew,
                $"The ledger {path} has version {version}, and this program knows {LedgerSchema.Version} at most; run the newer program that wrote it.");
    }

    private static int VersionOf(LedgerDatabase database) =>
        (int)database.Query("SELECT coalesce(max(version), 0) FROM schema_version", row => row.Number(0))[0];
}
