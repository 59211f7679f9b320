using Reconciler.Diffing;
using Reconciler.Journaling;
using Reconciler.Model;
using Reconciler.Observing;
using Reconciler.Planning;
using Reconciler.Resources;
using Reconciler.Resources.Database;
using Reconciler.Resources.Maintenance;
using Reconciler.Tests.Converging;
using Reconciler.Tests.Documents.Expansion;
using Reconciler.Tests.Git;
using Reconciler.Tests.Planning;
using Reconciler.Turns;

namespace Reconciler.Tests.Turns;

/// <summary>Users are told of work on the servers themselves (System, under the cover of every application) as they are of a deploy.</summary>
public sealed class HostNoticeTests : IDisposable
{
    private readonly ScratchFolder _folder = new();
    private readonly JumpingClock _clock = new();
    private readonly ILedger _ledger;
    private readonly World _world = new(new Expanded());

    public HostNoticeTests()
    {
        _ledger = SqliteLedger.OpenForWriting(_folder.In("ledger"), _clock);
        Converged("host");
        Converged("coralnet");
        _world.Where<DatabaseFacts>("Database", "db1", facts => facts with { Seen = facts.Seen! with { Listening = "localhost" } });
    }

    public void Dispose()
    {
        _ledger.Dispose();
        _folder.Dispose();
    }

    private UnitPlanning Planning => new(new Differ(ResourceKinds.All), new Planner(ResourceKinds.All), _ledger, _clock);

    private Observed Observed => new(_world.Seen, new Dictionary<string, string>());

    private void Converged(string application)
    {
        var unit = _world.UnitOf(application);
        _ledger.RecordConverged("production", application, unit.Digest, "revision", unit.CodeCommit);
    }

    private Plan PlanOf(string application) =>
        Planning.Compared(_world.Environment, _world.UnitOf(application), Observed, everything: true).Plan;

    private static IReadOnlyList<string> Told(Plan plan) =>
        [.. plan.Steps.Where(step => step.Phase == Phase.Announce).Select(step => step.Resource.Application).Distinct().Order(StringComparer.Ordinal)];

    [Fact]
    public void Those_whose_pages_go_away_are_told_when_and_that_is_waited_for()
    {
        var plan = PlanOf("host");

        Told(plan).ShouldBe(["coralnet"]);
        plan.StartsAt.ShouldBe(_clock.GetUtcNow() + _world.Environment.Policy.Notice);
        plan.Steps.Where(step => step.Phase == Phase.Uncover && step.Summary.Contains("notice", StringComparison.Ordinal)).ShouldNotBeEmpty();
    }

    [Fact]
    public void Only_an_application_that_was_converged_has_anybody_to_tell()
    {
        Converged("atlas");

        Told(PlanOf("host")).ShouldBe(["atlas", "coralnet"]);
    }

    [Fact]
    public void What_users_were_told_for_an_applications_own_sake_stays_as_it_is()
    {
        _ledger.Announce("production", "coralnet", "digest", _clock.GetUtcNow().AddMinutes(5));

        Told(PlanOf("host")).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_notice_is_no_drift_of_the_application_while_the_servers_wait(bool announced)
    {
        var begins = _clock.GetUtcNow().AddMinutes(15);
        if (announced)
            _ledger.Announce("production", "host", "digest", begins);
        foreach (var id in _world.Seen.Keys.Where(id => id is { Kind: "Maintenance", Application: "coralnet" }).ToList())
            _world.Seen[id] = new Observation.Found(_world.Seen[id].FactsOf<MaintenanceFacts>()! with { Notice = NoticeSteps.TimeOf(begins) });

        PlanOf("coralnet").IsEmpty.ShouldBe(announced);
    }
}
