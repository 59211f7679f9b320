using Reconciler.Journaling;

namespace Reconciler.Cli.Doctor;

/// <summary>A ledger in PostgreSQL: its file, the way to it, its version and tables, and who works with it.</summary>
internal sealed class SharedLedgerChecks(LedgerPlace place, TimeProvider clock)
{
    /// <summary>The oldest that its project still mends (postgresql.org, "Versioning Policy").</summary>
    private const int OldestServer = 13;

    public IEnumerable<Finding> Look()
    {
        PostgresAddress? address = null;
        yield return Told(() =>
        {
            address = PostgresAddress.Read(place.PostgresFile!);
            var version = PostgresLedger.VersionAt(address);
            return int.TryParse(version.Split('.')[0], out var major) && major < OldestServer
                ? Finding.Warn("ledger", $"{address}: PostgreSQL {version} is too old to be mended by its project", $"use {OldestServer} or later")
                : Finding.Ok("ledger", $"{address}, PostgreSQL {version}");
        });
        if (address is null)
            yield break;
        yield return Told(() =>
        {
            using var ledger = place.OpenForReading(clock);
            return Finding.Ok("ledger", $"{ledger.Id}, version {LedgerSchema.Version} of its tables; its backup is `pg_dump {address.Database}` there");
        });
        yield return Told(() => Finding.Ok("at work", AtWork(address)));
    }

    private string AtWork(PostgresAddress address)
    {
        using var ledger = place.OpenForReading(clock);
        var leases = ledger.LeasesHeld()!.Where(lease => lease.Environment.Length > 0).Select(lease => $"{lease.Environment}: {lease.Holder}").ToList();
        return leases.Count > 0 ? string.Join("; ", leases)
            : PostgresLedger.Watches(address, clock) is [var watch, ..] ? $"{watch}, with no environment yet"
            : throw new LedgerException(LedgerFault.Missing, "nobody: nothing is deployed until a watch runs");
    }

    private Finding Told(Func<Finding> look)
    {
        try
        {
            return look();
        }
        catch (LedgerException fault) when (fault.Fault == LedgerFault.Missing)
        {
            return Finding.Warn("at work", fault.Message, "systemctl start reconciler, or `reconciler watch`");
        }
        catch (LedgerException fault)
        {
            return Finding.Fail("ledger", fault.Message, $"ls -l {place.PostgresFile}; psql with what stands in it");
        }
    }
}
