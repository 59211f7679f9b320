using Reconciler.Journaling;
using Reconciler.Tests.Journaling;

namespace Reconciler.LiveTests.Journaling;

[Collection<OnLedgerServer>]
public sealed class PostgresLedgerTests(LedgerServer server) : LedgerContract
{
    private readonly PostgresAddress _address = server.NewDatabase();

    internal override ILedger Open() => Open(_address, Clock);

    internal override ILedgerReader Read() => PostgresLedger.OpenForReading(_address, Clock);

    internal override long Ask(NewRequest request) => PostgresLedger.Ask(_address, request, Clock);

    internal static ILedger Open(PostgresAddress address, TimeProvider clock)
    {
        var ledger = PostgresLedger.OpenForWriting(address, clock, LedgerHolder.Watch, new LeaseShare.Fair());
        ledger.Leases.Claim(["production", "staging"]);
        return ledger;
    }

    [Fact]
    public void An_older_program_refuses_a_newer_ledger()
    {
        Open().Dispose();
        LedgerServer.Sql(_address, $"INSERT INTO schema_version (version, at) VALUES ({LedgerSchema.Version + 1}, 'x')");
        Should.Throw<LedgerException>(Open).Fault.ShouldBe(LedgerFault.TooNew);
        Should.Throw<LedgerException>(Read).Fault.ShouldBe(LedgerFault.TooNew);
    }

    [Fact]
    public void Where_no_controller_ever_ran_there_is_nothing_to_read_and_nothing_is_made()
    {
        Should.Throw<LedgerException>(Read).Fault.ShouldBe(LedgerFault.Missing);
        LedgerServer.Sql(_address, "CREATE TABLE schema_version (a int)");
    }

    [Fact]
    public void Of_controllers_that_start_at_once_on_an_empty_database_one_makes_the_tables()
    {
        var ids = new System.Collections.Concurrent.ConcurrentBag<string>();
        Parallel.For(0, 6, new ParallelOptions { MaxDegreeOfParallelism = 6 }, _ =>
        {
            using var ledger = PostgresLedger.OpenForWriting(_address, TimeProvider.System, "test", new LeaseShare.Fair());
            ids.Add(ledger.Id);
        });
        ids.Count.ShouldBe(6);
        ids.Distinct().ShouldHaveSingleItem();
    }
}

[Collection<OnLedgerServer>]
public sealed class PostgresRunJournalTests(LedgerServer server)
    : RunJournalContract(clock => PostgresLedgerTests.Open(server.NewDatabase(), clock));
