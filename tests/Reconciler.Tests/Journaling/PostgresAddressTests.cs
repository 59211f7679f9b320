using Npgsql;
using Reconciler.Journaling;
using Reconciler.Tests.Git;

namespace Reconciler.Tests.Journaling;

public sealed class PostgresAddressTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("postgresql://app:p%40s%20s@db.example/ledger?sslmode=verify-full")]
    [InlineData("host=db.example user=app password='p@s s' dbname=ledger sslmode=verify-full")]
    [InlineData("Host=db.example;Username=app;Password=p@s s;Database=ledger;SSL Mode=VerifyFull")]
    public void An_address_may_be_written_as_libpq_or_npgsql_write_it(string text)
    {
        var address = PostgresAddress.Parse(text, "file")!;
        var how = new NpgsqlConnectionStringBuilder(address.Text);
        (how.Host, how.Username, how.Password, how.Database, how.SslMode, how.Port)
            .ShouldBe(("db.example", "app", "p@s s", "ledger", SslMode.VerifyFull, 5432));
        (how.Pooling, $"{address}").ShouldBe((false, "ledger at db.example"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("secret")]
    [InlineData("postgresql://")]
    [InlineData("host=db.example unheard=of")]
    [InlineData("Host=db.example;Password")]
    public void What_is_no_address_is_refused_without_being_shown(string text)
    {
        var file = Write(text, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var fault = Should.Throw<LedgerException>(() => PostgresAddress.Read(file));
        fault.Message.ShouldContain($"The file {file} with the ledger's address holds none: write one line as postgresql://");
        fault.Message.ShouldNotContain("secret");
        fault.Message.ShouldNotContain("unheard");
    }

    [Fact]
    public void A_file_that_others_may_read_is_refused_with_what_mends_it()
    {
        var file = Write("postgresql://app:secret@db/ledger", UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        Should.Throw<LedgerException>(() => PostgresAddress.Read(file)).Message.ShouldEndWith($"may be read by others, and holds a password: run chmod 600 {file}");
    }

    [Fact]
    public void A_file_that_is_not_there_is_told() =>
        Should.Throw<LedgerException>(() => PostgresAddress.Read(_folder.In("none"))).Message.ShouldContain("spec.ledger.postgresqlFile");

    [Fact]
    public void Definitions_of_tables_are_translated_whole()
    {
        var all = string.Concat(LedgerSchema.Migrations.Select(PostgresDialect.Of));
        all.ShouldNotContain("STRICT");
        all.ShouldNotContain("AUTOINCREMENT");
        all.ShouldNotContain("WITHOUT ROWID");
    }

    private string Write(string text, UnixFileMode mode)
    {
        var file = _folder.In("address");
        File.WriteAllText(file, text);
        File.SetUnixFileMode(file, mode);
        return file;
    }
}
