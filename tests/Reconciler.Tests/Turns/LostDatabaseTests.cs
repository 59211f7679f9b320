using Reconciler.Diffing;
using Reconciler.Documents.Expansion;
using Reconciler.Journaling;
using Reconciler.Model;
using Reconciler.Observing;
using Reconciler.Planning;
using Reconciler.Reporting;
using Reconciler.Resources;
using Reconciler.Resources.Checks;
using Reconciler.Resources.Database;
using Reconciler.Resources.Migrations;
using Reconciler.Resources.Packages;
using Reconciler.Tests.Converging;
using Reconciler.Tests.Documents.Expansion;
using Reconciler.Tests.Git;
using Reconciler.Tests.Planning;
using Reconciler.Turns;

namespace Reconciler.Tests.Turns;

/// <summary>Somebody purged PostgreSQL: what is said, what is mended, and what is left to a person.</summary>
public sealed class LostDatabaseTests : IDisposable
{
    private const string Heal = "reconciler retry production host --heal";
    private const string Dump = "/var/backups/coralnet/coralnet-20261122T010203Z.dump";

    private readonly ScratchFolder _folder = new();
    private readonly JumpingClock _clock = new();
    private readonly ILedger _ledger;
    private readonly World _world = new(new Expanded());

    public LostDatabaseTests() => _ledger = SqliteLedger.OpenForWriting(_folder.In("ledger"), _clock);

    public void Dispose()
    {
        _ledger.Dispose();
        _folder.Dispose();
    }

    private Unit Host => _world.UnitOf("host");

    private Unit App => _world.UnitOf("coralnet");

    private ResourceId Database => _world.Find("Database", "db1", "coralnet").Id;

    private Observed Observed => new(_world.Seen, new Dictionary<string, string>());

    private void Everywhere(Func<DatabaseFacts, DatabaseFacts> changed)
    {
        foreach (var id in _world.Seen.Keys.Where(id => id.Kind == "Database").ToList())
            _world.Seen[id] = new Observation.Found(changed(_world.Seen[id].FactsOf<DatabaseFacts>()!));
    }

    private void Purge()
    {
        Everywhere(facts => facts with { Cluster = "", Running = false, Seen = null, LastBackup = $"dump {Dump} 4711" });
        _world.Where<PackagesFacts>("Packages", "db1", facts => facts with
        {
            Installed = facts.Installed.Where(package => package.Key != "postgresql").ToDictionary(),
        });
    }

    /// <summary>PostgreSQL and its packages are there again, and empty.</summary>
    private void PutBack() => Everywhere(facts => facts with
    {
        Seen = facts.Seen! with { Role = null, DatabaseOwner = null, Rules = [] },
        LastBackup = $"dump {Dump} 4711",
        Lacks = "role coralnet does not exist",
    });

    private UnitPlanning Planning => new(new Differ(ResourceKinds.All), new Planner(ResourceKinds.All), _ledger, _clock);

    /// <summary>As a watch sees it after the servers were converged to just this.</summary>
    private Verdict Seen(Unit unit, bool heal = false)
    {
        _ledger.RecordConverged("production", unit.Application, unit.Digest, "revision", unit.CodeCommit);
        return Planning.Compared(_world.Environment, unit, Observed, everything: heal, healAll: heal);
    }

    private IReadOnlyList<WayOn> Ways(Verdict verdict, Standing standing = Standing.Drifted) =>
        WaysOn.Of(_world.Environment, Host, verdict with { Standing = standing });

    [Fact]
    public void The_ways_on_are_to_mend_the_servers_and_then_to_restore_by_hand_and_no_server_is_gone()
    {
        Purge();

        var verdict = Seen(Host);

        verdict.Diff.Unknown.ShouldBeEmpty();
        verdict.Diff.All.Select(difference => difference.Sentence).ShouldContain("package postgresql is not installed");
        var ways = Ways(verdict);
        ways[0].ShouldBe(new("put back what is missing, once: packages, PostgreSQL, role and rules; no data", Heal));
        ways[1].What.ShouldBe("after that, on db1, as root: restore the last dump that was taken");
        ways.ShouldContain(way => way.Paste != null && way.Paste.EndsWith($"pg_restore -d coralnet <{Dump}"));
        foreach (var wrong in new[] { "gone:", "goes on by itself", "acknowledge" })
            ways.ShouldNotContain(way => way.What.Contains(wrong));
        ways.ShouldNotContain(way => way.Paste != null && way.Paste.Contains("gates:"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_servers_are_not_healthy_without_it_nor_is_the_application(bool purged)
    {
        if (purged)
            Purge();
        else
            PutBack();
        foreach (var unit in new[] { Host, App })
            VerdictStatus.Of(_world.Environment, unit, Seen(unit) with { Standing = Standing.Drifted }, null, _clock.GetUtcNow()).Health
                .ShouldBe(Health.Degraded, unit.Application);
    }

    [Fact]
    public void Healing_puts_back_package_and_role_and_asks_for_the_data_at_its_end_only()
    {
        Purge();
        var purged = Seen(Host, heal: true).Plan;
        purged.Refusals.ShouldBeEmpty();
        World.Lines(purged).ShouldContain("Prepare db1: install postgresql");

        _world.Where<PackagesFacts>("Packages", "db1", facts => facts with
        {
            Installed = new Dictionary<string, InstalledPackage>(facts.Installed) { ["postgresql"] = new("15", "ii") },
        });
        Everywhere(facts => facts with
        {
            Cluster = "15/main", Running = true,
            Seen = new ClusterFacts(null, null, 0, "localhost", null, null, [], true),
        });
        var bare = Seen(Host, heal: true).Plan;
        bare.Refusals.ShouldBeEmpty();
        World.Lines(bare).ShouldContain("Prepare db1: make role coralnet");
        World.Lines(bare).ShouldNotContain("Prepare db1: make database coralnet");

        foreach (var (id, before) in new World(new Expanded()).Seen.Where(seen => seen.Key.Kind == "Database"))
            _world.Seen[id] = before;
        Everywhere(facts => facts with { Seen = facts.Seen! with { DatabaseOwner = null }, LastBackup = $"dump {Dump} 4711" });
        var lost = Seen(Host, heal: true);
        World.Lines(lost.Plan).ShouldBeEmpty();
        Ways(lost)[0].What.ShouldBe("on db1, as root: restore the last dump that was taken");
    }

    [Fact]
    public void What_somebody_else_made_is_not_made_anew_and_empty_where_a_look_saw_it_before()
    {
        PutBack();
        Everywhere(facts => facts with { Made = false });
        Seen(Host, heal: true).Plan.Steps.Select(step => step.Summary).ShouldContain("make database coralnet");

        _ledger.SaveSeen("production", "host", [new(Database, "w", null, _clock.GetUtcNow(), _clock.GetUtcNow(), "w", null, null)]);

        var plan = Seen(Host, heal: true).Plan;
        plan.Steps.Select(step => step.Summary).ShouldContain("make role coralnet");
        plan.Steps.Select(step => step.Summary).ShouldNotContain("make database coralnet");
    }

    [Fact]
    public void What_cannot_be_seen_on_a_server_that_answers_makes_no_server_gone()
    {
        _world.Seen[Database] = new Observation.Unknown("PostgreSQL runs, but does not answer");
        var verdict = Seen(Host);

        Ways(verdict, Standing.Unseen).ShouldHaveSingleItem().What
            .ShouldBe("every server answers: it goes on by itself when that can be seen again");
        var unreachable = verdict with { Live = verdict.Live! with { Unreachable = new HashSet<string> { "db1" } } };
        Ways(unreachable, Standing.Unseen).ShouldHaveSingleItem().What.ShouldContain("`gone: ");
        Ways(verdict, Standing.SetAside).ShouldNotContain(way => way.What.Contains("gone: "));
    }

    [Fact]
    public void A_database_is_named_before_what_fails_for_want_of_it()
    {
        Purge();
        foreach (var id in _world.Seen.Keys.Where(id => id.Kind == "Checks").ToList())
            _world.Seen[id] = new Observation.Found(new CheckFacts(["/about/ answered 503, expected 200"]));

        var ailments = UnitPlanning.AilmentsOf(App, Observed);

        ailments.Count.ShouldBeGreaterThan(1);
        (ailments[0].Key.Kind, ailments[0].Value).ShouldBe(("Database", "there is no PostgreSQL"));
    }

    [Fact]
    public void An_acknowledgement_is_offered_for_nothing_of_the_servers()
    {
        var file = new ResourceId("db1", "host", "File", "motd");
        file.YesToDrift.ShouldBe("or mend it once with `--heal`");
        (file with { Application = "coralnet" }).YesToDrift.ShouldBe("or acknowledge drift");
        PutBack();
        Seen(Host).Diff.All.ShouldAllBe(difference => difference.Refusal == null || !difference.Refusal.Contains("acknowledge"));
    }

    [Fact]
    public void An_application_waits_for_the_database_that_it_needs()
    {
        ServersFirst.For(App, _world.Environment, Observed, TurnOptions.Watch).ShouldBe(TurnOptions.Watch);
        Purge();

        var waits = ServersFirst.For(App, _world.Environment, Observed, TurnOptions.Watch);

        waits.Hindrance.ShouldBe("the servers themselves come first: on db1 there is no PostgreSQL; "
            + "`reconciler status production` says under host what to do");
        (waits.WaitsForServers, waits.MayCover).ShouldBe((true, true));
        var other = App with { Borrowed = [] };
        ServersFirst.For(other, _world.Environment, Observed, TurnOptions.Watch).ShouldBe(TurnOptions.Watch);
        var unsettled = TurnOptions.Watch with { Hindrance = "run 7 has not ended" };
        ServersFirst.For(App, _world.Environment, Observed, unsettled).ShouldBe(unsettled);
        ServersFirst.For(Host, _world.Environment, Observed, TurnOptions.Watch).ShouldBe(TurnOptions.Watch);
    }

    [Theory]
    [InlineData("Refused", true, true)]
    [InlineData("Deferred", true, true)]
    [InlineData("SetAside", true, true)]
    [InlineData("Failed", true, false)]
    [InlineData("Held", true, false)]
    [InlineData("Drifted", false, false)]
    [InlineData("Synced", false, false)]
    public void And_for_a_turn_of_the_servers_that_has_not_come_through(string standing, bool waits, bool mends)
    {
        var host = Seen(Host) with { Standing = Enum.Parse<Standing>(standing), Reason = "because" };

        var after = ServersFirst.After(host, _world.Environment, TurnOptions.Watch);

        (after.Hindrance, after.MayMend).ShouldBe((waits ? "the servers themselves come first: because" : null, mends));
        Purge();
        ServersFirst.For(App, _world.Environment, Observed, after).MayMend.ShouldBeFalse();
    }

    [Fact]
    public void The_password_is_set_by_a_plan_that_logs_in_only_after_that()
    {
        var world = new World(new Expanded(), new Expanded { Secret = "secret-digest-2", Password = "password-digest-2" });
        foreach (var id in world.Seen.Keys.Where(id => id.Kind == "Database").ToList())
            if (world.Seen[id].FactsOf<DatabaseFacts>() is { } facts)
                world.Seen[id] = new Observation.Found(facts with { Seen = facts.Seen! with { Role = new(true, null) } });
        world.Prepared();
        world.Where<MigrationsFacts>("Migrations", "web1", facts => facts with { AskedLater = true, IsLive = true });

        var steps = World.Lines(world.PlanFor("coralnet"));

        steps.ShouldNotContain(step => step.StartsWith("Prepare"));
        var set = Array.IndexOf(steps, "Secrets db1: set the password of role coralnet");
        set.ShouldBeGreaterThan(0);
        Array.FindIndex(steps, step => step.StartsWith("Secrets web1: ask the database")).ShouldBeGreaterThan(set);
        Array.FindIndex(steps, step => step.StartsWith("Start")).ShouldBeGreaterThan(set);
    }
}
