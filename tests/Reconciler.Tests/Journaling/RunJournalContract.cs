using Reconciler.Journaling;
using Reconciler.Model;
using Reconciler.Tests.Watching;

namespace Reconciler.Tests.Journaling;

/// <summary>The journal of runs, wherever the ledger is kept.</summary>
public abstract class RunJournalContract : IDisposable
{
    private static readonly ResourceId Web = new("web1", "coralnet", "Service", "gunicorn");
    private readonly ManualClock _clock;
    private readonly ILedger _ledger;

    internal RunJournalContract(Func<ManualClock, ILedger> open)
    {
        _clock = new();
        _ledger = open(_clock);
    }

    public virtual void Dispose()
    {
        _ledger.Dispose();
        GC.SuppressFinalize(this);
    }

    private Run Begin() => _ledger.BeginRun("production", "coralnet", "revision", "digest");

    private OperationId Intend(Run run, int step = 1, Phase phase = Phase.Stop) => _ledger.Intend(run.Id, step, phase, Web, "stop gunicorn");

    [Fact]
    public void A_step_goes_from_intent_to_proof()
    {
        var run = Begin();
        run.Id.ShouldMatch("^1-[0-9a-f]{8}$");
        var operation = Intend(run);
        operation.ToString().ShouldBe($"{run.Id}.1.1");
        _ledger.Receive(operation, 0, "stopped\r\u001b[31m\n");
        _ledger.Settle(operation, StepState.Verified);
        _ledger.Skip(run.Id, 2, Phase.Code, Web, "check out");
        _ledger.MoveRun(run.Id, RunState.Succeeded, null);
        _ledger.Steps(run.Id)[0].ShouldBe(new StepRecord(operation, Phase.Stop, "web1/coralnet/Service/gunicorn", "stop gunicorn", StepState.Verified,
            _clock.Now, _clock.Now, 0, "stopped\uFFFD\uFFFD[31m\n", _clock.Now));
        _ledger.FindRun(run.Id).ShouldBe(run with { State = RunState.Succeeded, EndedAt = _clock.Now, Phase = Phase.Code });
        _ledger.OpenRuns().ShouldBeEmpty();
    }

    [Fact]
    public void Tasks_are_known_once_they_were_seen_done_on_whichever_server()
    {
        ResourceId Task(string server, string name) => new(server, "coralnet", "Tasks", name);
        var run = Begin();
        var done = _ledger.Intend(run.Id, 1, Phase.Migrate, Task("web1", "admin@1"), "run task admin, number 1: x");
        _ledger.Receive(done, 0, "");
        _ledger.Settle(done, StepState.Verified);
        var failed = _ledger.Intend(run.Id, 2, Phase.Migrate, Task("web2", "admin@2"), "run task admin, number 2: x");
        _ledger.Receive(failed, 1, "");
        _ledger.Settle(failed, StepState.Failed);
        _ledger.Intend(run.Id, 3, Phase.Migrate, Task("web2", "count@7"), "run task count, number 7: x");
        // Its controller died right after the receipt.
        _ledger.Receive(_ledger.Intend(run.Id, 4, Phase.Migrate, Task("web2", "index@1"), "run task index, number 1: x"), 0, "");

        _ledger.TasksDone("production", "coralnet").ShouldBe(["admin@1", "index@1"], ignoreOrder: true);
        _ledger.TasksDone("production", "atlas").ShouldBeEmpty();
        _ledger.TasksDone("staging", "coralnet").ShouldBeEmpty();
    }

    [Fact]
    public void A_copy_of_a_secrets_file_is_left_until_a_later_step_has_forgotten_it()
    {
        var file = new ResourceId("web1", "coralnet", "SecretsFile", "settings");
        void Do(Run run, int step, Phase phase, string summary)
        {
            var operation = _ledger.Intend(run.Id, step, phase, file, summary);
            _ledger.Receive(operation, 0, "");
            _ledger.Settle(operation, StepState.Verified);
        }

        var first = Begin();
        Do(first, 1, Phase.Secrets, "write /srv/x");
        _ledger.CopiesLeft("production", "coralnet").ShouldBeEmpty();
        Do(first, 2, Phase.Secrets, "replace /srv/x");
        _ledger.CopiesLeft("production", "coralnet").ShouldBe([$"{file}"]);
        _ledger.CopiesLeft("production", "atlas").ShouldBeEmpty();

        Do(first, 3, Phase.Tidy, "forget the replaced /srv/x");

        _ledger.CopiesLeft("production", "coralnet").ShouldBeEmpty();
        // Its controller died right after the receipt.
        _ledger.Receive(_ledger.Intend(first.Id, 4, Phase.Secrets, file, "replace /srv/x"), 0, "");
        _ledger.CopiesLeft("production", "coralnet").ShouldBe([$"{file}"]);
        Do(first, 5, Phase.Tidy, "forget the replaced /srv/x");
        _ledger.CopiesLeft("production", "coralnet").ShouldBeEmpty();
    }

    [Fact]
    public void What_a_server_that_is_left_out_was_sent_is_known_until_it_is_taken_in()
    {
        var run = Begin();
        _ledger.LeaveOut("production", "coralnet", "web1", "digest-1", "web1 does not answer");
        var operation = _ledger.Intend(run.Id, 1, Phase.Code, new("web1", "coralnet", "Code", "code"), "check out");
        var other = _ledger.Intend(run.Id, 2, Phase.Code, new("web10", "coralnet", "Code", "code"), "check out");
        foreach (var lost in new[] { operation, other })
            _ledger.Settle(lost, StepState.Lost);
        _ledger.LeaveOut("production", "coralnet", "web1", "digest-2", "it does not answer still");

        var left = _ledger.LeftOut("production", "coralnet").ShouldHaveSingleItem();
        (left.Server, left.Digest, left.Why).ShouldBe(("web1", "digest-2", "it does not answer still"));
        _ledger.StepsGivenUp(left).Select(step => step.Operation).ShouldBe([operation]);
        Should.Throw<IllegalTransitionException>(() => _ledger.MoveRun(run.Id, RunState.Succeeded, null));
        _ledger.MoveRun(run.Id, RunState.Incomplete, "without web1");
        _ledger.LeftOut("production", "atlas").ShouldBeEmpty();

        _ledger.TakeIn("production", "coralnet", "web1");

        _ledger.LeftOut("production", "coralnet").ShouldBeEmpty();
    }

    [Fact]
    public void An_attempt_grows_only_when_the_one_before_is_proven_finished_or_not_started()
    {
        var run = Begin();
        var first = Intend(run);
        Should.Throw<IllegalTransitionException>(() => Intend(run)).Message.ShouldContain($"{run.Id}.1.1");
        _ledger.Settle(first, StepState.NotStarted);
        var second = Intend(run);
        second.Attempt.ShouldBe(2);
        _ledger.Receive(second, 1, "no");
        _ledger.Settle(second, StepState.Failed);
        var third = Intend(run);
        _ledger.Receive(third, 0, "");
        _ledger.Settle(third, StepState.Verified);
        Should.Throw<IllegalTransitionException>(() => Intend(run));
    }

    [Fact]
    public void What_is_not_in_the_rules_is_refused()
    {
        var run = Begin();
        var operation = Intend(run);
        Should.Throw<IllegalTransitionException>(() => _ledger.Settle(operation, StepState.Verified));
        Should.Throw<IllegalTransitionException>(() => _ledger.Settle(operation, StepState.Received));
        Should.Throw<IllegalTransitionException>(() => _ledger.Settle(operation with { Step = 9 }, StepState.Lost));
        Should.Throw<IllegalTransitionException>(() => _ledger.MoveRun("9-x", RunState.Failed, null));
        _ledger.Settle(operation, StepState.Lost);
        Should.Throw<IllegalTransitionException>(() => _ledger.Receive(operation, 0, ""));
        Should.Throw<IllegalTransitionException>(() => Intend(run));
    }

    [Fact]
    public void A_run_has_no_end_while_an_intent_is_open_and_no_success_without_proof()
    {
        var run = Begin();
        var operation = Intend(run);
        Should.Throw<IllegalTransitionException>(() => _ledger.MoveRun(run.Id, RunState.Failed, "x"));
        _ledger.MoveRun(run.Id, RunState.Held, "who knows");
        _ledger.MoveRun(run.Id, RunState.Running, null);
        _ledger.OpenIntents().ShouldHaveSingleItem().Operation.ShouldBe(operation);
        _ledger.Receive(operation, 0, "");
        _ledger.OpenIntents().ShouldBeEmpty();
        Should.Throw<IllegalTransitionException>(() => _ledger.MoveRun(run.Id, RunState.Succeeded, null));
        _ledger.MoveRun(run.Id, RunState.Failed, "it did not stop");
        Should.Throw<IllegalTransitionException>(() => _ledger.MoveRun(run.Id, RunState.Running, null));
        Should.Throw<IllegalTransitionException>(() => Intend(run, 2));
        _ledger.FindRun(run.Id)!.Reason.ShouldBe("it did not stop");
    }

    [Fact]
    public void A_step_that_failed_may_have_been_made_good_by_another()
    {
        var run = Begin();
        var failed = Intend(run);
        _ledger.Receive(failed, 1, "");
        _ledger.Settle(failed, StepState.Failed);
        var good = Intend(run, 2);
        _ledger.Receive(good, 0, "");
        _ledger.Settle(good, StepState.Verified);
        _ledger.MoveRun(run.Id, RunState.Succeeded, "at the second try");
    }

    [Theory]
    [InlineData(RunState.Waiting)]
    [InlineData(RunState.Held)]
    internal void A_run_that_waits_or_is_held_acts_nowhere(RunState state)
    {
        var run = Begin();
        _ledger.MoveRun(run.Id, state, "later");
        Should.Throw<IllegalTransitionException>(() => Intend(run));
        Should.Throw<IllegalTransitionException>(() => _ledger.MoveRun(run.Id, RunState.Succeeded, null));
        (_ledger.OpenRun("production", "coralnet") ?? _ledger.HeldRun("production", "coralnet"))!.State.ShouldBe(state);
    }

    [Fact]
    public void One_application_of_one_environment_has_one_open_run()
    {
        var run = Begin();
        Should.Throw<IllegalTransitionException>(Begin).Message.ShouldContain(run.Id);
        _ledger.BeginRun("staging", "coralnet", "revision", "digest");
        _ledger.MoveRun(run.Id, RunState.Superseded, "a newer commit");
        Begin().Id.ShouldStartWith("3-");
        _ledger.OpenRuns().Count.ShouldBe(2);
        _ledger.Runs("production", null, 10).Count.ShouldBe(2);
        _ledger.Runs("production", "other", 10).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(RunState.Succeeded, RunState.Superseded)]
    [InlineData(RunState.Held, RunState.Superseded)]
    [InlineData(RunState.Failed, RunState.Held)]
    [InlineData(RunState.Waiting, RunState.Held)]
    internal void A_hold_stays_beside_the_next_run_until_that_has_succeeded_or_is_held_itself(RunState next, RunState hold)
    {
        var held = Begin();
        _ledger.MoveRun(held.Id, RunState.Held, "half a migration");

        var run = Begin();
        _ledger.HeldRun("production", "coralnet")!.Id.ShouldBe(held.Id);
        _ledger.OpenRun("production", "coralnet")!.Id.ShouldBe(run.Id);
        _ledger.MoveRun(run.Id, next, "so it ended");

        _ledger.FindRun(held.Id)!.State.ShouldBe(hold);
        _ledger.HeldRun("production", "coralnet")?.Reason.ShouldBe(hold == RunState.Held ? "half a migration" : "so it ended");
        _ledger.HeldRun("staging", "coralnet").ShouldBeNull();
    }

    [Fact]
    public void The_phase_reached_never_goes_back()
    {
        var run = Begin();
        _ledger.ReachPhase(run.Id, Phase.Migrate);
        Intend(run, 1, Phase.Start);
        Intend(run, 2, Phase.Secrets);
        _ledger.ReachPhase(run.Id, Phase.Cover);
        _ledger.FindRun(run.Id)!.Phase.ShouldBe(Phase.Start);
    }

    [Fact]
    public void Of_long_output_the_end_is_kept()
    {
        var operation = Intend(Begin());
        _ledger.Receive(operation, 1, new string('x', 100_000) + "the error");
        var output = _ledger.Steps(operation.Run)[0].Output!;
        output.Length.ShouldBe(4000);
        output.ShouldEndWith("the error");
    }
}
