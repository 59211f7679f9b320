using Reconciler.Model;
using Reconciler.Planning;
using Reconciler.Resources.Maintenance;
using Reconciler.Resources.NginxSite;
using Reconciler.Tests.Documents.Expansion;

namespace Reconciler.Tests.Planning;

/// <summary>Reloads of nginx: not beside a file that claims a site, and before pages are checked through one that has counted failures.</summary>
public sealed class ReloadsTests
{
    private const string Rival = "nginx reads /etc/nginx/sites-enabled/aaa, which does not come from git";
    private const string Told = "2026-11-21T12:00:00Z";

    private static readonly Expanded Before = new();

    /// <summary>Every nginx tells users, the balancer's too.</summary>
    private static readonly Expanded WithBanner = Before.With("base/coralnet/application.yaml", """
          notice:
            on: python manage.py maintenanceon --start {{startsAt}}
            off: python manage.py maintenanceoff
        """, "  notice: {banner: true}")
        .With("base/coralnet/nginx.conf", "proxy_pass ", "{{> notice}}\n        proxy_pass ")
        .With("base/coralnet/balancer.conf", "proxy_pass ", "{{> notice}}\n        proxy_pass ");

    private static IReadOnlyDictionary<string, string> On(string server) => new Dictionary<string, string> { [server] = Rival };

    private static List<Step> ReloadsIn(Plan plan) => [.. plan.Steps.Where(step => step.Request is { ReloadsNginx: true })];

    private static World Deploying(Expanded before) =>
        new(before, before.At(Expanded.NewCommit)) { StartsAt = DateTimeOffset.Parse(Told) };

    /// <summary>The balancer's notice is up; covered besides, or not.</summary>
    private static World WithNotice(bool covered) => new World(WithBanner) { HealKinds = new HashSet<string> { "Maintenance" } }
        .Where<MaintenanceFacts>("Maintenance", "lb1", facts => facts with { Notice = Told, Flag = covered });

    [Fact]
    public void A_deploy_that_would_tell_users_through_nginx_is_refused_before_it_prepares_anything()
    {
        var plan = (Deploying(WithBanner) with { Rivals = On("lb1") }).PlanFor("coralnet");

        plan.Phases.ShouldBe([Phase.Prepare]);
        plan.Refusals.ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            refusal => $"{refusal.Resource}".ShouldBe("lb1/coralnet/Maintenance/cover"),
            refusal => (refusal.Sentence, refusal.Gate).ShouldBe((Rival, null)),
            refusal => refusal.Refusal!.ShouldContain("take that file away first"));
        Deploying(WithBanner).PlanFor("coralnet").Refusals.ShouldBeEmpty();
        (Deploying(WithBanner) with { Rivals = On("worker1") }).PlanFor("coralnet").Refusals.ShouldBeEmpty();
    }

    [Fact]
    public void Users_are_let_in_again_beside_a_rival_and_the_notice_stays()
    {
        var free = WithNotice(covered: true).PlanFor("coralnet");
        ReloadsIn(free).Select(step => step.Phase).ShouldBe([Phase.Uncover]);

        var plan = (WithNotice(covered: true) with { Rivals = On("lb1") }).PlanFor("coralnet");

        plan.Refusals.ShouldBeEmpty();
        ReloadsIn(plan).ShouldBeEmpty();
        var lift = plan.Steps.Single(step => step.Request is not null);
        lift.Summary.ShouldBe("uncover coralnet: users reach it again");
        lift.Because.ShouldBe($"its notice is left as it is: {Rival}, and a reload of nginx could put it in force");
        plan.Curtailed.ShouldBe([lift.Resource]);
    }

    [Fact]
    public void A_notice_alone_is_not_taken_away_beside_a_rival()
    {
        var plan = (WithNotice(covered: false) with { Rivals = On("lb1") }).PlanFor("coralnet");

        plan.Refusals.ShouldHaveSingleItem().Resource.Kind.ShouldBe("Maintenance");
        WithNotice(covered: false).PlanFor("coralnet").Refusals.ShouldBeEmpty();
    }

    [Fact]
    public void What_else_has_drifted_is_mended_beside_a_rival_and_what_is_left_is_told()
    {
        var world = WithNotice(covered: false) with { Rivals = On("lb1"), HealKinds = null, OnlyMends = true };
        var folder = world.UnitOf("coralnet").Resources.First(resource => resource.Id.Kind == "Directory");
        world.Seen[folder.Id] = new Observation.Absent();

        var plan = world.PlanFor("coralnet");

        plan.Refusals.ShouldBeEmpty();
        plan.Removes.ShouldBe([folder.Id]);
        plan.Left.ShouldHaveSingleItem().Resource.Kind.ShouldBe("Maintenance");
    }

    [Fact]
    public void What_nginx_has_not_loaded_is_loaded_before_pages_are_checked_through_it()
    {
        var world = WithNotice(covered: false)
            .Where<NginxSiteFacts>("NginxSite", "lb1", facts => facts with { Served = new PageAnswer("200", true, false, "hijack") });

        var steps = world.PlanFor("coralnet").Steps.ToList();

        steps[0].Summary.ShouldStartWith("reload nginx, and prove that it serves coralnet-coralnet-balancer");
        steps.ShouldContain(step => step.Phase == Phase.Check);
        steps.ShouldContain(step => step.Summary == "remove the banner of coralnet");
    }

    [Fact]
    public void An_nginx_that_is_down_is_not_reloaded_for_the_flag() =>
        new World(Before) { HealKinds = new HashSet<string> { "Maintenance" } }
            .Where<NginxSiteFacts>("NginxSite", "lb1", facts => facts with { Served = new PageAnswer("refused", false, false, "") })
            .PlanFor("coralnet").IsEmpty.ShouldBeTrue();

    [Fact]
    public void A_balancer_forgets_the_servers_that_were_stopped_before_pages_are_checked()
    {
        var plan = new World(Before, Before.At(Expanded.NewCommit)).Prepared().PlanFor("coralnet");

        var reload = ReloadsIn(plan).ShouldHaveSingleItem();
        (reload.Phase, reload.Resource.Server).ShouldBe((Phase.Check, "lb1"));
        reload.ShouldBe(plan.Steps.First(step => step.Phase == Phase.Check));
        reload.Summary.ShouldBe("reload nginx: its workers have counted the stopped servers as failed");
        (reload.MayFail, reload.SkipWhenProven).ShouldBe((true, false));
        plan.Touched.ShouldNotContain(reload.Resource);
    }

    [Fact]
    public void It_is_left_out_beside_a_rival()
    {
        var plan = (new World(Before, Before.At(Expanded.NewCommit)) { Rivals = On("lb1") }).Prepared().PlanFor("coralnet");

        ReloadsIn(plan).ShouldBeEmpty();
        plan.Refusals.ShouldBeEmpty();
        plan.Phases.ShouldContain(Phase.Stop);
    }

    [Fact]
    public void It_is_left_out_where_a_hand_has_edited_the_site()
    {
        var world = new World(Before, Before.With("base/coralnet/services.yaml", "gunicorn -w", "gunicorn -t 90 -w"))
        {
            HealKinds = new HashSet<string> { "Service" },
        };
        foreach (var service in world.UnitOf("coralnet").Resources.Where(resource => resource.Id.Name == "gunicorn"))
            world.Where<Reconciler.Resources.Service.ServiceFacts>("Service", service.Id.Server,
                facts => facts with { Definition = Reconciler.Resources.Service.DefinitionState.Outdated }, "gunicorn");
        ReloadsIn(world.PlanFor("coralnet")).ShouldHaveSingleItem();

        world.Where<NginxSiteFacts>("NginxSite", "lb1", facts => facts with { File = SiteFile.Foreign, FileDigest = null });

        ReloadsIn(world.PlanFor("coralnet")).ShouldBeEmpty();
        world.PlanFor("coralnet").Phases.ShouldContain(Phase.Stop);
    }

    [Fact]
    public void A_plan_that_stops_workers_alone_reloads_no_balancer()
    {
        var world = new World(Before).Where<Reconciler.Resources.Service.ServiceFacts>("Service", "worker1",
            facts => facts with { Definition = Reconciler.Resources.Service.DefinitionState.Outdated }, "celeryworker");

        var plan = world.PlanFor("coralnet");

        plan.Phases.ShouldContain(Phase.Stop);
        ReloadsIn(plan).ShouldBeEmpty();
    }
}
