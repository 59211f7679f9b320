using Npgsql;

namespace Reconciler.Journaling;

/// <summary>Where a PostgreSQL ledger is, from a file that nobody else may read: a password is never shown, nor what could hold one.</summary>
internal sealed class PostgresAddress
{
    /// <summary>Seconds, for opening a connection and for a statement: the server's own limits come first.</summary>
    private const int ConnectWithin = 5, AnswerWithin = 12;

    private readonly NpgsqlConnectionStringBuilder _how;

    private PostgresAddress(NpgsqlConnectionStringBuilder how, string file) => (_how, File) = (how, file);

    /// <summary>That it was read from.</summary>
    public string File { get; }

    /// <summary>For Npgsql; holds the password.</summary>
    public string Text => _how.ConnectionString;

    public string Role => _how.Username ?? Environment.UserName;

    public string Database => _how.Database ?? Role;

    /// <exception cref="LedgerException">It is not there, others may read it, or it holds no address.</exception>
    public static PostgresAddress Read(string file)
    {
        LedgerException Refused(string why, Exception? inner = null) => new(LedgerFault.Unusable, $"The file {file} with the ledger's address {why}", inner);
        try
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read);
            const UnixFileMode ForOthers = (UnixFileMode)0b111_111; // 0077
            if ((System.IO.File.GetUnixFileMode(stream.SafeFileHandle) & ForOthers) != 0)
                throw Refused($"may be read by others, and holds a password: run chmod 600 {file}");
            using var reader = new StreamReader(stream);
            return Parse(reader.ReadToEnd(), file) ?? throw Refused(
                "holds none: write one line as postgresql://ROLE:PASSWORD@HOST/DATABASE, host=HOST dbname=DATABASE user=ROLE password=PASSWORD, "
                + "or Host=HOST;Database=DATABASE;Username=ROLE;Password=PASSWORD");
        }
        catch (FileNotFoundException fault)
        {
            throw Refused("is not there: write it, 0600 and the controller's user's, or correct spec.ledger.postgresqlFile", fault);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw Refused($"cannot be read: {fault.Message} Run as the controller's user: chown that user {file}", fault);
        }
    }

    /// <returns>Null when it is no address.</returns>
    public static PostgresAddress? Parse(string text, string file)
    {
        try
        {
            var how = new NpgsqlConnectionStringBuilder(PostgresUri.ToKeywords(text.Trim()))
            {
                Pooling = false, Enlist = false, Timeout = ConnectWithin, CommandTimeout = AnswerWithin, KeepAlive = 5, IncludeErrorDetail = false,
                PersistSecurityInfo = true, GssEncryptionMode = GssEncryptionMode.Disable,
            };
            if (how.Host is not { Length: > 0 })
                return null;
            how.ApplicationName ??= $"reconciler {Environment.ProcessId}";
            return new(how, file);
        }
        catch (Exception fault) when (fault is ArgumentException or FormatException or KeyNotFoundException or InvalidCastException)
        {
            return null;
        }
    }

    /// <summary>Without anything secret.</summary>
    public override string ToString() => $"{Database} at {_how.Host}{(_how.Port == 5432 ? "" : $":{_how.Port}")}";
}
