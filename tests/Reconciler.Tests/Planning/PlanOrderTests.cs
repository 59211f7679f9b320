using FsCheck;
using FsCheck.Fluent;
using Reconciler.Model;
using Reconciler.Planning;
using Reconciler.Tests.Documents.Expansion;

namespace Reconciler.Tests.Planning;

public sealed class PlanOrderTests
{
    private static readonly Expanded Before = new();

    private static World Migrating() => new World(Before, Before.At(Expanded.NewCommit) with { Secret = "secret-digest-2", StaticInputs = "static-inputs-2" }).Prepared("gallery.0002_colour");

    [Fact]
    public void Whatever_the_order_of_the_resources_the_plan_is_the_same_and_sorted_by_the_safe_order()
    {
        var exact = Migrating();
        var interim = new World(Before, Before.At(Expanded.NewCommit) with { Requirements = "Django==5.1\n" });
        foreach (var world in new[] { exact, interim })
        {
            var resources = world.UnitOf("coralnet").Resources;
            var usual = World.Lines(world.PlanFor("coralnet"));
            usual.Length.ShouldBeGreaterThan(5);
            Prop.ForAll(Gen.Shuffle(resources.ToArray()).ToArbitrary(), shuffled =>
            {
                var plan = world.PlanFor("coralnet", shuffled);
                return World.Lines(plan).SequenceEqual(usual) && IsSorted(plan.Steps);
            }).Check(Config.QuickThrowOnFailure.WithMaxTest(40).WithQuietOnSuccess(true));
        }
    }

    [Fact]
    public void Users_are_in_before_the_notice_goes_and_services_are_seen_to_stay_up()
    {
        var steps = Migrating().PlanFor("coralnet").Steps;

        var uncover = steps.Where(step => step.Phase == Phase.Uncover).Select(step => step.Summary.Split(' ')[0]).Distinct();
        uncover.ShouldBe(["uncover", "check", "see"]);
        steps.Where(step => step.Phase == Phase.Start && step.Resource.Server == "web1").Select(step => step.Summary)
            .ShouldBe(["start gunicorn", "wait until / answers at the application server"]);
    }

    [Fact]
    public void Workers_and_beat_of_a_server_are_told_to_end_at_once_and_waited_for_one_by_one()
    {
        var stops = Migrating().PlanFor("coralnet").Steps.Where(step => step.Phase == Phase.Stop).ToList();

        stops.Select(step => $"{step.Resource.Server} {step.Summary}").ShouldBe(["web1 stop gunicorn", "web2 stop gunicorn", "worker1 stop celeryworker", "worker1 stop celerybeat"]);
        stops.Select(step => string.Join(' ', step.Request!.Arguments.Skip(5))).ShouldBe(["", "", "coralnet-celerybeat", ""]);
    }

    [Fact]
    public void Only_what_the_same_keeper_ends_on_the_same_server_within_the_time_of_the_first_is_told_with_it()
    {
        static Step Stop(string name, string keeper = "systemd", string server = "web1", int seconds = 60, bool web = false, Phase phase = Phase.Stop) =>
            new(phase, new(server, "reef", "Service", name), $"stop {name}", RunnerRequest.Unit("stop", name))
            {
                Ending = new(keeper, name), Deadline = TimeSpan.FromSeconds(seconds), TakesSiteDown = web,
            };

        var steps = Endings.Together(
        [
            Stop("web", web: true), Stop("a"), Stop("b"), Stop("slow", seconds: 90), Stop("c", "supervisor - -"), Stop("d", server: "web2"), Stop("e", phase: Phase.Start),
        ]);

        steps.Select(step => string.Join(' ', step.Request!.Arguments.Skip(1))).ShouldBe(["web", "a b", "b", "slow", "c", "d", "e"]);
    }

    [Fact]
    public void The_same_input_gives_the_same_plan()
    {
        var one = Migrating().PlanFor("coralnet");
        var other = Migrating().PlanFor("coralnet");

        World.Lines(one).ShouldBe(World.Lines(other));
        one.Steps.Select(step => string.Join(' ', step.Request?.Arguments ?? [])).ShouldBe(other.Steps.Select(step => string.Join(' ', step.Request?.Arguments ?? [])));
        one.Steps.Select(step => step.Proof).ShouldBe(other.Steps.Select(step => step.Proof));
    }

    private static bool IsSorted(IReadOnlyList<Step> steps) => steps.Zip(steps.Skip(1)).All(pair =>
        (pair.First.Phase, pair.First.Rank).CompareTo((pair.Second.Phase, pair.Second.Rank)) <= 0);
}
