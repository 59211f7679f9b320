using Reconciler.Diffing;
using Reconciler.Journaling;
using Reconciler.Model;
using Reconciler.Planning;
using Reconciler.Resources;
using Reconciler.Resources.Migrations;
using Reconciler.Tests.Converging;
using Reconciler.Tests.Documents.Expansion;
using Reconciler.Tests.Git;
using Reconciler.Tests.Planning;
using Reconciler.Turns;

namespace Reconciler.Tests.Turns;

/// <summary>A migration was begun by a run that is held since, and did not come through: nothing in the database says so.</summary>
public sealed class HalfAppliedTests : IDisposable
{
    private static readonly Expanded Newer = new Expanded().At(Expanded.NewCommit);

    private readonly ScratchFolder _folder = new();
    private readonly JumpingClock _clock = new();
    private readonly ILedger _ledger;
    private readonly World _world = new(Newer);
    private readonly Run _held;

    public HalfAppliedTests()
    {
        _ledger = SqliteLedger.OpenForWriting(_folder.In("ledger"), _clock);
        _held = Migrated("held-by", new string('b', 40), "  Applying gallery.0002_colour...");
        _ledger.MoveRun(_held.Id, RunState.Held, "Migrate failed");
    }

    public void Dispose()
    {
        _ledger.Dispose();
        _folder.Dispose();
    }

    private Run Migrated(string digest, string commit, string printed)
    {
        var run = _ledger.BeginRun("production", "coralnet", new string('1', 40), digest, commit);
        var step = _ledger.Intend(run.Id, 1, Phase.Migrate, _world.Find("Migrations", "web1").Id, "apply what is pending");
        _ledger.Receive(step, 0, printed);
        _ledger.Settle(step, StepState.Verified);
        return run;
    }

    private IEnumerable<Difference> Ahead(string[] pending)
    {
        var id = _world.Find("Migrations", "web1").Id;
        _world.Where<MigrationsFacts>("Migrations", "web1", facts => facts with { Commit = Expanded.NewCommit, Pending = pending });
        return new UnitPlanning(new Differ(ResourceKinds.All), new Planner(ResourceKinds.All), _ledger, _clock)
            .DiffOf(_world.Environment, _world.UnitOf("coralnet"), new(_world.Seen, new Dictionary<string, string>())).ByResource
            .GetValueOrDefault(id, []).Where(difference => difference.Gate == "databaseAhead");
    }

    [Fact]
    public void Code_without_it_is_not_run_on_what_may_be_there_of_it() =>
        Ahead([]).ShouldHaveSingleItem().Sentence.ShouldBe(
            $"the database is ahead of this code, in part: run {_held.Id} began gallery.0002_colour and did not come through");

    [Fact]
    public void Code_that_still_has_it_to_come_applies_it() => Ahead(["gallery.0002_colour"]).ShouldBeEmpty();

    [Fact]
    public void What_a_later_run_has_brought_through_is_half_done_no_more()
    {
        Migrated("after-it", Expanded.NewCommit, "  Applying gallery.0002_colour... OK");

        Ahead([]).ShouldBeEmpty();
    }

    [Fact]
    public void The_code_that_began_it_has_it_whoever_brought_it_through()
    {
        _ledger.MoveRun(_held.Id, RunState.Superseded, "by hand");
        _ledger.MoveRun(Migrated("same", Expanded.NewCommit, "  Applying gallery.0003_size...").Id, RunState.Held, "Migrate failed");

        Ahead([]).ShouldBeEmpty();
    }
}
