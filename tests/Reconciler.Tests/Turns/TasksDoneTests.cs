using Reconciler.Diffing;
using Reconciler.Journaling;
using Reconciler.Model;
using Reconciler.Observing;
using Reconciler.Planning;
using Reconciler.Resources;
using Reconciler.Resources.Tasks;
using Reconciler.Tests.Resources;
using Reconciler.Turns;

namespace Reconciler.Tests.Turns;

/// <summary>A task is run once, not once on each server that comes to be the one for it.</summary>
public sealed class TasksDoneTests : IDisposable
{
    private readonly TurnWorld _world = new();

    public void Dispose() => _world.Dispose();

    private static ResourceId Task(string server) => new(server, "coralnet", "Tasks", "admin@1");

    private int Differences()
    {
        var spec = new TaskSpec(Runtimes.In("/srv/www"), "admin", 1, Phase.Migrate, "true");
        var unit = _world.Version(1) with { Resources = [new(Task("web2"), spec, Place.Of("tasks.yaml"))] };
        var planning = new UnitPlanning(new Differ(ResourceKinds.All), new Planner(ResourceKinds.All), _world.Ledger, _world.Clock);
        var seen = new Dictionary<ResourceId, Observation> { [Task("web2")] = new Observation.Absent() };
        return planning.DiffOf(_world.Environment(unit), unit, new Observed(seen, new Dictionary<string, string>())).All.Count();
    }

    [Fact]
    public void What_a_run_saw_done_on_another_server_is_not_asked_for_again()
    {
        Differences().ShouldBe(1);
        var run = _world.Ledger.BeginRun(TurnWorld.Production, "coralnet", "r", "d");
        var operation = _world.Ledger.Intend(run.Id, 1, Phase.Migrate, Task("web1"), "run task admin, number 1: true");
        Differences().ShouldBe(1);

        _world.Ledger.Receive(operation, 0, "");
        _world.Ledger.Settle(operation, StepState.Verified);

        Differences().ShouldBe(0);
    }
}
