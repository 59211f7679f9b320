using Reconciler.Model;
using Reconciler.Resources.Account;

namespace Reconciler.Tests.Resources.Account;

public sealed class AccountKindTests
{
    private static readonly IResourceKind Kind = new AccountKind();

    private static readonly Resource Wanted =
        new(new("web1", "coralnet", "Account", "coralnet"), new AccountSpec("coralnet"), new("base/coralnet/application.yaml", 6, 3));

    private static Observation Read(string output) => Kind.Read(Wanted, null, output, false).ShouldBeOfType<Reading.Observed>().Observation;

    [Fact]
    public void A_missing_account_is_created_early_without_a_home()
    {
        var seen = Read("absent\n");
        var difference = Kind.Compare(Wanted, seen, ReadMarkers.None).ShouldHaveSingleItem();
        difference.Sentence.ShouldBe("there is no account coralnet");
        var step = Kind.Steps(Wanted, seen, Change.Of(difference)).ShouldHaveSingleItem();
        (step.Phase, step.Rank).ShouldBe((Phase.Prepare, Ranks.Accounts));
        step.Request!.Arguments.ShouldBe(["coralnet", "/nonexistent"]);
    }

    [Fact]
    public void An_account_of_somebodys_own_is_left_as_it_is()
    {
        var seen = Read("passwd coralnet:x:1003:1003:Coral,,,:/home/coralnet:/bin/bash\n");
        Kind.Compare(Wanted, seen, ReadMarkers.None).ShouldBeEmpty();
        Kind.Steps(Wanted, seen, Change.Of()).ShouldBeEmpty();
    }

    [Fact]
    public void Root_by_another_name_is_refused() =>
        Kind.Compare(Wanted, Read("passwd coralnet:x:0:0::/root:/bin/sh\n"), ReadMarkers.None).ShouldHaveSingleItem().Refusal.ShouldNotBeNull();

    [Theory]
    [InlineData("")]
    [InlineData("unknown\n")]
    [InlineData("passwd coralnet:x:many:0::/root\n")]
    [InlineData("passwd somebody:x:1:1::/:/bin/sh\n")]
    public void Junk_is_unknown_and_never_missing(string output) => Read(output).ShouldBeOfType<Observation.Unknown>();
}
