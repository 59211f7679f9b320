using Reconciler.Journaling;

namespace Reconciler.Tests.Journaling;

public sealed class LeaseShareTests
{
    private static readonly string[] Three = ["a", "b", "c"];
    private static readonly LedgerHolder One = Watch("one"), Two = Watch("two");

    private static LedgerHolder Watch(string id) => new(7, "controller", DateTimeOffset.UnixEpoch, LedgerHolder.Watch) { Id = id };

    private static List<HeldLease> Held(params (string Environment, LedgerHolder By)[] held) =>
        [.. held.Select(lease => new HeldLease(lease.Environment, lease.By, 1, DateTimeOffset.UnixEpoch))];

    [Fact]
    public void A_watch_that_is_alone_wants_all_that_is_free_and_what_is_told_of_the_repository() =>
        new LeaseShare.Fair().Wanted(Three, Held(("b", Two)), [One], One).ShouldBe(["", "a", "c"]);

    [Fact]
    public void Of_two_each_wants_half_rounded_up()
    {
        new LeaseShare.Fair().Wanted(Three, [], [One, Two], One).ShouldBe(["", "a", "b"]);
        new LeaseShare.Fair().Wanted(Three, Held(("", Two), ("a", One), ("b", One)), [One, Two], One).ShouldBeEmpty();
        new LeaseShare.Fair().Wanted(Three, Held(("", One), ("a", One), ("b", One)), [One, Two], Two).ShouldBe(["c"]);
    }

    [Fact]
    public void What_is_beyond_its_share_is_given_back_and_what_it_tells_of_the_repository_is_no_part_of_it()
    {
        var held = Held(("", One), ("a", One), ("b", One), ("c", One));
        new LeaseShare.Fair().Surplus(Three, held, [One, Two], One).ShouldBe(["c"]);
        new LeaseShare.Fair().Surplus(Three, held, [One], One).ShouldBeEmpty();
    }

    [Fact]
    public void A_command_about_one_environment_wants_that_one_and_names_who_has_it()
    {
        var share = new LeaseShare.One("b");
        share.Wanted(Three, Held(("a", Two)), [Two], One).ShouldBe(["b"]);
        share.Wanted(Three, Held(("b", Two)), [Two], One).ShouldBeEmpty();
        var fault = Should.Throw<LedgerException>(() => share.Require(Held(("b", Two)), _ => false));
        fault.Fault.ShouldBe(LedgerFault.Locked);
        fault.Message.ShouldStartWith("b is held by `watch`, process 7 on controller");
        share.Require([], _ => true);
    }
}
