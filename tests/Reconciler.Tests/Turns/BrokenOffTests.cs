using Reconciler.Journaling;
using Reconciler.Remote;
using Reconciler.Tests.Converging;
using Reconciler.Turns;

namespace Reconciler.Tests.Turns;

/// <summary>What the simulation found: controllers and servers that are lost at the worst moment of a run.</summary>
public sealed class BrokenOffTests : IDisposable
{
    private readonly TurnWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Fact]
    public async Task A_way_back_that_broke_off_is_gone_to_its_end_even_if_its_run_was_ended_already()
    {
        _world.Converged(_world.Version(1));
        _world.Break("check");
        var codes = 0;
        _world.Servers.Answers[("web1", "code")] = () => ++codes == 1 ? Task.FromResult(ScriptedServers.Answer.Done) : throw new KilledException();
        await Should.ThrowAsync<KilledException>(_world.TurnAsync(_world.Version(2)));
        _world.Mend("check");
        _world.Mend("code");
        _world.Restart();
        var open = _world.Ledger.OpenRun(TurnWorld.Production, "coralnet").ShouldNotBeNull();
        _world.Ledger.Settle(_world.Ledger.OpenIntents().Single().Operation, StepState.NotStarted);
        _world.Ledger.MoveRun(open.Id, RunState.Failed, "and then the controller ended once more");

        (await _world.TurnAsync(_world.Version(2))).Standing.ShouldBe(Standing.SetAside);

        (_world["Code"], _world["Service"], _world["Maintenance"]).ShouldBe(("code-1", "up", "off"));
    }

    [Fact]
    public async Task A_run_that_finishes_one_says_so_and_what_that_was_begun_for_however_often_it_broke_off()
    {
        _world.Converged(_world.Version(1));
        _world.Servers.Answers[("web1", "code")] = () => throw new KilledException();
        for (var time = 0; time < 2; time++)
        {
            await Should.ThrowAsync<KilledException>(_world.TurnAsync(_world.Version(2)));
            _world.Restart();
            _world.Ledger.Settle(_world.Ledger.OpenIntents().Single().Operation, StepState.NotStarted);
        }
        _world.Mend("code");

        (await _world.TurnAsync(_world.Version(2))).Standing.ShouldBe(Standing.Synced);

        var runs = _world.Ledger.Runs(TurnWorld.Production, "coralnet", 9);
        runs.Select(run => run.Cause).ShouldBe(
            [$"git moved: code, and run {runs[1].Id} for it broke off", $"git moved: code, and run {runs[2].Id} for it broke off", "git moved: code"]);
    }

    [Fact]
    public async Task What_is_down_behind_a_page_that_nobody_asks_for_is_started_before_it_goes()
    {
        _world.Converged(_world.Version(1));
        _world.Break("prepare");
        await _world.TurnAsync(_world.Version(2));
        (_world["Maintenance"], _world["Service"]) = ("on", "down");

        await _world.TurnAsync(_world.Version(2));

        (_world["Service"], _world["Maintenance"]).ShouldBe(("up", "off"));
    }

    [Fact]
    public async Task A_server_that_is_lost_in_Prepare_is_no_other_way()
    {
        _world.Converged(_world.Version(1));
        _world.During("prepare", () => _world["Code"] = "unseen", fails: true);

        await _world.TurnAsync(_world.Version(2, schema: 1));

        _world.Done.Distinct().ShouldBe(["prepare"]);
    }

    [Fact]
    public async Task Nothing_is_begun_before_every_server_knows_of_the_controller()
    {
        _world.Converged(_world.Version(1));
        _world.Servers["web1", "fence"] = ScriptedServers.Answer.Thrown(SessionFailure.Unreachable, sent: false);
        (await _world.TurnAsync(_world.Version(2))).Standing.ShouldBe(Standing.Failed);
        _world.Servers["web1", "fence"] = ScriptedServers.Answer.Refused(RunnerCode.Fenced, "fencing number 1 is lower than 9");
        var fenced = await _world.TurnAsync(_world.Version(2));

        fenced.Standing.ShouldBe(Standing.Fenced);
        fenced.Reason.ShouldBe("web1 obeys another controller: fencing number 1 is lower than 9");
        _world.Done.ShouldBeEmpty();
        _world.Ledger.Runs(TurnWorld.Production, null, 10).ShouldBeEmpty();
    }

    /// <summary>What its ledger remembers is a hold of before another controller took over, and no longer its to tell.</summary>
    [Fact]
    public async Task A_controller_that_another_one_has_overtaken_says_so_and_not_what_it_held()
    {
        _world.Converged(_world.Version(1));
        _world.Break("migrate");
        (await _world.TurnAsync(_world.Version(2, schema: 1))).Standing.ShouldBe(Standing.Held);
        _world.Servers["web1", "code"] = ScriptedServers.Answer.Refused(RunnerCode.Fenced, "fencing number 1 is lower than 9");

        var verdict = await _world.TurnAsync(_world.Version(3, schema: 1));

        (verdict.Standing, verdict.Reason).ShouldBe((Standing.Fenced, "web1 obeys another controller: fencing number 1 is lower than 9"));
    }

    /// <summary>It would otherwise say that the page is on and all is held, while the other one has it up.</summary>
    [Theory]
    [InlineData("on its way back", 0)]
    [InlineData("at its second try", 1)]
    public async Task A_controller_that_is_overtaken_after_a_failure_ends_there(string when, int schema)
    {
        _world.Converged(_world.Version(1));
        var (starts, first) = (0, ScriptedServers.Answer.Exit(1, "no such thing"));
        if (schema == 0)
        {
            _world.Break("check");
            first = ScriptedServers.Answer.Done;
        }
        _world.Servers.Answers[("web1", "start")] = () => Task.FromResult(++starts == 1
            ? first : ScriptedServers.Answer.Refused(RunnerCode.Fenced, "fencing number 1 is lower than 9"));

        var verdict = await _world.TurnAsync(_world.Version(2, schema));

        (verdict.Standing, verdict.Reason).ShouldBe((Standing.Fenced, "web1 obeys another controller: fencing number 1 is lower than 9"), when);
        _world.Held.ShouldBeNull();
    }
}
