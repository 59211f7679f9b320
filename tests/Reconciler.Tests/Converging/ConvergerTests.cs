using Reconciler.Converging;
using Reconciler.Journaling;
using Reconciler.Model;
using Reconciler.Planning;
using Reconciler.Remote;
using Reconciler.Tests.Git;
using static Reconciler.Tests.Converging.ScriptedServers;

namespace Reconciler.Tests.Converging;

public sealed class ConvergerTests : IDisposable
{
    private static readonly string[] Names = ["web1", "web2"];

    private readonly ScratchFolder _folder = new();
    private readonly ScriptedServers _servers = new();
    private readonly JumpingClock _clock = new();
    private readonly Commentary _progress = new();
    private readonly ILedger _ledger;
    private readonly Run _run;

    public ConvergerTests()
    {
        _ledger = SqliteLedger.OpenForWriting(_folder.In("controller"), _clock);
        _run = _ledger.BeginRun("production", "coralnet", new string('1', 40), "digest");
    }

    public void Dispose()
    {
        _ledger.Dispose();
        _folder.Dispose();
    }

    private static Step Step(Phase phase, string server, string verb, int rank = 0) =>
        new(phase, new ResourceId(server, "coralnet", "Service", verb), verb, new RunnerRequest(verb, [])) { Rank = rank };

    private static Step Proof(Phase phase, string server, string name) =>
        new(phase, new ResourceId(server, "coralnet", "Checks", name), name, null) { Proof = $": {name}" };

    private Task<ConvergeOutcome> RunAsync(params IReadOnlyList<Step> steps) => RunAsync(() => null, steps);

    private Task<ConvergeOutcome> RunAsync(Func<StopReason?> asked, params IReadOnlyList<Step> steps)
    {
        var plan = new Plan("production", "coralnet", steps, [], [], [], [], []);
        var context = new RunContext(_run.Id, "production", _ledger.Id, _ledger.FencingOf("production"), Names.ToDictionary(name => name, Address));
        var sender = new StepSender(_servers, new RunnerClient(new NoPayloads(), _clock), _ledger, _clock);
        return new Converger(sender, _clock).RunAsync(plan, context, _progress, () => Task.FromResult(asked()), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Who_looks_on_is_told_each_minute_of_a_step_that_takes_long()
    {
        _servers.Answers[("web1", "stop")] = () =>
        {
            _clock.Advance(TimeSpan.FromMinutes(1));
            return Task.FromResult(Answer.Done);
        };

        await RunAsync(Step(Phase.Stop, "web1", "stop") with { Deadline = TimeSpan.FromMinutes(10) }, Step(Phase.Stop, "web1", "other"));

        _progress.Lines.ShouldBe(["goes on stop", "| it may take 10m", "done stop", "done other"]);
    }

    [Fact]
    public async Task Without_its_lease_a_step_that_is_ready_is_not_sent()
    {
        using var late = Ledger.Over(SqliteStore.Open(Path.Combine(_folder.In("controller"), "ledger.db"), Microsoft.Data.Sqlite.SqliteOpenMode.ReadWrite),
            _ => new LateLeases(), _clock);
        var context = new RunContext(_run.Id, "production", late.Id, 1, Names.ToDictionary(name => name, Address));
        var sender = new StepSender(_servers, new RunnerClient(new NoPayloads(), _clock), late, _clock);

        (await Should.ThrowAsync<LedgerException>(() => sender.SendAsync(
            Step(Phase.Stop, "web1", "stop"), context, _ => { }, TestContext.Current.CancellationToken))).Fault.ShouldBe(LedgerFault.LeaseLost);

        _servers.Begun.ShouldBeEmpty();
        States.ShouldBe(["stop Intended"]);
    }

    /// <summary>Its rows are still there; its time is over.</summary>
    private sealed class LateLeases : ILeases
    {
        public Task Lost { get; } = new TaskCompletionSource().Task;

        public long NumberOf(string environment) => 1;

        public bool Holds(string environment) => true;

        public IReadOnlyList<HeldLease>? All() => null;

        public void Claim(IReadOnlyCollection<string> environments) { }

        public void Yield(Func<string, bool> isIdle) { }

        public void WhenFree(Action wake) { }

        public void RequireInTime(string environment) => throw new LedgerException(LedgerFault.LeaseLost, $"{environment} is late");

        public void Guard(string environment) { }

        public void Dispose() { }
    }

    /// <summary>Holds an answer back until the test lets it go.</summary>
    private TaskCompletionSource<Answer> HoldBack(string server, string verb)
    {
        var source = new TaskCompletionSource<Answer>(TaskCreationOptions.RunContinuationsAsynchronously);
        _servers.Answers[(server, verb)] = () => source.Task;
        return source;
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var soon = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!condition())
            await Task.Delay(5, soon.Token);
    }

    private string[] States => [.. _ledger.Steps(_run.Id).Select(step => $"{step.Summary} {step.State}")];

    [Fact]
    public async Task Every_step_is_done_and_journalled_from_intent_to_verified()
    {
        (await RunAsync(Step(Phase.Stop, "web1", "stop"), Step(Phase.Start, "web1", "start"))).ShouldBeOfType<ConvergeOutcome.Completed>();

        _servers.Begun.ShouldBe(["web1 stop", "web1 start"]);
        States.ShouldBe(["stop Verified", "start Verified"]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task What_leads_a_step_is_run_before_it_and_keeps_nothing_up(int proof)
    {
        _servers["web1", "drain"] = Answer.Done with { Proof = proof };

        (await RunAsync(Step(Phase.Stop, "web1", "stop") with { Lead = ": drain" })).ShouldBeOfType<ConvergeOutcome.Completed>();

        _servers.Begun.ShouldBe(["web1 drain", "web1 stop"]);
        States.ShouldBe(["stop Verified"]);
    }

    private const string Traceback = "booting \u001b[31m\nTraceback (most recent call last):\n  File \"tasks.py\", line 9\nModuleNotFoundError: No module named 'sizes'\n";

    [Fact]
    public async Task What_a_program_wrote_before_it_ended_is_the_reason_and_the_detail()
    {
        _servers.Logs = Traceback;
        _servers["web1", "up"] = new("", Proof: 99);
        _servers["web1", "start"] = Answer.Exit(7, "spawn error");
        _servers["web1", "unseen"] = Answer.Done with { Proof = 1 };
        var logs = RunnerRequest.Logs(["supervisor", "-", "-", "x"]);
        foreach (var step in new[] { Proof(Phase.Start, "web1", "up"), Step(Phase.Start, "web1", "start"), Step(Phase.Start, "web1", "unseen") with { Proof = ": no" } })
        {
            var failed = (await RunAsync(step with { Logs = logs })).ShouldBeOfType<ConvergeOutcome.Failed>();
            failed.Reason.ShouldEndWith("ModuleNotFoundError: No module named 'sizes'");
            failed.Detail.ShouldNotBeNull().ShouldContain("File \"tasks.py\", line 9");
            failed.Detail.ShouldNotContain("\u001b");
        }
        var unasked = (await RunAsync(Proof(Phase.Start, "web1", "up"))).ShouldBeOfType<ConvergeOutcome.Failed>();
        unasked.Reason.ShouldBe("it printed nothing");
    }

    [Fact]
    public async Task What_may_fail_is_journalled_as_failed_and_the_plan_goes_on()
    {
        _servers["web1", "reload"] = Answer.Exit(1, "nginx: [emerg] unknown directive");

        (await RunAsync(Step(Phase.Check, "web1", "reload") with { MayFail = true }, Step(Phase.Uncover, "web1", "lift")))
            .ShouldBeOfType<ConvergeOutcome.Completed>();

        States.ShouldBe(["reload Failed", "lift Verified"]);
    }

    [Fact]
    public async Task A_phase_is_a_barrier_across_servers()
    {
        var slow = HoldBack("web2", "stop");

        var running = RunAsync(Step(Phase.Stop, "web1", "stop"), Step(Phase.Stop, "web2", "stop"), Step(Phase.Start, "web1", "start"));
        await UntilAsync(() => _servers.Log.Contains("< web1 stop") && _servers.Begun.Contains("web2 stop"));
        _servers.Begun.ShouldNotContain("web1 start");
        slow.SetResult(Answer.Done);

        (await running).ShouldBeOfType<ConvergeOutcome.Completed>();
        _servers.Begun[^1].ShouldBe("web1 start");
    }

    [Fact]
    public async Task A_rank_is_a_barrier_within_a_phase()
    {
        var slow = HoldBack("web2", "gunicorn");

        var running = RunAsync(Step(Phase.Start, "web1", "gunicorn"), Step(Phase.Start, "web2", "gunicorn"), Step(Phase.Start, "web1", "worker", rank: 1));
        await UntilAsync(() => _servers.Log.Contains("< web1 gunicorn") && _servers.Begun.Contains("web2 gunicorn"));
        _servers.Begun.ShouldNotContain("web1 worker");
        slow.SetResult(Answer.Done);

        (await running).ShouldBeOfType<ConvergeOutcome.Completed>();
    }

    [Fact]
    public async Task Servers_work_beside_one_another_and_on_each_one_step_after_the_other()
    {
        var (one, two) = (HoldBack("web1", "a"), HoldBack("web2", "a"));

        var running = RunAsync(Step(Phase.Code, "web1", "a"), Step(Phase.Code, "web1", "b"), Step(Phase.Code, "web2", "a"));
        await UntilAsync(() => _servers.Begun.Count == 2);
        _servers.Begun.ShouldBe(["web1 a", "web2 a"], ignoreOrder: true);
        one.SetResult(Answer.Done);
        await UntilAsync(() => _servers.Begun.Contains("web1 b"));
        two.SetResult(Answer.Done);

        await running;
    }

    [Fact]
    public async Task When_one_server_fails_the_others_finish_and_nothing_after_it_is_begun()
    {
        var slow = HoldBack("web2", "a");
        _servers["web1", "a"] = Answer.Exit(1, "no such thing\n");

        var running = RunAsync(Step(Phase.Code, "web1", "a"), Step(Phase.Code, "web1", "b"), Step(Phase.Code, "web2", "a"), Step(Phase.Code, "web2", "b"), Step(Phase.Start, "web2", "start"));
        await UntilAsync(() => _servers.Log.Contains("< web1 a"));
        slow.SetResult(Answer.Done);

        var failed = (await running).ShouldBeOfType<ConvergeOutcome.Failed>();
        failed.Reason.ShouldBe("exit code 1: no such thing");
        failed.Step.Resource.Server.ShouldBe("web1");
        _servers.Begun.ShouldBe(["web1 a", "web2 a", "web2 b"], ignoreOrder: true);
        failed.Done.Select(step => $"{step.Resource.Server} {step.Summary}").ShouldBe(["web1 a", "web2 a", "web2 b"], ignoreOrder: true);
        States.ShouldBe(["a Failed", "a Verified", "b Verified"], ignoreOrder: true);
    }

    [Fact]
    public async Task A_failure_names_what_cannot_be_undone()
    {
        _servers["web1", "start"] = Answer.Exit(1);

        var failed = (await RunAsync(Step(Phase.Migrate, "web1", "migrate") with { Irreversible = true }, Step(Phase.Start, "web1", "start"))).ShouldBeOfType<ConvergeOutcome.Failed>();

        (failed.Irreversible, failed.SystemChanged).ShouldBe((true, false));
    }

    [Fact]
    public async Task A_step_that_may_be_repeated_is_tried_again_after_pauses_that_double_up_to_three_minutes()
    {
        _servers["web1", "fetch"] = Answer.Exit(1, "index down: Connection refused");

        var failed = (await RunAsync(Step(Phase.Prepare, "web1", "fetch") with { Attempts = 8 })).ShouldBeOfType<ConvergeOutcome.Failed>();

        failed.Transient.ShouldBeTrue();
        _clock.Pauses.Select(pause => pause.TotalSeconds).ShouldBe([5, 10, 20, 40, 80, 160, 180]);
        _servers.Begun.Count.ShouldBe(8);
        _progress.Lines.Count(line => line.StartsWith("again fetch", StringComparison.Ordinal)).ShouldBe(7);
        _ledger.Steps(_run.Id).Select(step => $"{step.Operation}").Distinct().Count().ShouldBe(8);
    }

    [Fact]
    public async Task A_step_with_one_attempt_is_not_tried_again()
    {
        _servers["web1", "migrate"] = Answer.Exit(1);

        (await RunAsync(Step(Phase.Migrate, "web1", "migrate"))).ShouldBeOfType<ConvergeOutcome.Failed>().Transient.ShouldBeFalse();

        _servers.Begun.ShouldBe(["web1 migrate"]);
        _clock.Pauses.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_works_at_the_second_try_is_done()
    {
        var tries = 0;
        _servers.Answers[("web1", "fetch")] = () => Task.FromResult(++tries == 1 ? Answer.Exit(1) : Answer.Done);

        (await RunAsync(Step(Phase.Prepare, "web1", "fetch") with { Attempts = 3 })).ShouldBeOfType<ConvergeOutcome.Completed>();

        States.ShouldBe(["fetch Failed", "fetch Verified"]);
    }

    [Fact]
    public async Task A_fenced_controller_stops_at_once_even_what_might_be_repeated()
    {
        _servers["web1", "a"] = Answer.Refused(RunnerCode.Fenced, "fence 9 was seen");

        var fenced = (await RunAsync(Step(Phase.Prepare, "web1", "a") with { Attempts = 5 }, Step(Phase.Prepare, "web1", "b"), Step(Phase.Code, "web2", "c"))).ShouldBeOfType<ConvergeOutcome.Fenced>();

        fenced.Server.ShouldBe("web1");
        fenced.Reason.ShouldContain("fence 9 was seen");
        _servers.Begun.ShouldBe(["web1 a"]);
        States.ShouldBe(["a NotStarted"]);
    }

    [Fact]
    public async Task Being_fenced_on_one_server_counts_more_than_a_failure_on_another()
    {
        _servers["web1", "a"] = Answer.Exit(1);
        _servers["web2", "a"] = Answer.Refused(RunnerCode.Fenced, "another controller");

        (await RunAsync(Step(Phase.Code, "web1", "a"), Step(Phase.Code, "web2", "a"))).ShouldBeOfType<ConvergeOutcome.Fenced>();
    }

    [Fact]
    public async Task A_fault_that_stays_counts_more_than_one_that_may_pass()
    {
        _servers["web1", "a"] = Answer.Refused(RunnerCode.Busy, "another step runs");
        _servers["web2", "a"] = Answer.Exit(1, "no space left");

        (await RunAsync(Step(Phase.Prepare, "web1", "a"), Step(Phase.Prepare, "web2", "a"))).ShouldBeOfType<ConvergeOutcome.Failed>().Transient.ShouldBeFalse();
    }

    [Fact]
    public async Task An_effect_that_is_not_there_is_a_failure_whatever_the_exit_code()
    {
        _servers["web1", "reload"] = Answer.Done with { Proof = 1 };

        (await RunAsync(Step(Phase.Nginx, "web1", "reload") with { Proof = ": served" })).ShouldBeOfType<ConvergeOutcome.Failed>().Reason.ShouldContain("its effect is not there");
    }

    [Fact]
    public async Task A_page_that_does_not_answer_as_it_should_fails_its_check()
    {
        _servers["web1", "front"] = new Answer("/ answered 500", Proof: 1);

        (await RunAsync(Proof(Phase.Check, "web1", "front"), Proof(Phase.Uncover, "web1", "front"))).ShouldBeOfType<ConvergeOutcome.Failed>().Reason.ShouldBe("/ answered 500");

        _servers.Begun.ShouldBe(["web1 front"]);
    }

    [Fact]
    public async Task A_server_that_cannot_be_reached_has_not_begun_the_step()
    {
        _servers["web1", "a"] = Answer.Thrown(SessionFailure.Unreachable, sent: false);

        var failed = (await RunAsync(Step(Phase.Code, "web1", "a"))).ShouldBeOfType<ConvergeOutcome.Failed>();

        failed.Done.ShouldBeEmpty();
        States.ShouldBe(["a NotStarted"]);
    }

    [Theory]
    [InlineData(nameof(Phase.Prepare), "OSError: [Errno 28] No space left on device", true)]
    [InlineData(nameof(Phase.Prepare), "no room for a dump in /var/backups: 1 bytes are free", true)]
    [InlineData(nameof(Phase.Prepare), "[Errno 122] Disk quota exceeded", true)]
    [InlineData(nameof(Phase.Announce), "write error: No space left on device", true)]
    [InlineData(nameof(Phase.Prepare), "no matching distribution", false)]
    [InlineData(nameof(Phase.Backup), "no room for a dump in /var/backups: 1 bytes are free", false)]
    public async Task A_disk_that_is_full_before_anything_stops_may_have_room_later(string phase, string said, bool passes)
    {
        _servers["web1", "a"] = Answer.Exit(1, said);

        (await RunAsync(Step(Enum.Parse<Phase>(phase), "web1", "a"))).ShouldBeOfType<ConvergeOutcome.Failed>().Transient.ShouldBe(passes);

        _servers.Begun.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("cannot write to /run/reconciler: is the disk full?", true)]
    [InlineData("cannot mount a tmpfs", false)]
    public async Task So_may_one_on_which_the_runner_cannot_even_begin(string said, bool passes)
    {
        _servers["web1", "a"] = Answer.Refused(RunnerCode.CannotDo, said);

        (await RunAsync(Step(Phase.Prepare, "web1", "a"))).ShouldBeOfType<ConvergeOutcome.Failed>().Transient.ShouldBe(passes);
    }

    [Fact]
    public async Task A_changed_host_key_is_not_tried_again()
    {
        _servers["web1", "a"] = Answer.Thrown(SessionFailure.HostKeyChanged, sent: false);

        (await RunAsync(Step(Phase.Prepare, "web1", "a") with { Attempts = 5 })).ShouldBeOfType<ConvergeOutcome.Failed>().Transient.ShouldBeFalse();

        _servers.Begun.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_step_whose_outcome_nobody_knows_may_have_taken_effect_and_its_intent_stays_open()
    {
        _servers["web1", "migrate"] = Answer.Thrown(SessionFailure.Lost, sent: true);
        _servers["web1", "settle"] = Answer.Thrown(SessionFailure.Unreachable, sent: false);

        var failed = (await RunAsync(Step(Phase.Migrate, "web1", "migrate") with { Attempts = 3 })).ShouldBeOfType<ConvergeOutcome.Failed>();

        failed.Reason.ShouldContain("whether it took effect is not known");
        failed.Done.Count.ShouldBe(1);
        _servers.Begun.Count(line => line == "web1 migrate").ShouldBe(1);
        _ledger.OpenIntents().Single().Summary.ShouldBe("migrate");
    }

    [Theory]
    [InlineData("kept 0a1b changed by hand since it was placed: /etc/nginx/sites/coralnet; the edit is the newest file in /var/lib/x\n", true)]
    [InlineData("kept 0a1b\n", false)]
    public async Task Whoever_edits_a_file_while_it_is_replaced_is_told_where_the_edit_is(string output, bool isTold)
    {
        _servers.Answers[("web1", "place")] = () => Task.FromResult(Answer.Exit(0, output));

        await RunAsync(Step(Phase.Nginx, "web1", "place") with { Request = new RunnerRequest("place", ["/etc/nginx/sites/coralnet", "0644"]) });

        _progress.Lines.Any(line => line.Contains("/etc/nginx/sites/coralnet had been edited by hand: that is kept on web1, the newest file in "
            + "/var/lib/reconciler/server/kept/etc/nginx/sites/coralnet", StringComparison.Ordinal)).ShouldBe(isTold);
    }

    [Fact]
    public async Task Asked_to_stop_it_stops_before_the_next_phase_and_not_within_one()
    {
        var stop = StopAfter("a");

        var outcome = await RunAsync(stop, Step(Phase.Announce, "web1", "a"), Step(Phase.Announce, "web1", "b"), Step(Phase.Cover, "web1", "c"));

        outcome.ShouldBe(new ConvergeOutcome.Stopped(Phase.Cover, StopReason.Ending));
        _servers.Begun.ShouldBe(["web1 a", "web1 b"]);
    }

    [Fact]
    public async Task Once_the_site_is_covered_it_goes_on_to_the_end()
    {
        var stop = StopAfter("a");

        (await RunAsync(stop, Step(Phase.Cover, "web1", "a"), Step(Phase.Code, "web1", "b"), Step(Phase.Uncover, "web1", "c"))).ShouldBeOfType<ConvergeOutcome.Completed>();

        _servers.Begun.ShouldBe(["web1 a", "web1 b", "web1 c"]);
    }

    private Func<StopReason?> StopAfter(string verb)
    {
        var stop = false;
        _servers.Answers[("web1", verb)] = () =>
        {
            stop = true;
            return Task.FromResult(Answer.Done);
        };
        return () => stop ? StopReason.Ending : null;
    }

    private sealed class NoPayloads : IPayloadSource
    {
        public Task<PayloadContent> OpenAsync(PayloadPart part, CancellationToken cancellation) => throw new InvalidOperationException("nothing to send");
    }

    private sealed class Commentary : IConvergeProgress
    {
        private readonly List<string> _lines = [];

        public IReadOnlyList<string> Lines => _lines;

        public void PhaseBegan(Phase phase, int steps)
        {
        }

        public void StepBegan(Step step)
        {
        }

        public void StepEnded(Step step, string how, TimeSpan took, string? detail)
        {
            lock (_lines)
            {
                _lines.Add($"{how} {step.Summary}");
                if (detail is not null)
                    _lines.Add($"| {detail}");
            }
        }

        public void PhaseEnded(Phase phase, TimeSpan took)
        {
        }
    }

    [Fact]
    public async Task What_answers_the_same_at_the_second_try_is_not_tried_a_third_time_and_does_not_pass_by_itself()
    {
        _servers["web1", "build"] = Answer.Exit(1, "ERROR: No matching distribution found for celery==5.4.0\n");

        var failed = (await RunAsync(Step(Phase.Prepare, "web1", "build") with { Attempts = 3 })).ShouldBeOfType<ConvergeOutcome.Failed>();

        failed.Transient.ShouldBeFalse();
        _servers.Begun.Count(line => line == "web1 build").ShouldBe(2);
    }

    [Theory]
    [InlineData("WARNING: Retrying: NewConnectionError: Failed to establish a new connection: [Errno 111] Connection refused")]
    [InlineData("E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 812 (apt)")]
    [InlineData("Temporary failure in name resolution")]
    public async Task What_a_network_or_a_lock_is_to_blame_for_is_tried_to_the_last_and_may_pass(string printed)
    {
        _servers["web1", "build"] = Answer.Exit(1, printed + "\nERROR: No matching distribution found\n");

        var failed = (await RunAsync(Step(Phase.Prepare, "web1", "build") with { Attempts = 3 })).ShouldBeOfType<ConvergeOutcome.Failed>();

        failed.Transient.ShouldBeTrue();
        _servers.Begun.Count(line => line == "web1 build").ShouldBe(3);
    }
}
