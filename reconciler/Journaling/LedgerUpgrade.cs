using System.Security.Cryptography;

namespace Reconciler.Journaling;

/// <summary>Brings a ledger to this program's version, and refuses one that is ahead of it.</summary>
internal static class LedgerUpgrade
{
    /// <summary>In one transaction, so that of two controllers that start at once one makes the tables and the other finds them.</summary>
    public static void Apply(ILedgerStore store, TimeProvider clock) => store.Transact(() =>
    {
        store.OneAtATime();
        store.Execute(store.Dialect("CREATE TABLE IF NOT EXISTS schema_version (version INTEGER PRIMARY KEY, at TEXT NOT NULL) STRICT;"));
        var version = VersionOf(store);
        RequireNotNewer(version, store);
        for (var next = version + 1; next <= LedgerSchema.Version; next++)
        {
            store.Execute(store.Dialect(LedgerSchema.Migrations[next - 1]));
            store.Execute("INSERT INTO schema_version (version, at) VALUES (@version, @at)", ("@version", next), ("@at", clock.GetUtcNow()));
        }
        return store.Execute("INSERT INTO ledger (one, id, digest_key, fencing, created_at) VALUES (1, @id, @key, 0, @at) ON CONFLICT DO NOTHING",
            ("@id", Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16))), ("@key", Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32))),
            ("@at", clock.GetUtcNow()));
    });

    /// <summary>For those who only read or leave a request, and so may not upgrade.</summary>
    public static void RequireCurrent(ILedgerStore store)
    {
        var version = store.Has("schema_version") ? VersionOf(store) : 0;
        RequireNotNewer(version, store);
        if (version < LedgerSchema.Version)
            throw new LedgerException(version == 0 ? LedgerFault.Missing : LedgerFault.Unusable,
                $"{store.Name} has version {version}, this program reads {LedgerSchema.Version}; the next start of the controller brings it there.");
    }

    private static void RequireNotNewer(int version, ILedgerStore store)
    {
        if (version > LedgerSchema.Version)
            throw new LedgerException(LedgerFault.TooNew,
                $"{store.Name} has version {version}, and this program knows {LedgerSchema.Version} at most; run the newer program that wrote it.");
    }

    private static int VersionOf(ILedgerStore store) =>
        (int)store.Query("SELECT coalesce(max(version), 0) FROM schema_version", row => row.Number(0))[0];
}
