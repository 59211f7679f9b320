using Reconciler.Documents.Expansion;
using Reconciler.Journaling;
using Reconciler.Model;
using Reconciler.Remote;
using Reconciler.Reporting;
using Reconciler.Tests.Converging;
using Reconciler.Turns;

namespace Reconciler.Tests.Turns;

/// <summary>
/// Where a turn leaves a unit, from what git says, what was seen, and what the ledger holds against it. (What is held: <see cref="HoldTests"/>.)
/// </summary>
public sealed class UnitTurnTests : IDisposable
{
    private static readonly TurnOptions ByPerson = new(DryRun: false, ByPerson: true, HealAll: false);

    private readonly TurnWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Fact]
    public async Task As_git_says_nothing_is_done()
    {
        var verdict = await _world.Converged(_world.Version(1)).TurnAsync(_world.Version(1));

        (verdict.Standing, verdict.Converged).ShouldBe((Standing.Synced, false));
        _world.Done.ShouldBeEmpty();
        _world.Ledger.ReleaseOf(TurnWorld.Production, "coralnet", new string('1', 40), "base")!.HealthySince.ShouldNotBeNull();
    }

    [Fact]
    public async Task What_git_says_anew_is_brought_about_in_the_safe_order_and_remembered()
    {
        var verdict = await _world.Converged(_world.Version(1)).TurnAsync(_world.Version(2));

        (verdict.Standing, verdict.Converged).ShouldBe((Standing.Synced, true));
        _world.Done.ShouldBe(["prepare", "cover", "stop", "code", "start", "check", "uncover"]);
        _world.LastRun.ShouldBe(RunState.Succeeded);
        _world.Ledger.LastConverged(TurnWorld.Production, "coralnet")!.Digest.ShouldBe("digest-2");
    }

    [Fact]
    public async Task What_is_the_same_at_a_newer_revision_is_remembered_as_of_that_since_the_same_time()
    {
        await _world.Converged(_world.Version(1)).TurnAsync(_world.Version(1));
        var before = _world.Ledger.LastConverged(TurnWorld.Production, "coralnet")!;
        _world.Revision = new string('e', 40);

        (await _world.TurnAsync(_world.Version(1))).Standing.ShouldBe(Standing.Synced);

        _world.Ledger.LastConverged(TurnWorld.Production, "coralnet").ShouldBe(before with { Revision = _world.Revision });
    }

    [Fact]
    public async Task A_second_turn_does_nothing()
    {
        _world.Converged(_world.Version(1));
        await _world.TurnAsync(_world.Version(2));

        (await _world.TurnAsync(_world.Version(2))).Standing.ShouldBe(Standing.Synced);

        _world.Done.ShouldBeEmpty();
    }

    [Fact]
    public async Task Drift_that_policy_only_reports_is_reported()
    {
        _world.Converged(_world.Version(1))["Packages"] = "somebody's";

        var verdict = await _world.TurnAsync(_world.Version(1));

        verdict.Standing.ShouldBe(Standing.Drifted);
        verdict.Diff.All.ShouldHaveSingleItem().Sentence.ShouldContain("somebody's");
        _world.Done.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("Packages", "write selfHeal: {packages: fix} in production/environment.yaml")]
    [InlineData("Code", "no healing takes that edit away")]
    public async Task What_is_said_of_an_edit_promises_what_healing_does(string kind, string way)
    {
        _world.Converged(_world.Version(1))[kind] = "edited";

        var verdict = await _world.TurnAsync(_world.Version(1));

        verdict.Standing.ShouldBe(Standing.Drifted);
        verdict.Reason.ShouldContain(way);
        verdict.Reason.Contains("retry", StringComparison.Ordinal).ShouldBe(kind == "Packages");
    }

    [Fact]
    public async Task Drift_that_policy_mends_is_mended_and_nothing_else()
    {
        _world.Converged(_world.Version(1))["Packages"] = "somebody's";
        _world["Service"] = "down";

        await _world.TurnAsync(_world.Version(1));

        _world.Done.ShouldBe(["start", "check"]);
        (_world["Service"], _world["Packages"]).ShouldBe(("up", "somebody's"));
    }

    [Fact]
    public async Task A_dry_run_plans_and_sends_nothing_and_leaves_no_run()
    {
        var verdict = await _world.Converged(_world.Version(1)).TurnAsync(_world.Version(2), TurnOptions.Plan);

        verdict.Standing.ShouldBe(Standing.Planned);
        verdict.Plan.Phases.ShouldContain(Phase.Prepare);
        _world.Done.ShouldBeEmpty();
        _world.Ledger.Runs(TurnWorld.Production, null, 10).ShouldBeEmpty();
    }

    [Fact]
    public async Task At_first_contact_it_looks_only_until_a_person_converges()
    {
        using var world = new TurnWorld { IsAdmitted = false };

        (await world.TurnAsync(world.Version(1))).Standing.ShouldBe(Standing.NeverConverged);
        world.Done.ShouldBeEmpty();

        (await world.TurnAsync(world.Version(1), ByPerson)).Standing.ShouldBe(Standing.Synced);
        world["Service"].ShouldBe("up");
        world.Ledger.AdmissionOf(TurnWorld.Production).ShouldNotBeNull();
    }

    [Fact]
    public async Task Where_the_servers_obey_another_ledger_a_yes_is_not_asked_for()
    {
        using var world = new TurnWorld { IsAdmitted = false };
        world.Servers["web1", "hello"] = new($"answer hello\nversion {new string('0', 64)}\nledger other\nfence 7\nboot b\n");

        (await world.TurnAsync(world.Version(1))).ShouldSatisfyAllConditions(
            verdict => verdict.Standing.ShouldBe(Standing.Fenced),
            verdict => verdict.Reason.ShouldBe($"web1 obeys another controller: its ledger is other, and this one is {world.Ledger.Id}"));
        world.Servers["web1", "fence"] = ScriptedServers.Answer.Refused(RunnerCode.Fenced, "this server obeys ledger other");
        (await world.TurnAsync(world.Version(1), ByPerson)).Standing.ShouldBe(Standing.Fenced);

        // What was said yes to before the servers were taken over is not done unasked after it.
        world.Servers.Answers.Clear();
        (await world.TurnAsync(world.Version(1))).Standing.ShouldBe(Standing.NeverConverged);
        world.Progress.Plans.ShouldBe(0);
    }

    [Fact]
    public async Task What_is_as_git_says_at_first_contact_is_no_word_for_changing_the_rest_nor_for_the_flag()
    {
        using var world = new TurnWorld { IsAdmitted = false };
        world.Converged(world.Version(1));

        (await world.TurnAsync(world.Version(1))).Standing.ShouldBe(Standing.Synced);
        (await world.TurnAsync(world.Version(2))).Standing.ShouldBe(Standing.NeverConverged);
        (await world.TurnAsync(world.Version(2, times: new FlagTimes(null, null)))).Standing.ShouldBe(Standing.NeverConverged);
        world["Service"] = "down";
        await world.RefusedTurnAsync(world.Version(2), "impossible");

        (world["Code"], world["Service"]).ShouldBe(("code-1", "down"));
        world.Ledger.Runs(TurnWorld.Production, null, 10).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_person_who_converges_what_is_as_git_says_has_said_yes_to_what_comes_later()
    {
        using var world = new TurnWorld { IsAdmitted = false };
        world.Converged(world.Version(1));
        await world.TurnAsync(world.Version(1), ByPerson);

        (await world.TurnAsync(world.Version(2))).Standing.ShouldBe(Standing.Synced);
        world["Code"].ShouldBe("code-2");
    }

    [Fact]
    public async Task A_gate_that_is_not_met_defers_and_the_last_converged_state_is_mended_meanwhile()
    {
        using var world = new TurnWorld { PromotedFrom = new("staging", TimeSpan.FromHours(2)) };
        world.Converged(world.Version(1))["Service"] = "down";

        var waiting = await world.TurnAsync(world.Version(2));
        waiting.Standing.ShouldBe(Standing.Deferred);
        waiting.Deferral!.Gate.ShouldBe("promotedFrom");
        (world["Service"], world["Code"]).ShouldBe(("up", "code-1"));

        world.Ledger.RecordHealthy("staging", "coralnet", new string('2', 40), "base");
        var soaking = await world.TurnAsync(world.Version(2));
        soaking.Deferral!.Until.ShouldBe(world.Clock.GetUtcNow() + TimeSpan.FromHours(2));
        world.Clock.Advance(TimeSpan.FromHours(2));
        (await world.TurnAsync(world.Version(2))).Standing.ShouldBe(Standing.Synced);
        world["Code"].ShouldBe("code-2");
    }

    [Fact]
    public async Task What_a_person_has_to_decide_is_refused_before_anything_is_done()
    {
        var verdict = await _world.Converged(_world.Version(1)).TurnAsync(_world.Version(2, code: "impossible"));

        verdict.Standing.ShouldBe(Standing.Refused);
        verdict.Reason.ShouldEndWith("decide");
        _world.Done.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_could_not_be_seen_stops_everything()
    {
        _world.Converged(_world.Version(1))["Packages"] = "unseen";

        (await _world.TurnAsync(_world.Version(2))).Standing.ShouldBe(Standing.Unseen);

        _world.Done.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_failed_is_set_aside_and_the_state_of_before_is_mended()
    {
        _world.Converged(_world.Version(1));
        _world.Break("prepare");
        (await _world.TurnAsync(_world.Version(2))).Standing.ShouldBe(Standing.SetAside);
        _world["Service"] = "down";

        var verdict = await _world.TurnAsync(_world.Version(2));

        verdict.Standing.ShouldBe(Standing.SetAside);
        _world.Done.ShouldBe(["start", "check"]);
        _world.Ledger.LastConverged(TurnWorld.Production, "coralnet")!.Digest.ShouldBe("digest-1");
    }

    [Fact]
    public async Task What_was_set_aside_is_tried_again_when_a_person_asks()
    {
        _world.Converged(_world.Version(1));
        _world.Break("prepare");
        await _world.TurnAsync(_world.Version(2));
        _world.Mend("prepare");

        (await _world.TurnAsync(_world.Version(2))).Standing.ShouldBe(Standing.SetAside);
        (await _world.TurnAsync(_world.Version(2), ByPerson)).Standing.ShouldBe(Standing.Synced);

        _world.Ledger.SetAsideAs(TurnWorld.Production, "coralnet", "digest-2").ShouldBeNull();
    }

    [Fact]
    public async Task While_something_is_in_the_way_it_is_looked_at_and_left_alone()
    {
        var hindered = TurnOptions.Watch with { Hindrance = "the servers themselves come first" };

        var verdict = await _world.Converged(_world.Version(1)).TurnAsync(_world.Version(2), hindered);

        (verdict.Standing, verdict.Reason).ShouldBe((Standing.Failed, "the servers themselves come first"));
        _world.Done.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_step_of_a_dead_controller_that_still_runs_is_in_the_way()
    {
        _world.Converged(_world.Version(1));
        _world.KillAt("code");
        await Should.ThrowAsync<KilledException>(_world.TurnAsync(_world.Version(2)));
        _world.Restart();
        _world.Mend("code");
        _world.Servers["web1", "settle"] = ScriptedServers.Answer.Says("running o");

        var verdict = await _world.TurnAsync(_world.Version(2));

        verdict.Standing.ShouldBe(Standing.Failed);
        verdict.Reason.ShouldContain("still runs on web1");
        _world.Done.ShouldBe(["settle"]);
    }

    [Fact]
    public async Task What_a_dead_controller_began_is_finished_and_nothing_twice()
    {
        _world.Converged(_world.Version(1));
        _world.KillAt("code");
        await Should.ThrowAsync<KilledException>(_world.TurnAsync(_world.Version(2)));
        _world.Restart();
        _world.Mend("code");
        _world.Servers["web1", "settle"] = ScriptedServers.Answer.Withdrawn;

        (await _world.TurnAsync(_world.Version(2))).Standing.ShouldBe(Standing.Synced);

        _world.Done.ShouldBe(["settle", "cover", "code", "start", "check", "uncover"]);
        _world.Ledger.Runs(TurnWorld.Production, "coralnet", 10).Select(run => run.State).ShouldBe([RunState.Succeeded, RunState.Failed]);
    }

    [Fact]
    public async Task A_run_whose_controller_died_when_all_was_done_is_closed_by_the_next_look()
    {
        _world.Converged(_world.Version(1));
        _world.KillAt("uncover");
        await Should.ThrowAsync<KilledException>(_world.TurnAsync(_world.Version(2, schema: 1)));
        _world["Maintenance"] = "off";
        _world.Restart();

        (await _world.TurnAsync(_world.Version(2, schema: 1))).Standing.ShouldBe(Standing.Synced);

        _world.Ledger.OpenRuns().ShouldBeEmpty();
        _world.Ledger.LastConverged(TurnWorld.Production, "coralnet")!.Digest.ShouldBe("digest-2");
    }

    [Fact]
    public async Task Another_controller_that_is_in_charge_ends_it_at_once()
    {
        _world.Converged(_world.Version(1));
        _world.Servers["web1", "prepare"] = ScriptedServers.Answer.Refused(RunnerCode.Fenced, "fence 9 was seen");

        var verdict = await _world.TurnAsync(_world.Version(2));

        verdict.Standing.ShouldBe(Standing.Fenced);
        _world.Ledger.SetAsideAs(TurnWorld.Production, "coralnet", "digest-2").ShouldBeNull();
    }

    [Fact]
    public async Task Beside_what_is_set_aside_only_what_differs_from_the_state_of_before_is_mended_and_once()
    {
        var other = TurnWorld.Gunicorn with { Port = 8001 };
        _world.Converged(_world.Version(1)).Break("prepare");
        (await _world.TurnAsync(_world.Version(2, service: other))).Standing.ShouldBe(Standing.SetAside);

        (await _world.TurnAsync(_world.Version(2, service: other))).Standing.ShouldBe(Standing.SetAside);
        _world.Done.ShouldBeEmpty();

        _world["Service"] = "down";
        (await _world.TurnAsync(_world.Version(2, service: other))).Standing.ShouldBe(Standing.SetAside);
        _world.Done.ShouldContain("start");
        (await _world.TurnAsync(_world.Version(2, service: other))).Standing.ShouldBe(Standing.SetAside);
        _world.Done.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_a_person_must_decide_about_keeps_nothing_else_from_being_mended()
    {
        var unit = _world.Version(1, code: "impossible");
        _world.Converged(unit);
        (_world["Code"], _world["Packages"]) = ("edited", "somebody's");

        var verdict = await _world.TurnAsync(unit, new(DryRun: false, ByPerson: true, HealAll: true));

        verdict.Standing.ShouldBe(Standing.Drifted, verdict.Reason);
        verdict.Reason.ShouldContain("code is edited");
        (_world["Code"], _world["Packages"]).ShouldBe(("edited", "packages-0"));
    }

    [Fact]
    public async Task A_stopped_service_is_not_started_on_code_that_is_not_the_one_git_says()
    {
        var unit = _world.Version(1);
        (_world.Converged(unit)["Code"], _world["Service"]) = ("code-0", "down");

        var verdict = await _world.TurnAsync(unit);

        verdict.Standing.ShouldBe(Standing.Drifted);
        verdict.Reason.ShouldContain("it is not started while Code code is not as git says");
        _world.Done.ShouldBeEmpty();
        _world["Service"].ShouldBe("down");
        var seen = VerdictStatus.Of(_world.Environment(unit), unit, verdict, null, _world.Clock.GetUtcNow());
        seen.Differences.Single(difference => difference.Resource.Contains("Service")).Does!.ShouldContain("it is not started while Code code");

        (await _world.TurnAsync(unit, ByPerson with { HealAll = true })).Standing.ShouldBe(Standing.Synced);
        (_world["Code"], _world["Service"]).ShouldBe(("code-1", "up"));
    }

    [Fact]
    public async Task What_git_places_on_no_server_is_missing_and_not_healthy()
    {
        var unit = _world.Version(1) with { Resources = [], RunsNowhere = true };

        var status = VerdictStatus.Of(_world.Environment(unit), unit, await _world.TurnAsync(unit), null, _world.Clock.GetUtcNow());

        status.Health.ShouldBe(Health.Missing);
        status.Of("Ready")!.Status.ShouldBe("False");
        status.Of("Stalled")!.Reason.ShouldBe("OnNoServer");
        status.Of("Stalled")!.Message.ShouldBe("it runs nowhere: no service of its services.yaml is on a server in use");
    }

    [Fact]
    public async Task A_service_that_runs_on_other_code_is_left_alone()
    {
        var unit = _world.Version(1);
        _world.Converged(unit)["Code"] = "code-0";

        (await _world.TurnAsync(unit)).Standing.ShouldBe(Standing.Drifted);

        (_world["Service"], _world.Done.Count).ShouldBe(("up", 0));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_staging_has_set_aside_or_holds_waits_with_the_reason_and_without_an_acknowledgement(bool held)
    {
        using var world = new TurnWorld { PromotedFrom = new("staging", TimeSpan.FromHours(2)) };
        world.Converged(world.Version(1));
        var run = world.Ledger.BeginRun("staging", "coralnet", new string('9', 40), "staging-2", new string('2', 40));
        if (held)
            world.Ledger.MoveRun(run.Id, RunState.Held, "Migrate on web1: IntegrityError.\nmore of it");
        else
            world.Ledger.PutAside("staging", "coralnet", "staging-2", "Start on web1: it does not start.\nmore of it", run.Id);

        var unit = world.Version(2);
        var verdict = await world.TurnAsync(unit);

        verdict.Deferral!.Gate.ShouldBe("promotedFrom");
        verdict.Headline.ShouldContain(held ? "staging holds it: Migrate on web1: IntegrityError."
            : "staging has set it aside: Start on web1: it does not start.");
        WaysOn.Of(world.Environment(unit), unit, verdict).Select(way => way.Paste ?? "").ShouldAllBe(paste => !paste.Contains("promotedFrom"));
    }

    [Fact]
    public async Task A_run_says_what_it_was_in_git_that_moved()
    {
        await _world.Converged(_world.Version(1)).TurnAsync(_world.Version(2, schema: 1));

        _world.Ledger.Runs(TurnWorld.Production, "coralnet", 1)[0].Cause.ShouldBe("git moved: code, migrations");
    }
}
