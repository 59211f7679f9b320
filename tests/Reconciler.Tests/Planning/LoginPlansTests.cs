using Reconciler.Model;
using Reconciler.Planning;
using Reconciler.Resources.Database;
using Reconciler.Tests.Documents.Expansion;

namespace Reconciler.Tests.Planning;

/// <summary>A rotated database password where two logins take turns.</summary>
public sealed class LoginPlansTests
{
    private static readonly Expanded Before = new Expanded().WithLogins("coralnet_a");
    private static readonly Expanded Reloaded =
        Before.With("base/coralnet/services.yaml", "{part: web, on: [web],", "{part: web, on: [web], onChange: reload,");

    private static World Rotating(Expanded before, bool prepared)
    {
        var world = new World(before, before with { Login = "coralnet_b", Secret = "secret-digest-2", Password = "password-digest-2" });
        if (!prepared)
            return world;
        foreach (var (id, seen) in world.Seen.Where(entry => entry.Key is { Kind: "Database", Name: "coralnet" }).ToList())
            world.Seen[id] = new Observation.Found(seen.FactsOf<DatabaseFacts>()! is var facts ? facts with
            {
                Seen = facts.Seen! with { Logins = [facts.Seen.Logins[0], facts.Seen.Logins[1] with { Role = new(true, "second") }] },
                LoginNotes = facts.LoginNotes.Append(new("coralnet_b", new("password-digest-2", "second"))).ToDictionary(),
            } : null!);
        return world.Prepared();
    }

    private static Phase[] PhasesOf(Plan plan) => [.. plan.Steps.Select(step => step.Phase).Distinct()];

    [Fact]
    public void The_new_login_is_ready_before_the_code_is_tried_with_it_and_before_anything_stops()
    {
        var world = Rotating(Before, prepared: false);
        world.PlanFor("host").IsEmpty.ShouldBeTrue(string.Join('\n', World.Lines(world.PlanFor("host"))));
        World.Lines(world.PlanFor("coralnet")).ShouldBe(
        [
            "Prepare db1: set the password of role coralnet_b",
            "Prepare web1: try the new code: manage.py check, and which migrations it needs",
        ]);
    }

    [Fact]
    public void The_former_login_is_good_until_the_pages_were_checked_as_users_see_them()
    {
        var plan = Rotating(Before, prepared: true).PlanFor("coralnet");

        PhasesOf(plan).ShouldBe([Phase.Cover, Phase.Stop, Phase.Secrets, Phase.Start, Phase.Check, Phase.Uncover, Phase.Tidy]);
        World.Lines(plan).Where(line => line.Contains("role ")).ShouldBe(
            ["Tidy db1: take away the password of role coralnet_a, which nobody logs in with any more"]);
    }

    [Fact]
    public void Where_the_web_services_are_reloaded_there_is_no_page_and_nobody_who_answers_stops()
    {
        var plan = Rotating(Reloaded, prepared: true).PlanFor("coralnet");

        plan.Covers.ShouldBeFalse();
        PhasesOf(plan).ShouldBe([Phase.Stop, Phase.Secrets, Phase.Start, Phase.Check, Phase.Tidy]);
        plan.Steps.Where(step => step.Phase == Phase.Stop).Select(step => step.Resource.Name).ShouldBe(["celeryworker", "celerybeat"]);
        World.Lines(plan).ShouldContain("Start web1: reload gunicorn");
        World.Lines(plan)[^1].ShouldNotContain("web");
    }

    [Fact]
    public void One_role_alone_is_changed_behind_the_page_even_where_web_services_are_reloaded()
    {
        var one = new Expanded().With("base/coralnet/services.yaml", "{part: web, on: [web],", "{part: web, on: [web], onChange: reload,");
        var plan = new World(one, one with { Secret = "secret-digest-2", Password = "password-digest-2" }).Prepared().PlanFor("coralnet");
        World.Lines(plan).ShouldContain("Secrets db1: set the password of role coralnet");
    }
}
