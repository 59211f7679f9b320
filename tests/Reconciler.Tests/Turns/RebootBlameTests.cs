using Reconciler.Diffing;
using Reconciler.Journaling;
using Reconciler.Model;
using Reconciler.Observing;
using Reconciler.Planning;
using Reconciler.Resources;
using Reconciler.Resources.Service;
using Reconciler.Turns;

namespace Reconciler.Tests.Turns;

/// <summary>What came back after a reboot and was stopped by a run of ours since is not said to be down because of the reboot.</summary>
public sealed class RebootBlameTests : IDisposable
{
    private readonly TurnWorld _world = new();

    public void Dispose() => _world.Dispose();

    private string Sentence()
    {
        var version = _world.Version(1);
        var unit = version with { Resources = [.. version.Resources.Where(resource => resource.Id.Kind == "Service")] };
        var facts = new ServiceFacts("gunicorn", ServiceState.Stopped, [], "boot") { Rebooted = true, Up = TimeSpan.FromMinutes(5) };
        var seen = new Dictionary<ResourceId, Observation> { [TurnWorld.Id("Service")] = new Observation.Found(facts) };
        var planning = new UnitPlanning(new Differ(ResourceKinds.All), new Planner(ResourceKinds.All), _world.Ledger, _world.Clock);
        return planning.DiffOf(_world.Environment(unit), unit, new Observed(seen, new Dictionary<string, string>())).All.Select(each => each.Sentence)
            .First(sentence => sentence.Contains("is not running"));
    }

    /// <summary>A look found it as git said.</summary>
    private void Ran(int minutesAgo)
    {
        var then = _world.Clock.GetUtcNow().AddMinutes(-minutesAgo);
        _world.Ledger.SaveSeen(TurnWorld.Production, "coralnet", [new(TurnWorld.Id("Service"), "w", null, then, then, "w", null, null)]);
    }

    [Fact]
    public void What_a_look_saw_running_since_the_reboot_is_down_for_another_reason()
    {
        Ran(minutesAgo: 2);

        Sentence().ShouldEndWith("is not running");
    }

    [Fact]
    public void What_ran_before_the_reboot_alone_is_down_because_of_it()
    {
        Ran(minutesAgo: 6);

        Sentence().ShouldEndWith("the server was rebooted, and it did not come back");
    }

    private Run Begin(Phase reached, string application = "coralnet")
    {
        var run = _world.Ledger.BeginRun(TurnWorld.Production, application, "r", "d");
        _world.Ledger.ReachPhase(run.Id, reached);
        return run;
    }

    [Fact]
    public void Without_a_run_it_is_the_reboot() => Sentence().ShouldEndWith("the server was rebooted, and it did not come back");

    [Theory]
    [InlineData("coralnet", false)]
    [InlineData("coralnet", true)]
    [InlineData("host", true)]
    public void A_run_that_stopped_it_is_why_it_is_down(string application, bool held)
    {
        var run = Begin(Phase.Migrate, application);
        if (held)
            _world.Ledger.MoveRun(run.Id, RunState.Held, "Migrate on web1 failed");

        Sentence().ShouldEndWith("is not running");
    }

    [Fact]
    public void A_run_that_was_held_before_it_stopped_anything_is_not_why()
    {
        _world.Ledger.MoveRun(Begin(Phase.Announce).Id, RunState.Held, "held by ada: INC-1");

        Sentence().ShouldContain("rebooted");
    }
}
