using Reconciler.Journaling;
using Reconciler.Model;
using Reconciler.Reporting;
using Reconciler.Tests.Git;
using Reconciler.Tests.Watching;

namespace Reconciler.Tests.Reporting;

/// <summary>What <c>status</c> makes of a ledger that somebody else is writing to.</summary>
public sealed class StatusReaderTests : IDisposable
{
    private static readonly ResourceId Cover = new("web1", "coralnet", "Maintenance", "coralnet");
    private static readonly ResourceId Database = new("db1", "coralnet", "Migrations", "coralnet");
    private readonly ScratchFolder _scratch = new();
    private readonly ManualClock _clock = new();
    private readonly ILedger _ledger;
    private readonly DateTimeOffset _start;

    public StatusReaderTests()
    {
        _ledger = SqliteLedger.OpenForWriting(_scratch.In("state"), _clock, LedgerHolder.Watch);
        _start = _clock.Now;
        _ledger.SaveStatus("production", "coralnet", StatusBuilder.ToJson(new ApplicationStatus("production", "coralnet", new string('1', 40), new string('2', 40),
            SyncStatus.OutOfSync, Health.Healthy, [], [], [], _start, null, null)));
    }

    public void Dispose()
    {
        _ledger.Dispose();
        _scratch.Dispose();
    }

    private StatusReport Read(bool alive = true) =>
        new StatusReader(_ledger, alive ? LedgerLock.HolderNow(_scratch.In("state")) : null, _clock.Now, TimeSpan.FromMinutes(1)).Read(null);

    private OperationId Begin(string run, int step, Phase phase, ResourceId on, string summary)
    {
        _clock.Now += TimeSpan.FromSeconds(10);
        return _ledger.Intend(run, step, phase, on, summary);
    }

    private void End(OperationId step)
    {
        _ledger.Receive(step, 0, "");
        _ledger.Settle(step, StepState.Verified);
    }

    [Fact]
    public void What_is_said_of_a_server_that_was_not_seen_for_long_does_not_count()
    {
        _ledger.SaveServersSeen("production",
        [
            new("production", "web1", "10.0.0.1", ["web"], _start, _start, null),
            new("production", "web2", "10.0.0.2", ["web"], _start, _start.AddHours(-3), "web2 did not answer"),
        ]);

        var report = Read();
        report.Servers.Select(server => (server.Server, server.Verified, server.Unknown))
            .ShouldBe([("web1", _start, false), ("web2", _start.AddHours(-3), true)]);
        using var text = new StringWriter();
        new StatusText(text, _clock.Now).Write(report);

        text.ToString().ShouldContain(
            $"production: web2 was last seen {_start.AddHours(-3):yyyy-MM-dd HH:mm:ss}Z (3 h ago): "
                + "what is said of it does not count; web2 did not answer\n");
        text.ToString().ShouldNotContain("web1 was");
        _clock.Now += TimeSpan.FromMinutes(30);
        Read().Servers.ShouldAllBe(server => server.Unknown);
    }

    [Fact]
    public void Servers_with_upgrades_or_a_reboot_due_are_told_and_those_that_say_the_same_in_one_line()
    {
        SeenServer Server(string name, bool reboot, int? all, string? trouble = null) =>
            new("production", name, "10.0.0.1", ["web"], _start, _start, null)
            {
                Software = new("Debian", "6.1", new Dictionary<string, string>(), reboot ? [] : null)
                {
                    Upgrades = new(all, all / 2, trouble, null, "s"),
                },
            };
        _ledger.SaveServersSeen("production",
            [Server("web1", false, 2), Server("web2", false, 2), Server("web3", true, 0), Server("web4", false, 0), Server("web5", false, null, "Unmet dependencies.")]);

        using var text = new StringWriter();
        new StatusText(text, _clock.Now).Write(Read());

        text.ToString().ShouldContain("production: web1, web2: 2 packages can be upgraded, 1 of them for security\n"
            + "production: web3: a reboot is required\n"
            + "production: web5: apt cannot say what could be upgraded: Unmet dependencies.\n");
        text.ToString().ShouldNotContain("web4");
    }

    [Theory]
    [InlineData(true, "what was accepted before (revision 111111111111) stays in force: ssh: no route to git.example.\n")]
    [InlineData(false, "nothing is in force yet: ssh: no route to git.example.\n")]
    public void A_git_host_that_is_away_takes_nothing_out_of_force(bool accepted, string said)
    {
        var revision = accepted ? new string('1', 40) : null;
        var stays = accepted ? $"Revision {revision} stays in force." : "No revision is in force.";
        var report = Read() with
        {
            Repository = new(revision, null, $"ssh: no route to git.example. {stays}", _start, [], _start),
        };
        using var text = new StringWriter();

        new StatusText(text, _clock.Now).Write(report);

        text.ToString().ShouldContain($"git could not be fetched, since {_start:yyyy-MM-dd HH:mm:ss}Z (0 s): {said}");
        text.ToString().ShouldNotContain("git is not in force");
    }

    [Theory]
    [InlineData(12, true, "\n  looked at again at 2040-01-02 03:04:17Z, 12 s from now\n")]
    [InlineData(-1, true, "\n  looked at again at 2040-01-02 03:04:04Z, that is now\n")]
    [InlineData(12, false, null)]
    public void Of_a_git_host_that_is_away_it_is_told_when_it_is_asked_again_while_anybody_is_at_work(int seconds, bool watches, string? said)
    {
        var now = new DateTimeOffset(2040, 1, 2, 3, 4, 5, TimeSpan.Zero);
        var report = Read() with
        {
            Controller = watches ? new("watch", 4711, "controller", now) : null,
            Repository = new(new string('1', 40), null, "ssh: no route to git.example.", now, [], now) { RetriesAt = now.AddSeconds(seconds) },
        };
        using var text = new StringWriter { NewLine = "\n" };

        new StatusText(text, now).Write(report);

        if (said is null)
            text.ToString().ShouldNotContain("looked at again");
        else
            text.ToString().ShouldContain(said);
    }

    [Fact]
    public void A_run_that_goes_on_is_told_with_phase_step_server_and_since_when_the_site_is_covered()
    {
        var run = _ledger.BeginRun("production", "coralnet", new string('1', 40), "digest");
        End(Begin(run.Id, 1, Phase.Cover, Cover, "cover the site"));
        Begin(run.Id, 2, Phase.Migrate, Database, "apply gallery.0002");

        var told = Read().Applications.ShouldHaveSingleItem().Run.ShouldNotBeNull();

        (told.Id, told.State, told.Phase, told.Since, told.CoveredSince).ShouldBe((run.Id, "Running", "Migrate", _start, _start.AddSeconds(10)));
        told.Steps.ShouldBe([new("db1", "apply gallery.0002", _start.AddSeconds(20))]);
    }

    [Fact]
    public void Covered_twice_on_the_way_back_it_is_covered_since_the_first_time_and_uncovered_it_is_not()
    {
        var run = _ledger.BeginRun("production", "coralnet", new string('1', 40), "digest");
        End(Begin(run.Id, 1, Phase.Cover, Cover, "cover the site"));
        End(Begin(run.Id, 2, Phase.Cover, Cover, "cover the site"));
        Read().Applications[0].Run!.CoveredSince.ShouldBe(_start.AddSeconds(10));

        End(Begin(run.Id, 3, Phase.Uncover, Cover, "uncover the site"));

        Read().Applications[0].Run!.CoveredSince.ShouldBeNull();
    }

    private void Say(string reason, string message) => _ledger.SaveStatus("production", "coralnet", StatusBuilder.ToJson(
        new ApplicationStatus("production", "coralnet", new string('1', 40), new string('2', 40), SyncStatus.OutOfSync, Health.Degraded,
            [new("Ready", "False", reason, message, _start)], [], [], _start, null, null) { GoOn = [new("try it now rather than then", "reconciler retry production coralnet")] }));

    private string TextOf(bool alive)
    {
        using var text = new StringWriter();
        new StatusText(text, _clock.Now).Write(Read(alive));
        return text.ToString();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_page_that_does_not_go_away_is_told_with_its_cause_while_it_is_tried_again(bool inAnAttempt)
    {
        var run = _ledger.BeginRun("production", "coralnet", new string('1', 40), "digest");
        End(Begin(run.Id, 1, Phase.Cover, Cover, "cover coralnet"));
        _ledger.NoteFailure(run.Id, Phase.Uncover);
        _ledger.LeaveOpen(run.Id, "Uncover on web1: Read-only file system");
        if (inAnAttempt)
            Begin(run.Id, 2, Phase.Uncover, Cover, "uncover coralnet");
        Say("Failed", "Uncover on web1: Read-only file system");

        var text = TextOf(alive: true);

        text.ShouldContain($"going on: run {run.Id}");
        text.ShouldContain("Read-only file system");
        text.ShouldContain("reconciler retry production coralnet");
    }

    [Fact]
    public void A_wait_that_was_over_before_its_controller_ended_is_not_said_any_more()
    {
        var run = _ledger.BeginRun("production", "coralnet", new string('1', 40), "digest");
        End(Begin(run.Id, 1, Phase.Cover, Cover, "cover coralnet"));
        Say("WaitingForNotice", "maintenance is announced for 12:00");

        var text = TextOf(alive: false);

        text.ShouldContain($"broke off: run {run.Id}");
        text.ShouldNotContain("maintenance is announced");
        text.ShouldNotContain("reconciler retry production coralnet");
    }

    [Fact]
    public void A_run_whose_controller_has_ended_is_said_to_be_interrupted()
    {
        _ledger.BeginRun("production", "coralnet", new string('1', 40), "digest");

        Read(alive: false).Applications[0].Run!.State.ShouldBe("Interrupted");
        Read(alive: false).Controller.ShouldBeNull();
        Read().Controller.ShouldBe(new ControllerStatus("watch", Environment.ProcessId, Environment.MachineName, _start));
    }

    [Fact]
    public void A_run_that_was_left_open_by_a_lost_server_waits_for_it_and_does_not_go_on()
    {
        var run = _ledger.BeginRun("production", "coralnet", new string('1', 40), "digest");
        Begin(run.Id, 1, Phase.Migrate, Database, "apply gallery.0002");
        _ledger.LeaveOpen(run.Id, "what became of it cannot be asked");

        var told = Read().Applications[0].Run!;

        (told.State, told.Reason).ShouldBe(("WaitsForServer", "what became of it cannot be asked"));
        using var text = new StringWriter();
        new StatusText(text, _clock.Now).Write(Read());
        text.ToString().ShouldContain($"  waits for db1, since {_start.AddSeconds(10):yyyy-MM-dd HH:mm:ss}Z (0 s): "
            + $"run {run.Id} does nothing more, "
            + "and ends once it is known what became of\n    db1: apply gallery.0002, since ");
    }

    [Fact]
    public void A_run_at_work_says_that_a_newer_commit_waits_for_its_end_and_whom_it_covers_is_not_called_healthy()
    {
        Read().Applications[0].Health.ShouldBe(Health.Healthy);
        var run = _ledger.BeginRun("production", "coralnet", new string('1', 40), "digest");
        End(Begin(run.Id, 1, Phase.Cover, Cover, "cover coralnet: every request is answered with the maintenance page"));
        _ledger.Accept("production", new string('1', 40));
        (Read().Applications[0].Run!.Next, Read().Applications[0].Health).ShouldBe((null, Health.Progressing));

        _ledger.Accept("production", new string('2', 40));

        Read().Applications[0].Run!.Next.ShouldBe(new string('2', 40));
        using var text = new StringWriter();
        new StatusText(text, _clock.Now).Write(Read());
        text.ToString().ShouldContain("    git has moved to 222222222222 since it began: that comes after it\n");
    }

    [Fact]
    public void A_hold_is_shown_in_the_phase_in_which_it_failed()
    {
        var run = _ledger.BeginRun("production", "coralnet", new string('1', 40), "digest");
        var migrate = Begin(run.Id, 1, Phase.Migrate, Database, "apply gallery.0002");
        _ledger.Receive(migrate, 1, "");
        _ledger.Settle(migrate, StepState.Failed);
        _ledger.NoteFailure(run.Id, Phase.Migrate);
        End(Begin(run.Id, 2, Phase.Tidy, Cover, "remove an old virtualenv"));
        _ledger.NoteFailure(run.Id, Phase.Tidy);
        _ledger.MoveRun(run.Id, RunState.Held, "Migrate on db1 failed");

        Read().Applications[0].Run!.Phase.ShouldBe("Migrate");
        var entry = RunEntry.Of(_ledger.FindRun(run.Id)!, _ledger.Steps(run.Id), null, _clock.Now);
        using var text = new StringWriter();
        new DescriptionText(text, _clock.Now).Write(entry);
        (entry.FailedIn, entry.Phase).ShouldBe(("Migrate", "Tidy"));
        text.ToString().ShouldContain(", failed in Migrate");

        text.GetStringBuilder().Clear();
        new DescriptionText(text, _clock.Now).Write(entry with { State = nameof(RunState.Succeeded), FailedIn = "Uncover", Cause = "git moved" });
        text.ToString().ShouldContain(", failed in Uncover at first; because git moved");
    }

    [Fact]
    public void A_hold_is_shown_with_its_reason_until_another_run_acts()
    {
        var run = _ledger.BeginRun("production", "coralnet", new string('1', 40), "digest");
        _ledger.MoveRun(run.Id, RunState.Held, "Migrate on db1 failed");
        (Read().Applications[0].Run!.State, Read().Applications[0].Run!.Reason).ShouldBe(("Held", "Migrate on db1 failed"));

        var next = _ledger.BeginRun("production", "coralnet", new string('1', 40), "digest");

        (Read().Applications[0].Run!.State, Read().Applications[0].Run!.Id).ShouldBe(("Running", next.Id));
    }

    [Fact]
    public void Old_answers_are_left_out_and_what_waits_never()
    {
        SqliteLedger.Ask(_scratch.In("state"), new("retry", "production", null, "{}", "ada"), _clock);
        _ledger.CloseRequest(1, "done");
        SqliteLedger.Ask(_scratch.In("state"), new("retry", "production", null, "{}", "ada"), _clock);

        Read().Requests.Select(request => request.Id).ShouldBe([2, 1]);
        _clock.Now += TimeSpan.FromHours(2);
        Read().Requests.Select(request => request.Id).ShouldBe([2]);
    }

    [Fact]
    public void The_last_five_answers_of_the_last_ten_minutes_are_shown_and_what_waits_besides()
    {
        for (var id = 1; id <= 8; id++)
        {
            SqliteLedger.Ask(_scratch.In("state"), new("retry", "production", null, "{}", "ada"), _clock);
            if (id != 2)
                _ledger.CloseRequest(id, "done");
        }

        Read().Requests.Select(request => request.Id).ShouldBe([8, 7, 6, 5, 4, 2]);
        _clock.Now += TimeSpan.FromMinutes(11);
        Read().Requests.Select(request => request.Id).ShouldBe([2]);
    }

    [Fact]
    public void An_answer_that_a_person_has_read_leaves_a_minute_later()
    {
        SqliteLedger.Ask(_scratch.In("state"), new("retry", "production", null, "{}", "ada"), _clock);
        SqliteLedger.Ask(_scratch.In("state"), new("retry", "production", null, "{}", "ada"), _clock);
        _ledger.CloseRequest(1, "done");

        SqliteLedger.NoteShown(_scratch.In("state"), [1, 2], _clock);

        Read().Requests.Select(request => request.Id).ShouldBe([2, 1]);
        _clock.Now += TimeSpan.FromMinutes(2);
        Read().Requests.Select(request => request.Id).ShouldBe([2]);
        _ledger.CloseRequest(2, "done");
        Read().Requests.Select(request => request.Id).ShouldBe([2]);
    }

    [Fact]
    public void A_holder_whose_number_another_process_has_now_is_gone()
    {
        _ledger.Dispose();
        LedgerLock.HolderNow(_scratch.In("state")).ShouldBeNull();

        File.WriteAllText(Path.Combine(_scratch.In("state"), "ledger.holder"),
            $$"""{"ProcessId":{{Environment.ProcessId}},"Host":"{{Environment.MachineName}}","Since":"2026-01-01T00:00:00+00:00","Command":"watch","Ticks":1}""");

        LedgerLock.HolderNow(_scratch.In("state")).ShouldBeNull();
        LedgerLock.HolderOf(_scratch.In("state")).ShouldNotBeNull();
    }
}
