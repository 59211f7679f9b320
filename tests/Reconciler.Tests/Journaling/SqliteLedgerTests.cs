using Microsoft.Data.Sqlite;
using Reconciler.Journaling;
using Reconciler.Tests.Git;

namespace Reconciler.Tests.Journaling;

public sealed class SqliteLedgerTests : LedgerContract, IDisposable
{
    private readonly ScratchFolder _scratch = new();

    private string Folder => _scratch.In("controller");

    internal override ILedger Open() => SqliteLedger.OpenForWriting(Folder, Clock);

    internal override ILedgerReader Read() => SqliteLedger.OpenForReading(Folder, Clock);

    internal override long Ask(NewRequest request) => SqliteLedger.Ask(Folder, request, Clock);

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Its_folder_and_files_are_its_owners_alone()
    {
        using var ledger = Open();
        ledger.Accept("production", "a");
        File.GetUnixFileMode(Folder).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        foreach (var file in Directory.GetFiles(Folder))
            File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite, file);
    }

    [Fact]
    public void A_second_writer_is_refused_and_told_who_holds_it()
    {
        using var ledger = Open();
        var e = Should.Throw<LedgerException>(Open);
        e.Fault.ShouldBe(LedgerFault.Locked);
        e.Message.ShouldContain($"process {Environment.ProcessId} on {Environment.MachineName}, since 2026-03-01 12:00:00 UTC");
    }

    [Fact]
    public void Where_no_controller_ever_ran_there_is_nothing_to_read_and_nothing_is_made()
    {
        Should.Throw<LedgerException>(() => SqliteLedger.OpenForReading(Folder, Clock)).Fault.ShouldBe(LedgerFault.Missing);
        Directory.Exists(Folder).ShouldBeFalse();
    }

    [Fact]
    public void An_older_program_refuses_a_newer_ledger()
    {
        Open().Dispose();
        Sql($"INSERT INTO schema_version VALUES ({LedgerSchema.Version + 1}, 'x')");
        Should.Throw<LedgerException>(Open).Fault.ShouldBe(LedgerFault.TooNew);
        Should.Throw<LedgerException>(() => SqliteLedger.OpenForReading(Folder, Clock)).Fault.ShouldBe(LedgerFault.TooNew);
        // The failed attempt let the lock go.
        Sql("DELETE FROM schema_version WHERE at = 'x'");
        Open().Dispose();
    }

    [Fact]
    public void A_damaged_ledger_is_told()
    {
        using (var ledger = Open())
        {
            for (var i = 0; i < 200; i++)
                ledger.PutAside("production", "coralnet", $"{i}", new string('x', 500), null);
        }
        using (var file = File.OpenWrite(Path.Combine(Folder, "ledger.db")))
        {
            file.Position = 40_000;
            file.Write(new byte[20_000]);
        }
        Should.Throw<LedgerException>(Open).Fault.ShouldBe(LedgerFault.Damaged);
        File.WriteAllText(Path.Combine(Folder, "ledger.db"), new string('x', 10_000));
        Should.Throw<LedgerException>(Open).Fault.ShouldBe(LedgerFault.Damaged);
    }

    private void Sql(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(Folder, "ledger.db")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
