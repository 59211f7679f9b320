using Reconciler.Journaling;
using Reconciler.Model;
using Reconciler.Remote;
using Reconciler.Reporting;
using Reconciler.Tests.Converging;
using Reconciler.Turns;

namespace Reconciler.Tests.Turns;

/// <summary>Uncover is tried for ever, and people are told (safety.md, "What a failure leads to").</summary>
public sealed class UncoverTests : IDisposable
{
    private readonly TurnWorld _world = new();

    public void Dispose() => _world.Dispose();

    private Task<Verdict> DeployAsync(int schema = 0)
    {
        _world.Converged(_world.Version(1));
        _world.Break("uncover", "Read-only file system");
        return _world.TurnAsync(_world.Version(2, schema));
    }

    private Task<Verdict> AgainAsync(int schema = 0)
    {
        _world.Clock.Advance(TimeSpan.FromSeconds(10));
        return _world.TurnAsync(_world.Version(2, schema));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task What_is_ready_behind_the_page_is_neither_stopped_nor_taken_back_and_the_same_run_ends_well(int schema)
    {
        var verdict = await DeployAsync(schema);

        for (var turn = 0; turn < 30; turn++)
        {
            verdict.Standing.ShouldBe(Standing.Failed);
            verdict.Headline.ShouldEndWith("Read-only file system. All is ready behind the maintenance page; taking that away is tried until it is gone.");
            verdict.Deferral!.Until.ShouldBe(_world.Clock.GetUtcNow() + TimeSpan.FromSeconds(10));
            (_world["Maintenance"], _world["Service"], _world["Code"]).ShouldBe(("on", "up", "code-2"));
            verdict = await AgainAsync(schema);
            _world.Done.ShouldNotContain("stop");
        }
        _world.Mend("uncover");
        (await AgainAsync(schema)).Converged.ShouldBeTrue();

        _world["Maintenance"].ShouldBe("off");
        _world.Ledger.Runs(TurnWorld.Production, "coralnet", 5).Select(run => run.State).ShouldBe([RunState.Succeeded]);
        _world.Ledger.AllSetAside(TurnWorld.Production).ShouldBeEmpty();
    }

    [Fact]
    public async Task People_are_told_in_the_first_turn_that_users_still_see_the_page()
    {
        var verdict = await DeployAsync();

        var unit = _world.Version(2);
        var status = VerdictStatus.Of(_world.Environment(unit), unit, verdict, null, _world.Clock.GetUtcNow());
        status.Health.ShouldBe(Health.Degraded);
        status.Ailments.ShouldContain("users of coralnet still see the maintenance page, though all is ready behind it");
        NoticeRules.Of(status)!.Sentence.ShouldContain("taking that away is tried until it is gone");
    }

    /// <summary>The server went down in the middle of it; found by the crash grid.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Where_nobody_knows_whether_the_page_was_taken_away_a_look_says_it_and_the_run_ends_well(bool wasTaken)
    {
        _world.Converged(_world.Version(1));
        _world.Servers["web1", "settle"] = ScriptedServers.Answer.Says("interrupted");
        _world.Servers.Answers[("web1", "uncover")] = () =>
        {
            _world["Maintenance"] = wasTaken ? "off" : "on";
            return Task.FromResult(ScriptedServers.Answer.Thrown(SessionFailure.Lost, sent: true));
        };
        (await _world.TurnAsync(_world.Version(2))).Standing.ShouldBe(Standing.Failed);
        _world.Ledger.Steps(_world.Ledger.Runs(TurnWorld.Production, "coralnet", 1)[0].Id).ShouldContain(step => step.State == StepState.Lost);
        _world.Mend("uncover");

        var verdict = await AgainAsync();

        verdict.Standing.ShouldBe(Standing.Synced, verdict.Reason);
        _world["Maintenance"].ShouldBe("off");
        _world.Ledger.Runs(TurnWorld.Production, "coralnet", 5).Select(run => run.State).ShouldBe([RunState.Succeeded]);
    }

    /// <summary>Found by the crash grid: it was held, and said that the page was on.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task A_server_that_is_lost_when_users_are_in_says_nothing_about_what_they_see(int schema)
    {
        _world.Converged(_world.Version(1))["Checks"] = "fine open";
        _world.Servers["web1", "see"] = ScriptedServers.Answer.Thrown(SessionFailure.Unreachable, sent: false);

        var verdict = await _world.TurnAsync(_world.Version(2, schema));

        verdict.Standing.ShouldBe(Standing.Failed);
        verdict.Headline.ShouldContain("users are in");
        (_world["Maintenance"], _world["Service"], _world["Code"]).ShouldBe(("off", "up", "code-2"));
        _world.Mend("see");
        (await AgainAsync(schema)).Standing.ShouldBe(Standing.Synced);
        _world.Ledger.Runs(TurnWorld.Production, "coralnet", 5).Select(run => run.State).ShouldBe([RunState.Succeeded]);
    }

    [Fact]
    public async Task A_gate_that_closes_meanwhile_keeps_nobody_behind_the_page()
    {
        await DeployAsync();
        _world.Mend("uncover");
        _world.Windows = new([new(false, CronExpression.Parse("* * * * *"), null, TimeSpan.FromHours(1), TimeZoneInfo.Utc)]);

        (await AgainAsync()).Converged.ShouldBeTrue();

        _world["Maintenance"].ShouldBe("off");
    }

    [Fact]
    public async Task A_newer_commit_goes_on_from_behind_the_page()
    {
        await DeployAsync(schema: 1);
        _world.Mend("uncover");

        (await _world.TurnAsync(_world.Version(3, schema: 1))).Converged.ShouldBeTrue();

        (_world["Maintenance"], _world["Service"], _world["Code"]).ShouldBe(("off", "up", "code-3"));
        _world.Held.ShouldBeNull();
    }

    [Fact]
    public async Task Taken_away_by_hand_the_run_has_succeeded()
    {
        await DeployAsync();
        _world["Maintenance"] = "off";

        (await AgainAsync()).Standing.ShouldBe(Standing.Synced);

        _world.LastRun.ShouldBe(RunState.Succeeded);
        _world.Ledger.LastConverged(TurnWorld.Production, "coralnet")!.CodeCommit.ShouldBe(_world.Version(2).CodeCommit);
    }

    [Fact]
    public async Task A_way_back_whose_page_does_not_go_away_keeps_its_services_and_is_opened_when_it_does()
    {
        _world.Converged(_world.Version(1));
        _world.Break("uncover", "Read-only file system");
        _world.BreakOnce("check", "/ answers 500");

        var verdict = await _world.TurnAsync(_world.Version(2));

        verdict.Standing.ShouldBe(Standing.SetAside);
        verdict.Headline.ShouldContain("All is ready behind the maintenance page");
        (_world["Maintenance"], _world["Service"], _world["Code"].Split(' ')[0]).ShouldBe(("on", "up", "code-1"));
        _world.Mend("uncover");
        _world.Clock.Advance(TimeSpan.FromMinutes(1));
        await _world.TurnAsync(_world.Version(2));
        _world["Maintenance"].ShouldBe("off");
    }
}
