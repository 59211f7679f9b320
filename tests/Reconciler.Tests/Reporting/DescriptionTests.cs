using Reconciler.Journaling;
using Reconciler.Model;
using Reconciler.Reporting;
using Reconciler.Tests.Git;
using Reconciler.Tests.Watching;

namespace Reconciler.Tests.Reporting;

/// <summary>What <c>history</c> and <c>describe</c> tell from the ledger.</summary>
public sealed class DescriptionTests : IDisposable
{
    private static readonly ResourceId Cover = new("web1", "coralnet", "Maintenance", "coralnet");
    private static readonly string Commit = new('c', 40);
    private readonly ScratchFolder _scratch = new();
    private readonly ManualClock _clock = new();
    private readonly ILedger _ledger;
    private readonly DateTimeOffset _start;

    public DescriptionTests()
    {
        _ledger = SqliteLedger.OpenForWriting(_scratch.In("state"), _clock, LedgerHolder.Watch);
        _start = _clock.Now;
        _ledger.Accept("production", new string('1', 40));
        SaveStatus([]);
        _ledger.SaveServersSeen("production", [new("production", "web1", "10.0.0.1", ["web", "beat"], _start, _start, null)]);
        _ledger.SaveSeen("production", "coralnet",
            [new(new("web1", "coralnet", "Code", "code"), "digest", Commit, _start, _start, "digest", null, null)]);
    }

    public void Dispose()
    {
        _ledger.Dispose();
        _scratch.Dispose();
    }

    private void SaveStatus(IReadOnlyList<string> ailments, bool covered = false) =>
        _ledger.SaveStatus("production", "coralnet", StatusBuilder.ToJson(
        new ApplicationStatus("production", "coralnet", new string('1', 40), Commit, SyncStatus.Synced, Health.Healthy, [], [], ailments,
            _start, null, null) { Covered = covered }));

    private DescriptionReader Reader =>
        new(_ledger, new StatusReader(_ledger, null, _clock.Now, TimeSpan.FromMinutes(1)).Read(null), _clock.Now);

    private string Text(Action<DescriptionText> write)
    {
        using var text = new StringWriter();
        write(new(text, _clock.Now));
        return text.ToString();
    }

    private void Step(string run, int number, Phase phase, string output = "", bool fails = false, string? summary = null)
    {
        _clock.Now += TimeSpan.FromSeconds(2);
        var step = _ledger.Intend(run, number, phase, Cover, summary ?? $"{phase.ToString().ToLowerInvariant()} coralnet");
        _clock.Now += TimeSpan.FromSeconds(3);
        _ledger.Receive(step, fails ? 1 : 0, output);
        _ledger.Settle(step, fails ? StepState.Failed : StepState.Verified);
    }

    private Run Deploy()
    {
        var run = _ledger.BeginRun("production", "coralnet", new string('1', 40), "digest", Commit, "git moved");
        Step(run.Id, 1, Phase.Cover);
        Step(run.Id, 2, Phase.Code, "HEAD is now at 3f9d1c0");
        Step(run.Id, 3, Phase.Uncover);
        _ledger.MoveRun(run.Id, RunState.Succeeded, null);
        return run;
    }

    [Fact]
    public void A_run_is_told_with_start_end_cause_revision_commit_result_and_covered_seconds()
    {
        var run = Deploy();

        var told = Reader.History(null, null, 10).ShouldHaveSingleItem();

        told.ShouldBe(new(run.Id, "production", "coralnet", "Succeeded", _start, _start.AddSeconds(15), "git moved", new string('1', 40),
            Commit, "Uncover", 10, false, null));
        Text(text => text.Write([told])).ShouldBe($"""
            {run.Id,-16} production/coralnet  Succeeded  2026-03-01 12:00:00Z, took 15.0 s, covered for 10.0 s
              revision 111111111111, code cccccccccccc, reached Uncover; because git moved

            """);
    }

    [Fact]
    public void A_run_that_ended_with_the_page_on_says_so()
    {
        var run = _ledger.BeginRun("production", "coralnet", new string('1', 40), "digest");
        Step(run.Id, 1, Phase.Cover);
        Step(run.Id, 2, Phase.Migrate, "IntegrityError", fails: true);
        _ledger.MoveRun(run.Id, RunState.Held, "half of it");
        _clock.Now += TimeSpan.FromSeconds(5);

        var told = Reader.History("production", "coralnet", 1).ShouldHaveSingleItem();

        (told.CoveredSeconds, told.LeftCovered, told.State, told.Cause).ShouldBe((10, true, "Held", null));
    }

    [Fact]
    public void Laying_the_page_ready_and_taking_a_notice_down_is_no_time_that_users_saw_the_page()
    {
        var run = _ledger.BeginRun("production", "coralnet", new string('1', 40), "digest");
        Step(run.Id, 1, Phase.Cover, summary: "place the maintenance page of coralnet");
        Step(run.Id, 2, Phase.Uncover, summary: "take the notice of coralnet down");
        _ledger.MoveRun(run.Id, RunState.Succeeded, null);

        var told = Reader.History(null, null, 1).ShouldHaveSingleItem();

        (told.CoveredSeconds, told.LeftCovered).ShouldBe((null, false));
    }

    [Fact]
    public void A_run_of_the_flag_says_that_the_page_stays_and_not_for_how_long_it_worked_beneath_it()
    {
        var flag = _ledger.BeginRun("production", "coralnet", new string('1', 40), "digest");
        Step(flag.Id, 1, Phase.Cover);
        _ledger.MoveRun(flag.Id, RunState.Succeeded, null);

        Text(text => text.Write(Reader.History(null, null, 1))).ShouldContain("took 5.0 s, left covered, by the flag\n");
    }

    [Fact]
    public void The_run_that_opens_the_site_tells_how_long_users_saw_the_page_in_all()
    {
        var held = _ledger.BeginRun("production", "coralnet", new string('1', 40), "digest");
        Step(held.Id, 1, Phase.Cover);
        Step(held.Id, 2, Phase.Migrate, "IntegrityError", fails: true);
        _ledger.MoveRun(held.Id, RunState.Held, "Migrate on web1: IntegrityError");
        _clock.Now += TimeSpan.FromMinutes(10);
        var next = _ledger.BeginRun("production", "coralnet", new string('2', 40), "digest-2");
        _ledger.Skip(next.Id, 1, Phase.Cover, Cover, "cover");
        Step(next.Id, 2, Phase.Uncover);
        _ledger.MoveRun(next.Id, RunState.Succeeded, null);

        var told = Reader.History(null, null, 1).ShouldHaveSingleItem();

        (told.CoveredSeconds, told.CoveredBeforeSeconds, told.LeftCovered).ShouldBe((610, 605, false));
        Text(text => text.Write([told])).ShouldContain(", covered for 10 min (of it 10 min before it began)\n");
    }

    [Fact]
    public void The_page_of_the_flag_is_not_counted_as_the_deploys()
    {
        var flag = _ledger.BeginRun("production", "coralnet", new string('1', 40), "digest");
        Step(flag.Id, 1, Phase.Cover);
        _ledger.MoveRun(flag.Id, RunState.Succeeded, null);
        _clock.Now += TimeSpan.FromMinutes(10);
        var deploy = _ledger.BeginRun("production", "coralnet", new string('2', 40), "digest-2");
        _ledger.Skip(deploy.Id, 1, Phase.Cover, Cover, "cover");
        Step(deploy.Id, 2, Phase.Code);
        _ledger.MoveRun(deploy.Id, RunState.Succeeded, null);
        var off = _ledger.BeginRun("production", "coralnet", new string('3', 40), "digest-2");
        Step(off.Id, 1, Phase.Uncover);
        _ledger.MoveRun(off.Id, RunState.Succeeded, null);

        Reader.History(null, null, 2).Select(run => run.CoveredSeconds).ShouldBe([null, null]);
    }

    [Fact]
    public void A_hold_that_was_overtaken_keeps_what_it_was_held_for_and_where()
    {
        var held = _ledger.BeginRun("production", "coralnet", new string('1', 40), "digest");
        Step(held.Id, 1, Phase.Cover);
        Step(held.Id, 2, Phase.Migrate, "IntegrityError", fails: true);
        _ledger.NoteFailure(held.Id, Phase.Migrate);
        Step(held.Id, 3, Phase.Tidy);
        _ledger.MoveRun(held.Id, RunState.Held, "IntegrityError: half of it.\nand what was printed");
        var next = Deploy();

        var told = Reader.History(null, null, 2)[1];

        (told.State, told.FailedIn).ShouldBe(("Superseded", "Migrate"));
        told.Reason.ShouldBe($"Held in Migrate: IntegrityError: half of it., then run {next.Id} took over\nand what was printed");
    }

    [Fact]
    public void History_is_newest_first_and_no_longer_than_asked()
    {
        var first = Deploy();
        var second = Deploy();

        Reader.History("production", null, 10).Select(run => run.Id).ShouldBe([second.Id, first.Id]);
        Reader.History(null, null, 1).Select(run => run.Id).ShouldBe([second.Id]);
        Reader.History("production", "host", 10).ShouldBeEmpty();
    }

    [Fact]
    public void A_run_is_found_by_its_number_and_its_steps_have_times_and_outputs()
    {
        var run = Deploy();

        var told = Reader.Run("1").ShouldNotBeNull();

        told.Run.Id.ShouldBe(run.Id);
        told.Steps[1].ShouldBe(
            new("Code", "web1", "coralnet/Maintenance/coralnet", "code coralnet", "Verified", 1, _start.AddSeconds(7), 3, 0,
            "HEAD is now at 3f9d1c0"));
        Text(text => text.Write(told)).ShouldContain("    | HEAD is now at 3f9d1c0\n");
        Reader.Run("2").ShouldBeNull();
    }

    [Fact]
    public void A_server_has_address_roles_versions_and_is_in_service()
    {
        var told = Reader.Servers("web1").ShouldHaveSingleItem();

        (told.InService, told.Commits["coralnet"], told.Server.Address).ShouldBe((true, Commit, "10.0.0.1"));
        var text = Text(each => each.Write(told));
        text.ShouldStartWith(
            "production/web1  10.0.0.1  roles web, beat\n  last verified 2026-03-01 12:00:00Z (0 s ago)\n  in service\n");
        text.ShouldContain($"  coralnet: code {Commit}\n");
    }

    [Fact]
    public void A_server_is_out_of_service_when_something_ails_it_or_a_page_lies_over_it_and_unknown_when_it_was_not_seen()
    {
        SaveStatus(["web1: gunicorn is stopped", "web2: other"], covered: true);

        Reader.Servers("web1")[0].ShouldSatisfyAllConditions(
            told => told.InService.ShouldBe(false),
            told => told.Against.ShouldBe(["coralnet is covered: users see the maintenance page", "gunicorn is stopped"]));
        _clock.Now += TimeSpan.FromHours(1);
        Reader.Servers("web1")[0].InService.ShouldBeNull();
    }

    [Fact]
    public void An_environment_and_an_application_are_told_with_what_they_consist_of()
    {
        Deploy();
        _ledger.Admit("production", "converged");
        _ledger.RecordConverged("production", "coralnet", "digest", new string('1', 40), Commit);

        var environment = Text(text => text.Write(Reader.Environment("production")!));
        var application = Text(text => text.Write(Reader.Application("coralnet")[0]));

        environment.ShouldStartWith(
            $"production: revision {new string('1', 40)} in force since 2026-03-01 12:00:00Z\n  may be changed: converged\n");
        environment.ShouldContain("production/web1  10.0.0.1");
        application.ShouldContain("production/coralnet: Synced, Healthy; servers web1\n");
        application.ShouldContain("  last converged 2026-03-01 12:00:15Z: revision 111111111111, code cccccccccccc\n");
        Reader.Environment("nowhere").ShouldBeNull();
    }

    [Fact]
    public void A_server_is_told_with_what_runs_on_it_and_what_is_due()
    {
        var software = new ServerSoftware("Debian GNU/Linux 12 (bookworm)", "6.1.0-28-amd64",
            new SortedDictionary<string, string> { ["nginx-light"] = "1.22.1-9", ["postgresql"] = "15+248" }, ["linux-image-6.1.0-40-amd64"])
        {
            Booted = _start.AddDays(-3),
            Upgrades = new(31, 12, null, _start.AddHours(-1), "s"),
        };
        _ledger.SaveServersSeen("production",
            [new("production", "web1", "10.0.0.1", ["web", "beat"], _start, _start, null) { Software = software }]);

        var text = Text(text => text.Write(Reader.Servers("web1")[0]));

        text.ShouldContain("  Debian GNU/Linux 12 (bookworm), kernel 6.1.0-28-amd64, up since 2026-02-26 12:00:00Z\n");
        text.ShouldContain("  packages nginx-light 1.22.1-9, postgresql 15+248\n");
        text.ShouldContain("  ! a reboot is required (linux-image-6.1.0-40-amd64); 31 packages can be upgraded, 12 of them for security "
            + "(package lists of 2026-03-01 11:00:00Z)\n");
    }
}
