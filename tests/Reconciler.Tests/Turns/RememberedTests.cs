using Reconciler.Diffing;
using Reconciler.Journaling;
using Reconciler.Model;
using Reconciler.Observing;
using Reconciler.Planning;
using Reconciler.Resources;
using Reconciler.Resources.SecretsFile;
using Reconciler.Resources.Tasks;
using Reconciler.Tests.Resources;
using Reconciler.Turns;

namespace Reconciler.Tests.Turns;

/// <summary>What the ledger knows of resources and no server says.</summary>
public sealed class RememberedTests : IDisposable
{
    private readonly TurnWorld _world = new();

    public void Dispose() => _world.Dispose();

    private static ResourceId Task(string server) => new(server, "coralnet", "Tasks", "admin@1");

    private int Differences() =>
        DifferencesOf(Task("web2"), new TaskSpec(Runtimes.In("/srv/www"), "admin", 1, Phase.Migrate, "true"), new Observation.Absent());

    private int DifferencesOf(ResourceId id, ResourceSpec spec, Observation observation)
    {
        var unit = _world.Version(1) with { Resources = [new(id, spec, Place.Of("tasks.yaml"))] };
        var planning = new UnitPlanning(new Differ(ResourceKinds.All), new Planner(ResourceKinds.All), _world.Ledger, _world.Clock);
        var seen = new Dictionary<ResourceId, Observation> { [id] = observation };
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

    [Fact]
    public void A_copy_of_a_secrets_file_that_a_run_left_is_seen_until_the_state_is_converged()
    {
        var file = new ResourceId("web1", "coralnet", "SecretsFile", "settings");
        var spec = new SecretsFileSpec("/srv/www/.env", "coralnet", "coralnet", "digest", new("production", "coralnet", "settings"));
        int Left() => DifferencesOf(file, spec, new Observation.Found(new SecretsFileFacts("", "digest", "0600", "coralnet", "coralnet", "digest")));
        Left().ShouldBe(0);
        var run = _world.Ledger.BeginRun(TurnWorld.Production, "coralnet", "r", "d");
        var operation = _world.Ledger.Intend(run.Id, 1, Phase.Secrets, file, "replace /srv/www/.env");
        _world.Ledger.Receive(operation, 0, "");
        _world.Ledger.Settle(operation, StepState.Verified);

        Left().ShouldBe(1);

        _world.Ledger.RecordConverged(TurnWorld.Production, "coralnet", _world.Version(1).Digest, "r", null);
        Left().ShouldBe(0);
    }
}
