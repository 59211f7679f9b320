using FsCheck;
using FsCheck.Fluent;
using Reconciler.Model;
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
