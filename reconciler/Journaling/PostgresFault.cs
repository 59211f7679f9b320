using System.Net.Sockets;
using Npgsql;

namespace Reconciler.Journaling;

/// <summary>PostgreSQL's error codes ("Appendix A. PostgreSQL Error Codes") in the ledger's words.</summary>
internal static class PostgresFault
{
    public static bool IsOurs(Exception e) => e is NpgsqlException or TimeoutException or IOException or SocketException
        // What Npgsql says of a connection that broke in the middle of a transaction.
        or InvalidOperationException { Source: "Npgsql" } or ObjectDisposedException { Source: "Npgsql" };

    /// <param name="name">As the beginning of a sentence: The ledger ...</param>
    public static LedgerException Of(Exception e, string name, PostgresAddress address) => e is not PostgresException said
        ? Unreachable(name, e.InnerException?.Message ?? e.Message, e)
        : said.SqlState switch
        {
            PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.CannotConnectNow
                or PostgresErrorCodes.TooManyConnections or "25P03" or "57P05" =>
                Unreachable(name, said.MessageText, e),
            ['0', '8', ..] => Unreachable(name, said.MessageText, e),
            PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.QueryCanceled or PostgresErrorCodes.DeadlockDetected
                or PostgresErrorCodes.SerializationFailure => new(LedgerFault.Busy,
                    $"{name} is busy: another controller, or somebody by hand, holds what is to be written ({said.MessageText}). It is tried again.", e),
            PostgresErrorCodes.DiskFull or PostgresErrorCodes.OutOfMemory => new(LedgerFault.Full,
                $"{name} has no room ({said.MessageText}). Nothing is done on any server until there is space for the journal; free some on its server.", e),
            PostgresErrorCodes.DataCorrupted or PostgresErrorCodes.IndexCorrupted => new(LedgerFault.Damaged,
                $"{name} is damaged ({said.MessageText}). Nothing is done on any server. Restore it, and look with `reconciler takeover` what servers obey.", e),
            ['2', '8', ..] => new(LedgerFault.Unusable,
                $"{name} lets {address.Role} not in: {said.MessageText}. Correct the password or role in {address.File}, or pg_hba.conf on its server.", e),
            PostgresErrorCodes.InvalidCatalogName => new(LedgerFault.Unusable,
                $"{name} is not there: {said.MessageText}. As its server's administrator: CREATE DATABASE {address.Database} OWNER {address.Role}", e),
            PostgresErrorCodes.InsufficientPrivilege => new(LedgerFault.Unusable,
                $"{name} may not be used by {address.Role}: {said.MessageText}. Make that role the database's owner: "
                + $"ALTER DATABASE {address.Database} OWNER TO {address.Role}", e),
            PostgresErrorCodes.ReadOnlySqlTransaction => new(LedgerFault.Unusable,
                $"{name} cannot be written: {said.MessageText}. It must be the primary, not a replica: add Target Session Attributes=read-write "
                + $"to {address.File} where it names several hosts.", e),
            _ => new(LedgerFault.Unusable, $"{name} cannot be used: {said.SqlState}: {said.MessageText}", e),
        };

    private static LedgerException Unreachable(string name, string why, Exception e) => new(LedgerFault.Unreachable,
        $"{name} does not answer: {why.TrimEnd('.')}. Nothing is sent to any server until it does; look at PostgreSQL there, and at the way to it.", e);
}
