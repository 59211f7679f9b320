using Npgsql;
using Reconciler.Journaling;
using Reconciler.LiveTests.Support;

namespace Reconciler.LiveTests.Journaling;

[CollectionDefinition]
public sealed class OnLedgerServer : ICollectionFixture<LedgerServer>;

/// <summary>A real PostgreSQL on a host of its own, with a database for each test.</summary>
public sealed class LedgerServer : IAsyncLifetime
{
    private const string Password = "only for this test host";
    private TestHosts? _hosts;
    private int _made;

    internal TestHost Host => _hosts!["db1"];

    public async ValueTask InitializeAsync()
    {
        _hosts = await TestHosts.UpAsync("ledger-live", "db1:full");
        await OpenAsync(Host);
    }

    /// <summary>Lets the role <c>reconciler</c> in from outside.</summary>
    internal static Task OpenAsync(TestHost host) => host.ShellAsync($"""
        cd /tmp
        echo "listen_addresses = '*'" >/etc/postgresql/15/main/conf.d/ledger.conf
        echo 'host all reconciler 0.0.0.0/0 scram-sha-256' >>/etc/postgresql/15/main/pg_hba.conf
        systemctl restart postgresql@15-main
        su postgres -c "psql -qc \"CREATE ROLE reconciler LOGIN CREATEDB PASSWORD '{Password}'\""
        """);

    /// <summary>An empty database.</summary>
    internal PostgresAddress NewDatabase()
    {
        var name = $"ledger_{Interlocked.Increment(ref _made)}";
        Sql(AddressOf("postgres"), $"CREATE DATABASE {name}");
        return AddressOf(name);
    }

    internal PostgresAddress AddressOf(string database) => PostgresAddress.Parse(TextOf(Host, database), "ledger.address")!;

    /// <summary>As a person writes it into the controller's file.</summary>
    internal static string TextOf(TestHost host, string database) =>
        $"postgresql://reconciler:{Uri.EscapeDataString(Password)}@{host.Address}/{database}";

    internal static void Sql(PostgresAddress address, string sql)
    {
        using var connection = new NpgsqlConnection(address.Text);
        connection.Open();
        using var command = new NpgsqlCommand(sql, connection);
        command.ExecuteNonQuery();
    }

    public async ValueTask DisposeAsync()
    {
        if (_hosts is not null)
            await _hosts.DisposeAsync();
    }
}
