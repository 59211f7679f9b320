using Reconciler.Journaling;
using Reconciler.Model;
using Reconciler.Remote;
using Reconciler.Tests.Converging;
using Reconciler.Turns;

namespace Reconciler.Tests.Turns;

/// <summary>The table "What a failure leads to", row by row: where it failed, and what users, services and ledger are left with.</summary>
public sealed class FailedRunTests : IDisposable
{
    private readonly TurnWorld _world = new();

    public void Dispose() => _world.Dispose();

    /// <param name="asked">With <c>open</c>, pages are asked once more when the maintenance page is away.</param>
    private Task<Verdict> DeployAsync(int schema = 0, int packages = 0, string asked = "fine")
    {
        _world.Converged(_world.Version(1))["Checks"] = asked;
        return _world.TurnAsync(_world.Version(2, schema, packages));
    }

    private void ShouldServe(string code) =>
        (_world["Code"].Split(' ')[0], _world["Service"], _world["Maintenance"]).ShouldBe((code, "up", "off"));

    private void ShouldBeDownBehindThePage() => (_world["Maintenance"], _world["Service"]).ShouldBe(("on", "down"));

    private bool IsSetAside => _world.Ledger.SetAsideAs(TurnWorld.Production, "coralnet", "digest-2") is not null;

    [Fact]
    public async Task In_Prepare_nothing_was_stopped_and_it_is_set_aside()
    {
        _world.Break("prepare", "Traceback\n  in settings\nNameError: reef");

        var verdict = await DeployAsync();

        verdict.Standing.ShouldBe(Standing.SetAside);
        verdict.Headline.ShouldContain("NameError: reef");
        verdict.Reason.ShouldContain("in settings");
        _world.Done.ShouldBe(["prepare"]);
        (_world.LastRun, IsSetAside).ShouldBe((RunState.Failed, true));
        ShouldServe("code-1");
    }

    [Fact]
    public async Task A_disk_that_is_full_in_Prepare_is_tried_again_by_itself()
    {
        _world.BreakOnce("prepare", "OSError: [Errno 28] No space left on device\nERROR: the disk is full: the file system at /srv has 0 KiB free");

        var verdict = await DeployAsync();

        verdict.Standing.ShouldBe(Standing.Failed);
        verdict.Headline.ShouldContain("ERROR: the disk is full: the file system at /srv has 0 KiB free. Nothing was stopped; it is tried again.");
        (_world.LastRun, IsSetAside).ShouldBe((RunState.Failed, false));
        ShouldServe("code-1");
        _world.Clock.Advance(TimeSpan.FromSeconds(5));

        (await _world.TurnAsync(_world.Version(2))).Standing.ShouldBe(Standing.Synced);

        ShouldServe("code-2");
    }

    [Theory]
    [InlineData(false, "Nothing was stopped by this run. A newer commit")]
    [InlineData(true, "Nothing was stopped by this run, but not all works: on web1 it is down. A newer commit")]
    public async Task In_Prepare_it_is_not_said_that_nobody_noticed_anything(bool down, string said)
    {
        _world.Converged(_world.Version(1));
        _world.During("prepare", () => _world["Checks"] = down ? "down" : "fine", fails: true);

        var verdict = await _world.TurnAsync(_world.Version(2));

        verdict.Reason.ShouldContain(said);
        verdict.Reason.ShouldNotContain("nobody noticed");
    }

    [Fact]
    public async Task Mending_that_found_out_what_a_person_must_decide_waits_for_that_and_has_not_failed()
    {
        var version = _world.Version(1);
        var unit = version with
        {
            Resources = [.. version.Resources.Select(each =>
                each.Id.Kind == "Checks" ? each with { Spec = new ToySpec("impossible") } : each)],
        };
        _world.Converged(unit);
        _world["Packages"] = "packages-9";
        _world.Ineffective.Add("check");
        _world.During("upgrade", () => _world["Checks"] = "lost");

        var verdict = await _world.TurnAsync(unit, new(DryRun: false, ByPerson: true, HealAll: true));

        verdict.Standing.ShouldBe(Standing.Refused, verdict.Reason);
        verdict.Reason.ShouldEndWith("decide");
        (_world["Packages"], _world.LastRun).ShouldBe(("packages-0", RunState.Failed));
    }

    [Fact]
    public async Task A_page_that_fails_is_told_with_what_is_new_in_the_logs()
    {
        _world.LogKeepers.Logs = "booted\nERROR old\n";
        _world.During("check", () => _world.LogKeepers.Logs = "booted\nERROR old\nGET / 200\nTraceback (most recent call last):\n  in reef\nKeyError: 'depth'\n",
            fails: true);

        var verdict = await DeployAsync();

        verdict.Reason.ShouldContain("\nweb1, log of gunicorn:\n  Traceback (most recent call last):\n    in reef\n  KeyError: 'depth'");
        verdict.Reason.ShouldNotContain("ERROR old");
        verdict.Reason.ShouldNotContain("GET / 200");
    }

    [Fact]
    public async Task In_Prepare_a_fault_that_may_pass_is_tried_again()
    {
        _world.Servers["web1", "prepare"] = ScriptedServers.Answer.Refused(RunnerCode.Busy, "another step runs");
        (await DeployAsync()).Standing.ShouldBe(Standing.Failed);
        IsSetAside.ShouldBeFalse();
        _world.Mend("prepare");
        _world.Clock.Advance(TimeSpan.FromSeconds(5));

        (await _world.TurnAsync(_world.Version(2))).Standing.ShouldBe(Standing.Synced);

        ShouldServe("code-2");
    }

    [Theory]
    [InlineData("cover", false)]
    [InlineData("stop", false)]
    [InlineData("code", true)]
    [InlineData("start", true)]
    [InlineData("check", true)]
    public async Task From_Cover_on_it_goes_back_to_what_was_converged_before(string verb, bool wasDown)
    {
        _world.BreakOnce(verb, "it broke");

        var verdict = await DeployAsync();

        verdict.Standing.ShouldBe(Standing.SetAside);
        verdict.Headline.ShouldContain("it broke");
        verdict.Headline.ShouldContain("Went back to revision 111111111111");
        (_world.LastRun, IsSetAside).ShouldBe((RunState.RolledBack, true));
        ShouldServe("code-1");
        _world.Done.Contains("start").ShouldBe(wasDown);
        _world.Ledger.LastConverged(TurnWorld.Production, "coralnet")!.Digest.ShouldBe("digest-1");
    }

    [Fact]
    public async Task When_going_back_fails_too_the_page_stays_on()
    {
        _world.Break("start");

        var verdict = await DeployAsync();

        verdict.Standing.ShouldBe(Standing.Held);
        verdict.Headline.ShouldContain("and going back failed");
        ShouldBeDownBehindThePage();
    }

    [Fact]
    public async Task A_first_deploy_has_nothing_to_go_back_to_and_the_next_state_tries_again()
    {
        (_world["Migrations"], _world["Packages"]) = ("schema-0", "packages-0");
        _world.Break("start");

        var verdict = await _world.TurnAsync(_world.Version(2));

        verdict.Standing.ShouldBe(Standing.SetAside);
        verdict.Reason.ShouldStartWith("FirstDeployFailed");
        ShouldBeDownBehindThePageOfAFirstDeploy();
        _world.Mend("start");
        (await _world.TurnAsync(_world.Version(3))).Standing.ShouldBe(Standing.Synced);
        ShouldServe("code-3");

        void ShouldBeDownBehindThePageOfAFirstDeploy() => (_world["Maintenance"], _world["Service"]).ShouldBe(("on", "none"));
    }

    [Fact]
    public async Task What_System_changed_is_not_undone()
    {
        _world.Break("start");

        (await DeployAsync(packages: 1)).Standing.ShouldBe(Standing.Held);

        _world["Packages"].ShouldBe("packages-1");
        (_world.LastRun, IsSetAside).ShouldBe((RunState.Held, true));
        ShouldBeDownBehindThePage();
    }

    [Fact]
    public async Task A_migration_that_fails_holds_and_is_named()
    {
        _world.Break("migrate", "IntegrityError: the third row");

        var verdict = await DeployAsync(schema: 1);

        verdict.Standing.ShouldBe(Standing.Held);
        verdict.Headline.ShouldContain("begun: migrate");
        verdict.Headline.ShouldContain("IntegrityError: the third row");
        _world.Done.Count(verb => verb == "migrate").ShouldBe(1);
        ShouldBeDownBehindThePage();
    }

    [Fact]
    public async Task After_a_migration_the_rest_is_tried_once_more()
    {
        _world.BreakOnce("start");

        (await DeployAsync(schema: 1)).Standing.ShouldBe(Standing.Synced);

        _world.LastRun.ShouldBe(RunState.Succeeded);
        _world.Done.Count(verb => verb == "migrate").ShouldBe(1);
        _world.Ledger.LastConverged(TurnWorld.Production, "coralnet")!.Digest.ShouldBe("digest-2");
        ShouldServe("code-2");
    }

    [Fact]
    public async Task After_a_migration_a_second_failure_holds()
    {
        _world.Break("check", "/ answers 500");

        (await DeployAsync(schema: 1)).Standing.ShouldBe(Standing.Held);

        _world.Done.Count(verb => verb == "check").ShouldBe(2);
        _world["Migrations"].ShouldBe("schema-1");
        ShouldBeDownBehindThePage();
    }

    [Fact]
    public async Task What_fails_once_the_page_is_away_is_covered_again_before_anything_is_put_back()
    {
        _world.BreakOnce("see", "/ answered 500 as users see it");

        var verdict = await DeployAsync(asked: "fine open");

        verdict.Standing.ShouldBe(Standing.SetAside);
        verdict.Headline.ShouldContain("/ answered 500 as users see it");
        var back = _world.Done.SkipWhile(verb => verb != "uncover").Skip(1).Where(verb => verb is not ("prepare" or "settle"));
        back.ShouldBe(["see", "cover", "stop", "code", "start", "check", "uncover", "see"]);
        (_world.LastRun, IsSetAside).ShouldBe((RunState.RolledBack, true));
        ShouldServe("code-1");
    }

    [Fact]
    public async Task After_a_migration_what_fails_once_the_page_is_away_is_held_behind_it()
    {
        _world.Break("see", "/ answered 500 as users see it");

        var verdict = await DeployAsync(schema: 1, asked: "fine open");

        verdict.Standing.ShouldBe(Standing.Held);
        verdict.Headline.ShouldContain("/ answered 500 as users see it");
        ShouldBeDownBehindThePage();
    }

    [Theory]
    [InlineData(0, "SetAside")]
    [InlineData(1, "Held")]
    public async Task A_service_that_does_not_go_on_living_once_users_are_in_is_put_behind_the_page_again(int schema, string standing)
    {
        _world.Converged(_world.Version(1))["Service"] = "up watched";
        _world.BreakOnce("lives", "it has ended");

        var verdict = await _world.TurnAsync(_world.Version(2, schema));

        verdict.Standing.ToString().ShouldBe(standing);
        verdict.Headline.ShouldContain("it has ended");
        var then = _world.Done.SkipWhile(verb => verb != "lives").Skip(1).Where(verb => verb is not ("prepare" or "settle"));
        then.First().ShouldBe("cover");
        if (schema == 0)
            ShouldServe("code-1");
        else
            ShouldBeDownBehindThePage();
    }

    [Fact]
    public async Task What_cannot_be_mended_is_tried_again_in_the_next_turn_and_set_aside_by_nobody()
    {
        _world.Converged(_world.Version(1))["Service"] = "down";
        _world.Break("start");

        (await _world.TurnAsync(_world.Version(1))).Standing.ShouldBe(Standing.Failed);

        _world.Ledger.AllSetAside(TurnWorld.Production).ShouldBeEmpty();
        _world.Mend("start");
        _world.Clock.Advance(TimeSpan.FromSeconds(5));
        (await _world.TurnAsync(_world.Version(1))).Standing.ShouldBe(Standing.Synced);
    }

    [Fact]
    public async Task Asked_to_stop_before_Cover_it_stops_and_goes_on_another_time()
    {
        _world.During("prepare", _world.Stop.Cancel);

        var verdict = await DeployAsync();

        (verdict.Standing, verdict.Reason).ShouldBe((Standing.Failed, "stopped before Cover, as asked"));
        _world.Done.ShouldBe(["prepare"]);
        IsSetAside.ShouldBeFalse();
    }

    [Fact]
    public async Task Asked_to_stop_under_the_cover_it_finishes_first()
    {
        _world.During("cover", _world.Stop.Cancel);

        (await DeployAsync()).Standing.ShouldBe(Standing.Synced);

        ShouldServe("code-2");
    }

    [Fact]
    public async Task A_step_whose_outcome_nobody_knows_keeps_the_run_open_until_that_is_known()
    {
        _world.Servers["web1", "code"] = ScriptedServers.Answer.Thrown(SessionFailure.Lost, sent: true);
        _world.Servers["web1", "settle"] = ScriptedServers.Answer.Thrown(SessionFailure.Unreachable, sent: false);

        var verdict = await DeployAsync();

        verdict.Standing.ShouldBe(Standing.SetAside);
        verdict.Reason.ShouldContain("whether it took effect is not known");
        verdict.Reason.ShouldContain("it is asked again in every turn");
        _world.Ledger.OpenIntents().ShouldHaveSingleItem().Summary.ShouldBe("code");
        (_world.LastRun, IsSetAside).ShouldBe((RunState.Running, true));

        // As it was before, on a server that answers again.
        _world.Mend("code");
        _world.Mend("settle");
        (await _world.TurnAsync(_world.Version(2))).Standing.ShouldBe(Standing.SetAside);
        _world.Ledger.OpenIntents().ShouldBeEmpty();
        ShouldServe("code-1");
    }

    /// <summary>The server goes away in the middle of Prepare, and what became of the step cannot be asked.</summary>
    private void LoseInPrepare() => _world.Servers.Answers[("web1", "prepare")] = () =>
    {
        foreach (var question in new[] { "look", "settle" })
            _world.Servers["web1", question] = ScriptedServers.Answer.Thrown(SessionFailure.Unreachable, sent: false);
        return Task.FromResult(ScriptedServers.Answer.Thrown(SessionFailure.Lost, sent: true));
    };

    private void AnswerAgain()
    {
        foreach (var question in new[] { "look", "settle" })
            _world.Mend(question);
    }

    [Fact]
    public async Task A_lost_server_that_is_back_comes_through_by_itself()
    {
        LoseInPrepare();
        var verdict = await DeployAsync();
        (verdict.Standing, IsSetAside).ShouldBe((Standing.SetAside, true));
        verdict.Headline.ShouldContain("web1 answering again (then once)");
        var open = _world.Ledger.OpenRun(TurnWorld.Production, "coralnet").ShouldNotBeNull();
        (open.FailedIn, open.Reason!.Contains("cannot be asked")).ShouldBe((Phase.Prepare, true));
        (await _world.TurnAsync(_world.Version(2))).Standing.ShouldBe(Standing.SetAside);

        AnswerAgain();
        _world.Mend("prepare");

        (await _world.TurnAsync(_world.Version(2))).Standing.ShouldBe(Standing.Synced);
        ShouldServe("code-2");
        IsSetAside.ShouldBeFalse();
    }

    [Fact]
    public async Task One_that_is_lost_again_is_tried_once_more_and_no_third_time_unasked()
    {
        LoseInPrepare();
        await DeployAsync();
        AnswerAgain();

        var second = await _world.TurnAsync(_world.Version(2));

        _world.Done.ShouldContain("prepare");
        (second.Standing, IsSetAside).ShouldBe((Standing.SetAside, true));
        AnswerAgain();
        _world.Mend("prepare");
        (await _world.TurnAsync(_world.Version(2))).Standing.ShouldBe(Standing.SetAside);
        _world.Done.ShouldNotContain("prepare");
        (await _world.TurnAsync(_world.Version(2), TurnOptions.Watch with { ByPerson = true })).Standing.ShouldBe(Standing.Synced);
        ShouldServe("code-2");
    }

    [Fact]
    public async Task What_failed_on_a_server_that_answers_is_not_tried_again_because_it_answers()
    {
        _world.Break("prepare");
        await DeployAsync();
        _world.Mend("prepare");

        (await _world.TurnAsync(_world.Version(2))).Standing.ShouldBe(Standing.SetAside);

        ShouldServe("code-1");
    }

    [Fact]
    public async Task A_hold_is_said_to_be_where_it_failed_and_not_where_its_services_were_stopped()
    {
        _world.Break("migrate");

        await DeployAsync(schema: 1);

        _world.Held.ShouldNotBeNull().FailedIn.ShouldBe(Phase.Migrate);
    }
}
