using Reconciler.Diffing;
using Reconciler.Model;
using Reconciler.Observing;
using Reconciler.Planning;
using Reconciler.Resources;
using Reconciler.Resources.Maintenance;
using Reconciler.Resources.NginxSite;
using Reconciler.Tests.Documents.Expansion;
using Reconciler.Tests.Planning;
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

    /// <summary>The balancer's nginx tells users of maintenance, and reads a file that claims a site of <paramref name="rivalOf"/>.</summary>
    private static (Diff Diff, Plan Plan) PlanOf(string rivalOf, bool healAll, bool told = false, bool covered = false)
    {
        using var ledger = new TurnWorld();
        var git = new Expanded().With("base/coralnet/application.yaml", """
              notice:
                on: python manage.py maintenanceon --start {{startsAt}}
                off: python manage.py maintenanceoff
            """, "  notice: {banner: true}")
            .With("base/coralnet/nginx.conf", "proxy_pass ", "{{> notice}}\n        proxy_pass ")
            .With("base/coralnet/balancer.conf", "proxy_pass ", "{{> notice}}\n        proxy_pass ");
        var world = new World(git, told ? git : git.At(Expanded.NewCommit));
        var site = world.UnitOf(rivalOf).Resources.First(resource => resource.Id is { Kind: "NginxSite", Server: "lb1" });
        var name = ((NginxSiteSpec)site.Spec).Content.Split("server_name ")[1].Split(';')[0];
        world.Seen[site.Id] = new Observation.Found(world.Seen[site.Id].FactsOf<NginxSiteFacts>()! with
        {
            Foreign = [new("/etc/nginx/sites-enabled/aaa", null, [name], [])],
        });
        if (told)
            world.Where<MaintenanceFacts>("Maintenance", "lb1", facts => facts with { Notice = "2026-11-21T12:00:00Z", Flag = covered });
        ledger.Ledger.RecordConverged(world.Environment.Name, "coralnet", "digest of before", new string('1', 40), Expanded.OldCommit);
        var planning = new UnitPlanning(new Differ(ResourceKinds.All), new Planner(ResourceKinds.All), ledger.Ledger, ledger.Clock);
        return planning.Make(world.Environment, world.UnitOf("coralnet"), new Observed(world.Seen, new Dictionary<string, string>()), null, healAll);
    }

    [Theory]
    [InlineData("coralnet", false)]
    [InlineData("coralnet", true)]
    [InlineData("atlas", true)]
    public void A_notice_that_goes_up_with_a_reload_waits_for_a_person_whichever_site_is_claimed_and_healing_is_no_yes(string rivalOf, bool healAll)
    {
        var refusal = PlanOf(rivalOf, healAll).Plan.Refusals.ShouldHaveSingleItem();

        (refusal.Resource.Server, refusal.Resource.Kind, refusal.Gate).ShouldBe(("lb1", "Maintenance", null));
        refusal.Sentence.ShouldStartWith("nginx reads /etc/nginx/sites-enabled/aaa, which does not come from git and answers for ");
    }

    [Fact]
    public void A_notice_that_is_left_because_of_it_says_so_as_a_difference()
    {
        var (diff, plan) = PlanOf("coralnet", healAll: false, told: true);

        plan.Refusals.ShouldHaveSingleItem();
        diff.All.ShouldHaveSingleItem().Refusal!.ShouldContain("/etc/nginx/sites-enabled/aaa");
    }

    [Fact]
    public void A_run_that_uncovers_has_done_what_it_was_to_do_when_only_that_notice_is_left()
    {
        var plan = PlanOf("coralnet", healAll: false, told: true, covered: true).Plan;
        Verdict After(bool covered)
        {
            var (diff, next) = PlanOf("coralnet", healAll: false, told: true, covered);
            return new(Standing.Synced, "", next, diff, []);
        }

        PlanPursuit.IsBroughtAbout(plan, After(covered: false)).ShouldBeTrue();
        PlanPursuit.IsBroughtAbout(plan, After(covered: true)).ShouldBeFalse();
        UnitRun.Reported(After(covered: false).Diff).ShouldContain("take that file away first");
    }

    [Fact]
    public void A_file_that_claims_nothing_of_ours_keeps_nothing_up() => Refuse(loud: false).ByResource[Site][0].Refusal.ShouldBeNull();
}
