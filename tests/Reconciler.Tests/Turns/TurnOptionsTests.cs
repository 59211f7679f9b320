using Reconciler.Turns;

namespace Reconciler.Tests.Turns;

/// <summary>A word about one application is no word about the others.</summary>
public sealed class TurnOptionsTests
{
    private static readonly TurnOptions Asked = new(DryRun: false, ByPerson: true, HealAll: true) { Application = "coralnet" };

    [Fact]
    public void For_the_others_a_turn_of_the_watch_is_what_it_always_is() =>
        Asked.For("seagrass").ShouldSatisfyAllConditions(
            other => (other.DryRun, other.ByPerson, other.HealAll).ShouldBe((false, false, false)),
            _ => Asked.For("coralnet").ShouldBe(Asked));

    [Fact]
    public void A_converge_of_one_leaves_the_others_as_they_are() =>
        (Asked with { LeavesOthers = true }).For("seagrass").DryRun.ShouldBeTrue();
}
