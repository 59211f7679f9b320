using Microsoft.Data.Sqlite;
using Reconciler.Journaling;
using Reconciler.Tests.Git;
using Reconciler.Tests.Watching;

namespace Reconciler.Tests.Journaling;

public sealed class SqliteLedgerTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();
    private readonly ManualClock _clock = new();

    private string Folder => _scratch.In("controller");

    private ILedger Open() => SqliteLedger.OpenForWriting(Folder, _clock);

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void A_ledger_keeps_its_identity_and_its_number_rises()
    {
        string id, key;
        using (var ledger = Open())
        {
            (id, key) = (ledger.Id, ledger.DigestKey);
            id.ShouldMatch("^[0-9a-f]{32}$");
            key.ShouldMatch("^[0-9a-f]{64}$");
            ledger.Fencing.ShouldBe(1);
        }
        using var again = Open();
        (again.Id, again.DigestKey, again.Fencing).ShouldBe((id, key, 2L));
    }

    [Fact]
    public void A_secret_is_changed_when_another_digest_is_in_force_and_not_when_it_is_seen_first_or_again()
    {
        var secret = new Reconciler.Model.SecretReference(new("production", "site", "settings"), "SECRET_KEY");
        using var ledger = Open();
        ledger.NoteSecretInForce(secret, "one");
        ledger.SecretsInForce("production").ShouldBe([new(secret, "one", null)]);
        _clock.Now += TimeSpan.FromHours(1);
        ledger.NoteSecretInForce(secret, "two");
        var changed = _clock.GetUtcNow();
        _clock.Now += TimeSpan.FromHours(1);
        ledger.NoteSecretInForce(secret, "two");
        ledger.SecretsInForce("production").ShouldBe([new(secret, "two", changed)]);
        ledger.SecretsInForce("staging").ShouldBeEmpty();
    }

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
    public void A_reader_sees_what_the_writer_wrote_and_cannot_write()
    {
        using var ledger = Open();
        using var reader = SqliteLedger.OpenForReading(Folder, _clock);
        ledger.Accept("production", "a");
        reader.AcceptedIn("production")!.Revision.ShouldBe("a");
        Should.Throw<LedgerException>(() => ((ILedger)reader).Accept("production", "b")).Fault.ShouldBe(LedgerFault.Unusable);
    }

    [Fact]
    public void A_reader_works_after_the_writer_is_gone()
    {
        using (var ledger = Open())
            ledger.Accept("production", "a");
        using var reader = SqliteLedger.OpenForReading(Folder, _clock);
        reader.AcceptedIn("production")!.Revision.ShouldBe("a");
    }

    [Fact]
    public void Where_no_controller_ever_ran_there_is_nothing_to_read_and_nothing_is_made()
    {
        Should.Throw<LedgerException>(() => SqliteLedger.OpenForReading(Folder, _clock)).Fault.ShouldBe(LedgerFault.Missing);
        Directory.Exists(Folder).ShouldBeFalse();
    }

    [Fact]
    public void A_request_reaches_the_holder()
    {
        using var ledger = Open();
        var id = SqliteLedger.Ask(Folder, new NewRequest("suspend", "production", null, """{"reason":"INC-1"}""", "ada"), _clock);
        var request = ledger.OpenRequests().ShouldHaveSingleItem();
        request.ShouldBe(new Request(id, "suspend", "production", null, """{"reason":"INC-1"}""", "ada", _clock.Now, null, null));
        ledger.CloseRequest(id, "suspended");
        ledger.OpenRequests().ShouldBeEmpty();
    }

    [Fact]
    public void An_older_program_refuses_a_newer_ledger()
    {
        Open().Dispose();
        Sql($"INSERT INTO schema_version VALUES ({LedgerSchema.Version + 1}, 'x')");
        Should.Throw<LedgerException>(Open).Fault.ShouldBe(LedgerFault.TooNew);
        Should.Throw<LedgerException>(() => SqliteLedger.OpenForReading(Folder, _clock)).Fault.ShouldBe(LedgerFault.TooNew);
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

    [Fact]
    public void What_is_as_git_says_from_the_beginning_admits_nothing()
    {
        using var ledger = Open();
        ledger.AdmissionOf("staging").ShouldBeNull();
        ledger.Admit("staging", "bootstrap: allow");
        ledger.RecordConverged("staging", "coralnet", "digest", "revision", "commit");
        ledger.RecordConverged("production", "host", "digest", "revision", null);
        ledger.AdmissionOf("staging")!.Why.ShouldBe("bootstrap: allow");
        ledger.AdmissionOf("production").ShouldBeNull();
        ledger.LastConverged("staging", "coralnet").ShouldBe(new Converged("staging", "coralnet", "digest", "revision", "commit", _clock.Now));
        ledger.LastConverged("production", "host")!.CodeCommit.ShouldBeNull();
    }

    [Fact]
    public void A_release_soaks_from_its_first_healthy_moment_until_something_happens()
    {
        using var ledger = Open();
        var start = _clock.Now;
        ledger.RecordHealthy("staging", "a", "c", "b");
        _clock.Now += TimeSpan.FromHours(1);
        ledger.RecordHealthy("staging", "a", "c", "b");
        ledger.ReleaseOf("staging", "a", "c", "b")!.HealthySince.ShouldBe(start);
        ledger.RecordFailedRelease("staging", "a", "c", "b");
        ledger.ReleaseOf("staging", "a", "c", "b").ShouldBe(new Release("staging", "a", "c", "b", null, _clock.Now));
        ledger.RecordHealthy("staging", "a", "c", "b");
        ledger.ReleaseOf("staging", "a", "c", "b").ShouldBe(new Release("staging", "a", "c", "b", _clock.Now, null));
        ledger.RecordNoLongerHealthy("staging", "a", "c", "b");
        ledger.ReleaseOf("staging", "a", "c", "b")!.HealthySince.ShouldBeNull();
        ledger.ReleaseOf("staging", "a", "c", "other").ShouldBeNull();
    }

    [Fact]
    public void An_announcement_keeps_its_time_for_a_newer_commit()
    {
        using var ledger = Open();
        var starts = _clock.Now + TimeSpan.FromMinutes(15);
        var first = ledger.Announce("production", "a", "one", starts);
        _clock.Now += TimeSpan.FromMinutes(5);
        ledger.Announce("production", "a", "two", starts).ShouldBe(first with { Digest = "two" });
        ledger.AnnouncementFor("production", "a").ShouldBe(first with { Digest = "two" });
        ledger.Announce("production", "a", "two", starts + TimeSpan.FromHours(1)).AnnouncedAt.ShouldBe(_clock.Now);
        ledger.WithdrawAnnouncement("production", "a");
        ledger.AnnouncementFor("production", "a").ShouldBeNull();
    }

    [Fact]
    public void What_failed_is_set_aside_until_it_is_taken_back()
    {
        using var ledger = Open();
        ledger.PutAside("production", "a", "digest", "Check failed", "1-x");
        ledger.SetAsideAs("production", "a", "digest").ShouldBe(new SetAside("production", "a", "digest", "Check failed", "1-x", _clock.Now));
        ledger.AllSetAside("production").Count.ShouldBe(1);
        ledger.TakeBack("production", "a", "digest").ShouldBeTrue();
        ledger.TakeBack("production", "a", "digest").ShouldBeFalse();
    }

    [Fact]
    public void Times_are_kept_in_utc_to_the_tick()
    {
        using var ledger = Open();
        _clock.Now = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.FromHours(-8)).AddTicks(1234567);
        ledger.SaveStatus("production", "a", "{}");
        var at = ledger.StatusOf("production", "a")!.At;
        (at.Offset, at.UtcTicks).ShouldBe((TimeSpan.Zero, _clock.Now.UtcTicks));
    }

    [Fact]
    public void Several_threads_may_write_at_once()
    {
        using var ledger = Open();
        Parallel.For(0, 50, i => ledger.RecordConverged("production", $"a{i % 5}", $"{i}", "r", null));
        ledger.AllStatus().ShouldBeEmpty();
        Enumerable.Range(0, 5).ShouldAllBe(i => ledger.LastConverged("production", $"a{i}") != null);
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
