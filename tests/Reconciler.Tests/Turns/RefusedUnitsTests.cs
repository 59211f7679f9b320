using Reconciler.Documents.Expansion;
using Reconciler.Reporting;
using Reconciler.Turns;

namespace Reconciler.Tests.Turns;

/// <summary>A refused commit or secret blinds nobody: what was converged last is looked at and mended, and the refusal is told beside it.</summary>
public sealed class RefusedUnitsTests : IDisposable
{
    private const string Why = "production/coralnet/secrets.yaml:5:3: SECRET_KEY is empty";

    private readonly TurnWorld _world = new();

    public RefusedUnitsTests() => _world.Converged(_world.Version(1));

    public void Dispose() => _world.Dispose();

    private async Task<(Verdict Verdict, ApplicationStatus Status)> TurnAsync(FlagTimes? flag = null, TurnOptions? options = null)
    {
        var (verdict, unit, environment) = await _world.RefusedTurnAsync(_world.Version(2, times: flag), Why, options);
        return (verdict, VerdictStatus.Of(environment, unit, verdict, null, _world.Clock.GetUtcNow()));
    }

    [Fact]
    public async Task The_commit_of_git_and_why_it_is_refused_are_told_and_nothing_is_done()
    {
        var (verdict, status) = await TurnAsync();

        verdict.Standing.ShouldBe(Standing.Refused);
        _world.Done.ShouldBeEmpty();
        (status.Commit, status.Sync, status.Health, status.Fault).ShouldBe((new string('2', 40), SyncStatus.OutOfSync, Health.Healthy, Why));
        verdict.Headline.ShouldStartWith($"222222222222 at revision 222222222222 is refused: {Why}. What was converged last (revision 111111111111, ");
        status.Differences.ShouldBeEmpty();
        status.GoOn.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_service_that_stopped_is_started_again()
    {
        _world["Service"] = "down";

        var (verdict, status) = await TurnAsync();

        (_world["Service"], _world["Code"]).ShouldBe(("up", "code-1"));
        (verdict.Standing, verdict.Converged, status.Ailments.Count).ShouldBe((Standing.Refused, true, 0));
        _world.Ledger.LastConverged(TurnWorld.Production, "coralnet")!.Digest.ShouldBe("digest-1");
    }

    [Fact]
    public async Task What_does_not_work_and_what_differs_is_told_from_what_was_converged_last()
    {
        (_world["Packages"], _world["Checks"]) = ("somebody's", "down");

        var (verdict, status) = await TurnAsync(options: TurnOptions.Plan);

        (verdict.Standing, status.Health).ShouldBe((Standing.Refused, Health.Degraded));
        status.Differences.Select(difference => difference.Sentence).ShouldContain("packages is somebody's, what was converged last says packages-0");
        status.Ailments.ShouldContain("web1: it is down");
    }

    [Fact]
    public async Task The_flag_of_now_is_followed()
    {
        await TurnAsync(new FlagTimes(null, null));
        _world["Maintenance"].ShouldBe("on");

        await TurnAsync();

        _world["Maintenance"].ShouldBe("off");
    }

    [Fact]
    public async Task A_notice_of_what_is_refused_now_goes_away()
    {
        using var world = new TurnWorld { Skip = new Dictionary<Reconciler.Model.Phase, string>() };
        world.Converged(world.Version(1));
        (await world.TurnAsync(world.Version(2))).Deferral!.Gate.ShouldBe("notice");

        (await world.RefusedTurnAsync(world.Version(2), Why)).Verdict.Standing.ShouldBe(Standing.Refused);

        world["Maintenance"].ShouldBe("off");
        world.Ledger.OpenRuns().ShouldBeEmpty();
    }

    [Fact]
    public void Of_what_was_never_converged_nobody_knows_how_it_is()
    {
        var now = _world.Version(2);
        var environment = _world.Environment(now) with { Units = [], Refused = new Dictionary<string, Unit> { ["coralnet"] = now } };

        var status = VerdictStatus.OfFault(environment, "coralnet", Why, null, _world.Clock.GetUtcNow());

        (status.Commit, status.Health, status.Verified, status.Of("Ready")!.Message).ShouldBe((now.CodeCommit, Health.Unknown, null, Why));
    }
}
