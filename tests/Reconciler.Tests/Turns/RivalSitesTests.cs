using Reconciler.Diffing;
using Reconciler.Model;
using Reconciler.Turns;

namespace Reconciler.Tests.Turns;

/// <summary>No reload of ours puts another's site into force.</summary>
public sealed class RivalSitesTests
{
    private static readonly ResourceId Site = new("web1", "coralnet", "NginxSite", "main");
    private static readonly ResourceId Other = new("web2", "coralnet", "NginxSite", "main");

    private static Diff Refuse(bool loud) => RivalSites.Refuse(new(
        new Dictionary<ResourceId, IReadOnlyList<Difference>>
        {
            [Site] = [new(Site, DifferenceType.Change, "it was edited") { Gate = "drift" }],
            [Other] = [new(Other, DifferenceType.Change, "it was edited") { Gate = "drift" }],
        }, [])
    {
        Beside = [new(Site, "/etc/nginx/sites-enabled/rogue", "rogue claims coralnet.example") { Loud = loud, Advice = "remove it" }],
    });

    [Fact]
    public void A_difference_whose_mending_would_reload_nginx_waits_for_a_person_on_that_server_only()
    {
        var diff = Refuse(loud: true);

        diff.ByResource[Site].ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            difference => difference.Gate.ShouldBeNull(),
            difference => difference.Refusal.ShouldBe("rogue claims coralnet.example, and a reload of nginx could put it in force: take that file away first"));
        diff.ByResource[Other][0].Refusal.ShouldBeNull();
    }

    [Fact]
    public void A_file_that_claims_nothing_of_ours_keeps_nothing_up() => Refuse(loud: false).ByResource[Site][0].Refusal.ShouldBeNull();
}
