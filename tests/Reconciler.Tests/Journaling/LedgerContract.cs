using Reconciler.Journaling;
using Reconciler.Tests.Watching;

namespace Reconciler.Tests.Journaling;

/// <summary>What holds of a ledger wherever it is kept.</summary>
public abstract class LedgerContract
{
    internal ManualClock Clock { get; } = new();

    /// <summary>As the one who works on production and staging, among others.</summary>
    internal abstract ILedger Open();

    internal abstract ILedgerReader Read();

    internal abstract long Ask(NewRequest request);

    [Fact]
    public void A_ledger_keeps_its_identity_and_its_number_rises()
    {
        string id, key;
        long number;
        using (var ledger = Open())
        {
            (id, key) = (ledger.Id, ledger.DigestKey);
            id.ShouldMatch("^[0-9a-f]{32}$");
            key.ShouldMatch("^[0-9a-f]{64}$");
            number = ledger.FencingOf("production");
        }
        using var again = Open();
        (again.Id, again.DigestKey).ShouldBe((id, key));
        again.FencingOf("production").ShouldBeGreaterThan(number);
    }

    [Fact]
    public void A_secret_is_changed_when_another_digest_is_in_force_and_not_when_it_is_seen_first_or_again()
    {
        var secret = new Reconciler.Model.SecretReference(new("production", "site", "settings"), "SECRET_KEY");
        using var ledger = Open();
        ledger.NoteSecretInForce(secret, "one");
        ledger.SecretsInForce("production").ShouldBe([new(secret, "one", null)]);
        Clock.Now += TimeSpan.FromHours(1);
        ledger.NoteSecretInForce(secret, "two");
        var changed = Clock.GetUtcNow();
        Clock.Now += TimeSpan.FromHours(1);
        ledger.NoteSecretInForce(secret, "two");
        ledger.SecretsInForce("production").ShouldBe([new(secret, "two", changed)]);
        ledger.SecretsInForce("staging").ShouldBeEmpty();
    }

    [Fact]
    public void A_reader_sees_what_the_writer_wrote_and_cannot_write()
    {
        using var ledger = Open();
        using var reader = Read();
        ledger.Accept("production", "a");
        reader.AcceptedIn("production")!.Revision.ShouldBe("a");
        Should.Throw<LedgerException>(() => ((ILedger)reader).Accept("production", "b")).Fault.ShouldBe(LedgerFault.Unusable);
    }

    [Fact]
    public void A_reader_works_after_the_writer_is_gone()
    {
        using (var ledger = Open())
            ledger.Accept("production", "a");
        using var reader = Read();
        reader.AcceptedIn("production")!.Revision.ShouldBe("a");
    }

    [Fact]
    public void A_request_reaches_the_holder()
    {
        using var ledger = Open();
        var id = Ask(new NewRequest("suspend", "production", null, """{"reason":"INC-1"}""", "ada"));
        var request = ledger.OpenRequests().ShouldHaveSingleItem();
        request.ShouldBe(new Request(id, "suspend", "production", null, """{"reason":"INC-1"}""", "ada", Clock.Now, null, null));
        ledger.CloseRequest(id, "suspended");
        ledger.OpenRequests().ShouldBeEmpty();
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
        ledger.LastConverged("staging", "coralnet").ShouldBe(new Converged("staging", "coralnet", "digest", "revision", "commit", Clock.Now));
        ledger.LastConverged("production", "host")!.CodeCommit.ShouldBeNull();
    }

    [Fact]
    public void A_release_soaks_from_its_first_healthy_moment_until_something_happens()
    {
        using var ledger = Open();
        var start = Clock.Now;
        ledger.RecordHealthy("staging", "a", "c", "b");
        Clock.Now += TimeSpan.FromHours(1);
        ledger.RecordHealthy("staging", "a", "c", "b");
        ledger.ReleaseOf("staging", "a", "c", "b")!.HealthySince.ShouldBe(start);
        ledger.RecordFailedRelease("staging", "a", "c", "b");
        ledger.ReleaseOf("staging", "a", "c", "b").ShouldBe(new Release("staging", "a", "c", "b", null, Clock.Now));
        ledger.RecordHealthy("staging", "a", "c", "b");
        ledger.ReleaseOf("staging", "a", "c", "b").ShouldBe(new Release("staging", "a", "c", "b", Clock.Now, null));
        ledger.RecordNoLongerHealthy("staging", "a", "c", "b");
        ledger.ReleaseOf("staging", "a", "c", "b")!.HealthySince.ShouldBeNull();
        ledger.ReleaseOf("staging", "a", "c", "other").ShouldBeNull();
    }

    [Fact]
    public void An_announcement_keeps_its_time_for_a_newer_commit()
    {
        using var ledger = Open();
        var starts = Clock.Now + TimeSpan.FromMinutes(15);
        var first = ledger.Announce("production", "a", "one", starts);
        Clock.Now += TimeSpan.FromMinutes(5);
        ledger.Announce("production", "a", "two", starts).ShouldBe(first with { Digest = "two" });
        ledger.AnnouncementFor("production", "a").ShouldBe(first with { Digest = "two" });
        ledger.Announce("production", "a", "two", starts + TimeSpan.FromHours(1)).AnnouncedAt.ShouldBe(Clock.Now);
        ledger.WithdrawAnnouncement("production", "a");
        ledger.AnnouncementFor("production", "a").ShouldBeNull();
    }

    [Fact]
    public void What_failed_is_set_aside_until_it_is_taken_back()
    {
        using var ledger = Open();
        ledger.PutAside("production", "a", "digest", "Check failed", "1-x");
        ledger.SetAsideAs("production", "a", "digest").ShouldBe(new SetAside("production", "a", "digest", "Check failed", "1-x", Clock.Now));
        ledger.AllSetAside("production").Count.ShouldBe(1);
        ledger.TakeBack("production", "a", "digest").ShouldBeTrue();
        ledger.TakeBack("production", "a", "digest").ShouldBeFalse();
    }

    [Fact]
    public void Times_are_kept_in_utc_to_the_tick()
    {
        using var ledger = Open();
        Clock.Now = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.FromHours(-8)).AddTicks(1234567);
        ledger.SaveStatus("production", "a", "{}");
        var at = ledger.StatusOf("production", "a")!.At;
        (at.Offset, at.UtcTicks).ShouldBe((TimeSpan.Zero, Clock.Now.UtcTicks));
    }

    [Fact]
    public void A_look_that_found_all_as_it_was_renews_when_that_was_and_nothing_else()
    {
        using var ledger = Open();
        var first = Clock.Now;
        ledger.SaveStatus("production", "a", "{}");
        ledger.SaveStatus("staging", "a", "{}");
        ledger.SaveServersSeen("production", [new("production", "web1", "10.0.0.1", ["web"], first, first, null)]);
        Clock.Now += TimeSpan.FromMinutes(1);

        ledger.SaveSeenAgain("production");

        var status = ledger.StatusOf("production", "a")!;
        (status.Body, status.At, status.SeenAgain).ShouldBe(("{}", first, Clock.Now));
        ledger.StatusOf("staging", "a")!.SeenAgain.ShouldBeNull();
        ledger.ServersSeen("production").Single().VerifiedAt.ShouldBe(Clock.Now);
        ledger.SaveStatus("production", "a", "{}");
        ledger.AllStatus().ShouldAllBe(each => each.SeenAgain == null);
    }

    [Fact]
    public void Several_threads_may_write_at_once()
    {
        using var ledger = Open();
        Parallel.For(0, 50, i => ledger.RecordConverged("production", $"a{i % 5}", $"{i}", "r", null));
        ledger.AllStatus().ShouldBeEmpty();
        Enumerable.Range(0, 5).ShouldAllBe(i => ledger.LastConverged("production", $"a{i}") != null);
    }
}
