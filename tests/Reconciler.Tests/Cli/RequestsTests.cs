using Reconciler.Cli;
using Reconciler.Journaling;
using Reconciler.Tests.Git;
using Reconciler.Tests.Watching;

namespace Reconciler.Tests.Cli;

/// <summary>What people ask of a watch at work.</summary>
public sealed class RequestsTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();
    private readonly ManualClock _clock = new();
    private readonly ILedger _ledger;
    private readonly Requests _requests;

    public RequestsTests()
    {
        _ledger = SqliteLedger.OpenForWriting(_scratch.In("state"), _clock, LedgerHolder.Watch);
        _requests = new(_ledger, _clock);
    }

    public void Dispose()
    {
        _ledger.Dispose();
        _scratch.Dispose();
    }

    private long Ask(string kind, string? environment, string? application = null, string arguments = """{"heal":false}""") =>
        SqliteLedger.Ask(_scratch.In("state"), new(kind, environment, application, arguments, "ada@controller"), _clock);

    [Fact]
    public void Each_is_taken_once_the_oldest_first_and_only_for_its_environment()
    {
        var first = Ask("retry", "staging");
        var second = Ask("retry", "staging", "coralnet");

        _requests.Take("production").ShouldBeNull();
        _requests.Take("staging")!.Id.ShouldBe(first);
        _requests.Take("staging")!.Id.ShouldBe(second);
        _requests.Take("staging").ShouldBeNull();
        _ledger.OpenRequests().ShouldAllBe(request => request.TakenAt == _clock.Now);
    }

    [Fact]
    public void It_is_a_persons_word_about_one_application_and_an_ordinary_turn_for_the_others()
    {
        Ask("retry", "staging", "coralnet", """{"heal":true,"reason":"INC-1"}""");

        var options = Requests.OptionsOf(_requests.Take("staging")!);

        (options.ByPerson, options.HealAll, options.DryRun).ShouldBe((true, true, false));
        (options.For("coralnet").ByPerson, options.For("coralnet").HealAll).ShouldBe((true, true));
        (options.For("host").ByPerson, options.For("host").HealAll).ShouldBe((false, false));
    }

    [Fact]
    public void Without_an_application_it_is_about_all_of_them()
    {
        Ask("retry", "staging");

        Requests.OptionsOf(_requests.Take("staging")!).For("host").ByPerson.ShouldBeTrue();
    }

    [Fact]
    public void What_cannot_be_done_is_answered_with_why()
    {
        Ask("retry", "nowhere");
        Ask("teleport", "staging");
        var good = Ask("retry", "staging");

        _requests.AnswerImpossible(["production", "staging"]);

        _ledger.OpenRequests().ShouldHaveSingleItem().Id.ShouldBe(good);
        _ledger.Requests(9).Select(request => request.Outcome).ShouldBe(
            [null, "this version does not know `teleport`", "there is no environment nowhere; there are production, staging"]);
    }

    [Fact]
    public void Suspending_and_resuming_need_no_turn_and_are_answered()
    {
        Ask("suspend", "staging", "coralnet", """{"reason":"INC-1","until":"2026-03-01T14:00:00+00:00"}""");
        _requests.IsWaiting("staging").ShouldBeFalse();
        _requests.Take("staging").ShouldBeNull();

        _requests.TakeWords();

        _ledger.SuspensionOf("staging", "coralnet").ShouldBe(
            new("staging", "coralnet", "INC-1", "ada@controller", _clock.Now, new DateTimeOffset(2026, 3, 1, 14, 0, 0, TimeSpan.Zero)));
        _ledger.SuspensionOf("staging", "host").ShouldBeNull();
        Ask("resume", "staging", null, "{}");
        Ask("resume", "staging", null, "{}");
        _requests.TakeWords();
        _ledger.Suspensions("staging").ShouldBeEmpty();
        _ledger.Requests(9).Select(request => request.Outcome).ShouldBe(
        [
            "all of staging is not suspended",
            "all of staging is no longer suspended",
            "staging/coralnet is suspended until 2026-03-01T14:00:00Z: it is looked at and reported, "
                + "and nothing is changed on it, until `reconciler resume staging coralnet`",
        ]);
    }

    [Fact]
    public void A_hold_is_left_to_the_run_that_acts_and_answered_where_none_is_under_way()
    {
        var run = _ledger.BeginRun("staging", "coralnet", new string('1', 40), "digest");
        Ask("hold", "staging", "coralnet", """{"reason":"INC-1"}""");
        _requests.TakeWords();
        _ledger.OpenRequests().ShouldHaveSingleItem().TakenAt.ShouldBeNull();
        _ledger.MoveRun(run.Id, RunState.Waiting, "it is announced");

        _requests.TakeWords();

        _ledger.HeldRun("staging", "coralnet")!.Reason.ShouldStartWith("held by ada@controller: INC-1. ");
        _ledger.Requests(1)[0].Outcome.ShouldBe($"run {run.Id} of coralnet is held");
        Ask("hold", "staging", "coralnet", """{"reason":"INC-1"}""");
        Ask("hold", "staging", "other", """{"reason":"INC-1"}""");
        _requests.TakeWords();
        _ledger.Requests(2).Select(request => request.Outcome).ShouldBe(
        [
            "no run of other in staging is under way: `reconciler suspend staging other --reason TEXT` keeps the next one from beginning",
            $"run {run.Id} of coralnet is held already: {_ledger.HeldRun("staging", "coralnet")!.Reason}",
        ]);
    }

    [Fact]
    public void What_a_dead_controller_had_begun_is_answered_and_not_begun_again()
    {
        var begun = Ask("retry", "staging");
        _requests.Take("staging");
        var waiting = Ask("retry", "staging");

        _requests.AnswerAbandoned();

        _requests.Take("staging")!.Id.ShouldBe(waiting);
        _ledger.Requests(9).Single(request => request.Id == begun).Outcome!.ShouldStartWith("the controller ended before it was through");
    }

    [Fact]
    public async Task The_loop_is_woken_while_something_waits_and_not_when_nothing_does()
    {
        using var over = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var woken = 0;
        // With a clock that runs: the timer is the system's.
        var waking = new Requests(_ledger, TimeProvider.System).WakeAsync(() =>
        {
            woken++;
            over.Cancel();
        }, over.Token);
        woken.ShouldBe(0);
        Ask("retry", "staging");

        await Should.ThrowAsync<OperationCanceledException>(waking);

        woken.ShouldBe(1);
    }
}
