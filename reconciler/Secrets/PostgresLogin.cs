using Npgsql;

namespace Reconciler.Secrets;

/// <summary>What PostgreSQL said to a login.</summary>
internal abstract record LoginAnswer
{
    public sealed record Accepted : LoginAnswer;

    /// <summary>The password is not the role's: SQLSTATE 28P01 (PostgreSQL, "Appendix A. PostgreSQL Error Codes").</summary>
    public sealed record WrongPassword : LoginAnswer;

    /// <summary>It says nothing about the password.</summary>
    public sealed record Unknown(string Why) : LoginAnswer;
}

/// <summary>Whether a password lets a role in: a login with it, and nothing else.</summary>
/// <param name="host">Address, or the folder of a unix socket.</param>
internal sealed class PostgresLogin(string host, int port, string database, string role)
{
    private const int Seconds = 15;

    /// <summary>A password that was just changed counts for every login from then on: nothing is kept open, nothing is tried
    /// twice.</summary>
    public async Task<LoginAnswer> TryAsync(SecretValue password, CancellationToken cancel)
    {
        var how = new NpgsqlConnectionStringBuilder
        {
            Host = host, Port = port, Database = database, Username = role, Password = password.RevealText(), Pooling = false,
                Timeout = Seconds,
            CommandTimeout = Seconds, ApplicationName = "reconciler", GssEncryptionMode = GssEncryptionMode.Disable,
        };
        try
        {
            await using var connection = new NpgsqlConnection(how.ConnectionString);
            await connection.OpenAsync(cancel);
            return new LoginAnswer.Accepted();
        }
        catch (PostgresException fault)
        {
            return fault.SqlState == PostgresErrorCodes.InvalidPassword ? new LoginAnswer.WrongPassword()
                : new LoginAnswer.Unknown($"{fault.SqlState}: {fault.MessageText}");
        }
        catch (Exception fault) when (fault is NpgsqlException or TimeoutException or IOException)
        {
            return new LoginAnswer.Unknown(fault.Message);
        }
    }
}
