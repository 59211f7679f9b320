using Reconciler.Model;
using Reconciler.Planning;
using Reconciler.Resources.Absence;
using Reconciler.Resources.Code;
using Reconciler.Resources.Database;
using Reconciler.Resources.Migrations;
using Reconciler.Resources.NginxSite;
using Reconciler.Resources.Packages;
using Reconciler.Resources.Service;
using Reconciler.Resources.StaticFiles;
using Reconciler.Tests.Documents.Expansion;

namespace Reconciler.Tests.Planning;

public sealed class PlannerTests
{
    private static readonly Expanded Before = new();

    private static readonly Expanded NewCode = Before.At(Expanded.NewCommit) with { StaticInputs = "static-inputs-2" };

    private static Phase[] PhasesOf(Plan plan) => [.. plan.Steps.Select(step => step.Phase).Distinct()];

    [Theory]
    [InlineData("host")]
    [InlineData("coralnet")]
    public void Servers_that_are_as_git_says_need_no_plan(string application)
    {
        var plan = new World(Before).PlanFor(application);

        plan.IsEmpty.ShouldBeTrue(string.Join('\n', World.Lines(plan)));
        plan.Differences.ShouldBeEmpty();
    }

    [Fact]
    public void A_site_that_people_set_up_by_hand_gets_its_cover_before_it_is_covered()
    {
        var world = new World(Before, NewCode) { TakesOver = true }.Prepared();
        foreach (var id in world.Seen.Keys.Where(id => id.Kind == "NginxSite" && id.Application == "coralnet").ToList())
            world.Seen[id] = new Observation.Found(new NginxSiteFacts(SiteFile.Absent, null, SiteLink.Absent,
                ((NginxSiteSpec)world.UnitOf("coralnet").Resources.Single(resource => resource.Id == id).Spec).Digest, new("404", false, false, "")));

        var steps = world.PlanFor("coralnet").Steps.ToList();

        steps.ShouldNotContain(step => step.Phase == Phase.Nginx);
        steps.FindLastIndex(step => step.Resource.Kind == "NginxSite" && step.Phase != Phase.Check).ShouldBeLessThan(steps.FindIndex(step => step.Summary.StartsWith("cover ")));
        new World(Before, NewCode) { TakesOver = true }.Prepared().PlanFor("coralnet").Steps.ShouldNotContain(step => step.Phase == Phase.Cover && step.Rank < 0);
    }

    [Fact]
    public void A_changed_page_check_stops_nothing()
    {
        var plan = new World(Before, Before.With("base/coralnet/checks.yaml", "contains: CoralNet", "contains: Reefs")).PlanFor("coralnet");

        plan.IsEmpty.ShouldBeTrue();
    }

    [Fact]
    public void Static_files_collected_anew_restart_the_web_services_that_read_their_manifest_and_the_pages_are_checked()
    {
        var world = new World(Before);
        var digest = ((StaticFilesSpec)world.Find("StaticFiles", "web1").Spec).Digest;
        var plan = world.Where<StaticFilesFacts>("StaticFiles", "web1", facts => facts with { Ready = [digest + ".new"] }).PlanFor("coralnet");

        plan.IsInterim.ShouldBeFalse(string.Join('\n', World.Lines(plan)));
        PhasesOf(plan).ShouldBe([Phase.Cover, Phase.Stop, Phase.Static, Phase.Start, Phase.Check, Phase.Uncover]);
        plan.Steps.Where(step => step.Phase is Phase.Stop).Select(step => $"{step.Resource.Server} {step.Resource.Name}").ShouldBe(["web1 gunicorn"]);
        plan.Steps.ShouldContain(step => step.Phase == Phase.Check && step.Resource.Server == "web1");
    }

    [Fact]
    public void A_new_nginx_configuration_is_Prepare_then_Nginx_and_Check()
    {
        var world = new World(Before, Before.With("base/coralnet/nginx.conf", "100m", "200m"));

        var first = world.PlanFor("coralnet");
        first.IsInterim.ShouldBeTrue();
        World.Lines(first).ShouldBe(
        [
            "Prepare web1: test the new configuration of coralnet-coralnet beside the live one",
            "Prepare web2: test the new configuration of coralnet-coralnet beside the live one",
        ]);
        first.Later.ShouldBe([Phase.Nginx, Phase.Check]);

        var then = world.Prepared().PlanFor("coralnet");
        then.IsInterim.ShouldBeFalse();
        PhasesOf(then).ShouldBe([Phase.Nginx, Phase.Check]);
        then.Steps.Where(step => step.Phase == Phase.Nginx).Select(step => step.Resource.Server).Distinct().ShouldBe(["web1", "web2"]);
    }

    [Fact]
    public void Nginx_reloads_only_after_its_configuration_was_placed_and_linked_on_all_servers()
    {
        var plan = new World(Before, Before.With("base/coralnet/nginx.conf", "100m", "200m")).Prepared().PlanFor("coralnet");
        var nginx = plan.Steps.Where(step => step.Phase == Phase.Nginx).ToList();

        var reload = nginx.FindIndex(step => step.Summary.StartsWith("reload", StringComparison.Ordinal));
        nginx.Take(reload).Count(step => step.Summary.StartsWith("place", StringComparison.Ordinal)).ShouldBe(2);
        nginx[reload].Rank.ShouldBeGreaterThan(nginx[reload - 1].Rank);
    }

    [Fact]
    public void A_rotated_secret_restarts_exactly_its_readers_and_covers_for_it()
    {
        var withoutBeat = Before.With("base/coralnet/services.yaml", "celerybeat: {part: beat, on: [beat],", "celerybeat: {part: beat, on: [beat], reads: [code],");

        var plan = new World(withoutBeat, withoutBeat with { Secret = "secret-digest-2" }).Prepared().PlanFor("coralnet");

        PhasesOf(plan).ShouldBe([Phase.Cover, Phase.Stop, Phase.Secrets, Phase.Start, Phase.Check, Phase.Uncover, Phase.Tidy]);
        string[] started = [.. plan.Steps.Where(step => step is { Phase: Phase.Start, Request: not null }).Select(step => $"{step.Resource.Server} {step.Resource.Name}")];
        started.ShouldBe(["web1 gunicorn", "web2 gunicorn", "worker1 celeryworker"]);
        plan.Steps.Where(step => step.Phase == Phase.Stop).Select(step => $"{step.Resource.Server} {step.Resource.Name}").ShouldBe(started);
        plan.Steps.Single(step => step.Phase == Phase.Stop && step.Resource.Server == "web1").Because.ShouldBe("SecretsFile settings changes");
    }

    [Fact]
    public void New_secrets_are_tried_before_anything_stops()
    {
        var plan = new World(Before, Before with { Secret = "secret-digest-2" }).PlanFor("coralnet");

        World.Lines(plan).ShouldBe(["Prepare web1: try the new code: manage.py check, and which migrations it needs"]);
    }

    [Fact]
    public void A_rotated_database_password_changes_role_and_file_in_one_run_while_every_reader_is_stopped()
    {
        var world = new World(Before, Before with { Secret = "secret-digest-2", Password = "password-digest-2" }).Prepared();

        world.PlanFor("host").IsEmpty.ShouldBeTrue(string.Join('\n', World.Lines(world.PlanFor("host"))));
        var plan = world.PlanFor("coralnet");

        PhasesOf(plan).ShouldBe([Phase.Cover, Phase.Stop, Phase.Secrets, Phase.Start, Phase.Check, Phase.Uncover, Phase.Tidy]);
        World.Lines(plan).Where(line => line.StartsWith("Secrets", StringComparison.Ordinal)).ShouldBe(
        [
            "Secrets web1: replace /srv/www/coralnet/project/config/secrets.json",
            "Secrets web2: replace /srv/www/coralnet/project/config/secrets.json",
            "Secrets worker1: replace /srv/www/coralnet/project/config/secrets.json",
            "Secrets db1: set the password of role coralnet",
        ]);
        plan.Steps.Where(step => step.Phase == Phase.Stop).Select(step => step.Resource.Name).ShouldBe(["gunicorn", "gunicorn", "celeryworker", "celerybeat"]);
    }

    [Fact]
    public void System_of_the_servers_themselves_runs_under_the_cover_of_every_application()
    {
        var world = new World(Before).Where<DatabaseFacts>("Database", "db1", facts => facts with
        {
            Seen = facts.Seen! with { Listening = "localhost" },
        });

        var plan = world.PlanFor("host");

        PhasesOf(plan).ShouldBe([Phase.Cover, Phase.System, Phase.Uncover]);
        var covered = world.Environment.Units.SelectMany(unit => unit.Resources).Select(resource => resource.Id).Where(id => id.Kind == "Maintenance").ToList();
        covered.Count.ShouldBeGreaterThan(1);
        foreach (var phase in new[] { Phase.Cover, Phase.Uncover })
            plan.Steps.Where(step => step.Phase == phase && step.Request is not null).Select(step => step.Resource).Distinct()
                .ShouldBe(covered, ignoreOrder: true);
    }

    [Fact]
    public void A_plan_that_stops_only_workers_does_not_cover()
    {
        var onlyWorkers = Before.With("base/coralnet/services.yaml", "gunicorn: {part: web, on: [web],", "gunicorn: {part: web, on: [web], reads: [code, virtualenv],");

        var plan = new World(onlyWorkers, onlyWorkers with { Secret = "secret-digest-2" }).Prepared().PlanFor("coralnet");

        plan.Covers.ShouldBeFalse();
        PhasesOf(plan).ShouldBe([Phase.Stop, Phase.Secrets, Phase.Start, Phase.Check, Phase.Tidy]);
        plan.Steps.Where(step => step.Phase == Phase.Stop).Select(step => step.Resource.Name).ShouldBe(["celeryworker", "celerybeat"]);
    }

    [Fact]
    public void New_code_is_prepared_in_a_turn_of_its_own_which_names_what_may_follow()
    {
        var plan = new World(Before, NewCode).PlanFor("coralnet");

        plan.IsInterim.ShouldBeTrue();
        PhasesOf(plan).ShouldBe([Phase.Prepare]);
        plan.Later.ShouldBe([Phase.Cover, Phase.Stop, Phase.Backup, Phase.Code, Phase.Static, Phase.Migrate, Phase.Start, Phase.Check, Phase.Uncover, Phase.Tidy]);
        plan.Steps.Select(step => step.Rank).ShouldBeInOrder();
    }

    [Fact]
    public void New_code_goes_live_behind_the_cover_in_the_safe_order()
    {
        var plan = new World(Before, NewCode).Prepared().PlanFor("coralnet");

        plan.IsInterim.ShouldBeFalse();
        PhasesOf(plan).ShouldBe([Phase.Cover, Phase.Stop, Phase.Code, Phase.Static, Phase.Start, Phase.Check, Phase.Uncover, Phase.Tidy]);
        plan.Steps.Where(step => step.Phase == Phase.Stop).Select(step => step.Resource.Name).ShouldBe(["gunicorn", "gunicorn", "celeryworker", "celerybeat"]);
        plan.Steps.Where(step => step.Phase == Phase.Code).Select(step => step.Resource.Server).ShouldBe(["web1", "web2", "worker1"]);
    }

    [Fact]
    public void Users_are_told_before_the_cover_of_a_deploy_and_not_of_the_seconds_that_a_secret_takes()
    {
        var startsAt = new DateTimeOffset(2026, 11, 21, 12, 15, 0, TimeSpan.Zero);
        var deploy = new World(Before, NewCode) { StartsAt = startsAt }.Prepared().PlanFor("coralnet");
        var rotation = new World(Before, Before with { Secret = "secret-digest-2" }) { StartsAt = startsAt }.Prepared().PlanFor("coralnet");

        PhasesOf(deploy).Take(2).ShouldBe([Phase.Announce, Phase.Cover]);
        deploy.StartsAt.ShouldBe(startsAt);
        deploy.Steps.Where(step => step.Phase == Phase.Announce).Select(step => step.Resource.Server).ShouldBe(["web1", "web2"]);
        PhasesOf(rotation).First().ShouldBe(Phase.Cover);
        rotation.StartsAt.ShouldBeNull();
    }

    [Fact]
    public void A_migration_brings_a_backup_before_it_and_restarts_every_reader()
    {
        var plan = new World(Before, NewCode).Prepared("gallery.0002_colour").PlanFor("coralnet");

        var phases = PhasesOf(plan).ToList();
        phases.IndexOf(Phase.Backup).ShouldBeInRange(phases.IndexOf(Phase.Stop) + 1, phases.IndexOf(Phase.Migrate) - 1);
        plan.Steps.Where(step => step.Phase == Phase.Backup).Select(step => step.Summary.Split(' ')[0]).ShouldBe(["see", "dump"]);
        plan.Steps.Where(step => step.Phase == Phase.Backup).ShouldAllBe(step => step.Resource == new ResourceId("db1", "host", "Database", "coralnet"));
        plan.Steps.Single(step => step.Phase == Phase.Migrate).Resource.Server.ShouldBe("web1");
        plan.Steps.Where(step => step is { Phase: Phase.Start, Request: not null }).Select(step => step.Resource.Name).ShouldBe(["gunicorn", "gunicorn", "celeryworker", "celerybeat"]);
    }

    [Fact]
    public void Without_room_for_the_dump_a_migration_gets_no_further_than_Prepare_and_what_needs_no_dump_does_not_ask()
    {
        var database = new ResourceId("db1", "host", "Database", "coralnet");
        World Full(World world)
        {
            var facts = world.Seen[database].FactsOf<DatabaseFacts>()!;
            world.Seen[database] = new Observation.Found(facts with { Room = 4711, Seen = facts.Seen! with { Size = 4711 } });
            return world;
        }

        var plan = Full(new World(Before, NewCode).Prepared("gallery.0002_colour")).PlanFor("coralnet");

        World.Lines(plan).ShouldBe(["Prepare db1: see that there is room for a dump of coralnet in /var/backups/coralnet"]);
        plan.IsInterim.ShouldBeTrue();
        plan.Later.ShouldContain(Phase.Migrate);
        // Whether there is a migration is not known yet.
        Full(new World(Before, NewCode)).PlanFor("coralnet").Steps.ShouldAllBe(step => !step.Secures);
        Full(new World(Before, NewCode).Prepared()).PlanFor("coralnet").IsInterim.ShouldBeFalse();
    }

    [Fact]
    public void A_migration_alone_stops_readers_of_anything_because_the_schema_changes()
    {
        var world = new World(Before).Where<MigrationsFacts>("Migrations", "web1", facts => facts with { Pending = ["gallery.0002_colour"] });

        var plan = world.PlanFor("coralnet");

        PhasesOf(plan).ShouldBe([Phase.Cover, Phase.Stop, Phase.Backup, Phase.Migrate, Phase.Start, Phase.Check, Phase.Uncover, Phase.Tidy]);
        plan.Steps.Where(step => step.Phase == Phase.Stop).ShouldAllBe(step => step.Because == "the database schema changes");
    }

    private static World WithTask(string task) => new(Before, Before.With("production/coralnet/tasks.yaml", $"""
        apiVersion: reconciler/v1
        kind: Tasks
        metadata: {"{name: coralnet}"}
        spec:
          rebuild: {"{"}command: rebuild{task}{"}"}
        """));

    [Fact]
    public void A_task_alone_covers_nothing_and_stops_nothing()
    {
        var plan = WithTask("").PlanFor("coralnet");

        World.Lines(plan).ShouldBe(["Migrate web1: run task rebuild, number 1: rebuild", .. World.Lines(plan)[1..]]);
        PhasesOf(plan).ShouldBe([Phase.Migrate, Phase.Check]);
        plan.StartsAt.ShouldBeNull();
    }

    [Fact]
    public void A_task_that_asks_for_it_runs_under_the_page_and_after_a_dump()
    {
        PhasesOf(WithTask(", cover: true, after: Start").PlanFor("coralnet")).ShouldBe([Phase.Cover, Phase.Start, Phase.Check, Phase.Uncover]);
        PhasesOf(WithTask(", irreversible: true").PlanFor("coralnet")).ShouldBe([Phase.Backup, Phase.Migrate, Phase.Check, Phase.Tidy]);
    }

    [Fact]
    public void A_task_after_Migrate_comes_after_the_migrations()
    {
        var world = WithTask("").Where<MigrationsFacts>("Migrations", "web1", facts => facts with { Pending = ["gallery.0002_colour"] });

        world.PlanFor("coralnet").Steps.Where(step => step.Phase == Phase.Migrate).Select(step => step.Resource.Kind).ShouldBe(["Migrations", "Tasks"]);
    }

    [Fact]
    public void On_first_contact_with_bare_servers_System_comes_before_Prepare()
    {
        var world = new World(null, Before) { FirstContact = true };
        world.Seen[world.Find("Packages", "web1").Id] = new Observation.Found(
            new PackagesFacts("s", "git", false, new Dictionary<string, InstalledPackage>(), new Dictionary<string, string>(), ["upgrades libc6"]));

        var plan = world.PlanFor("host");

        plan.IsInterim.ShouldBeTrue();
        PhasesOf(plan).ShouldBe([Phase.System]);
        plan.Later.ShouldContain(Phase.Prepare);
        PhasesOf(new World(null, Before) { FirstContact = true }.PlanFor("coralnet")).ShouldBe([Phase.Prepare]);
    }

    [Fact]
    public void Where_something_may_run_Prepare_comes_before_System()
    {
        var world = new World(null, Before);
        world.Seen[world.Find("Packages", "web1").Id] = new Observation.Found(
            new PackagesFacts("s", "git", false, new Dictionary<string, InstalledPackage>(), new Dictionary<string, string>(), ["upgrades libc6"]));

        PhasesOf(world.PlanFor("host")).ShouldBe([Phase.Prepare]);
    }

    [Fact]
    public void What_the_profile_leaves_out_is_named_with_the_reason()
    {
        var staging = new Expanded { Environment = "staging" };
        var next = staging.At(Expanded.NewCommit);

        var plan = new World(staging, next).Prepared().PlanFor("coralnet");

        plan.Skipped.Select(skip => skip.Phase).ShouldBe([Phase.Announce, Phase.Wait]);
        plan.Skipped.ShouldAllBe(skip => skip.Why.Contains("staging"));
        plan.Covers.ShouldBeTrue();
    }

    /// <summary>seeds/000: 14: runserver has to be started again when files were added.</summary>
    [Fact]
    public void In_development_runserver_takes_the_place_of_gunicorn_and_starts_again_with_the_new_code_under_no_cover()
    {
        var development = new Expanded { Environment = "staging" }
            .With("staging/environment.yaml", "profile: staging", "profile: development")
            .With("staging/coralnet/services.yaml", """
                apiVersion: reconciler/v1
                kind: Services
                metadata: {name: coralnet}
                spec:
                  gunicorn: null
                  runserver: {part: web, on: [web], port: 8000, command: "python manage.py runserver 0.0.0.0:8000"}
                """);

        var plan = new World(development, development.At(Expanded.NewCommit)).Prepared().PlanFor("coralnet");

        PhasesOf(plan).ShouldNotContain(Phase.Cover);
        plan.Skipped.ShouldAllBe(skip => skip.Why.Contains("development"));
        World.Lines(plan).Where(line => line.StartsWith("Start staging1", StringComparison.Ordinal)).First().ShouldContain("runserver");
        World.Lines(plan).ShouldAllBe(line => !line.Contains("gunicorn"));
    }

    [Fact]
    public void A_profile_that_leaves_out_the_cover_gets_a_plan_without_it()
    {
        var profile = "profile: {skip: {Cover: \"nobody looks\"}}";
        var before = Before.With("production/environment.yaml", "profile: production", profile);
        var next = before.At(Expanded.NewCommit);

        var plan = new World(before, next).Prepared().PlanFor("coralnet");

        plan.Covers.ShouldBeFalse();
        PhasesOf(plan).ShouldContain(Phase.Stop);
        plan.Skipped.ShouldBe([new SkippedPhase(Phase.Cover, "nobody looks")]);
    }

    [Fact]
    public void A_small_change_has_nothing_to_say_about_phases_left_out()
    {
        var staging = new Expanded { Environment = "staging" };

        new World(staging, staging with { Secret = "secret-digest-2" }).Prepared().PlanFor("coralnet").Skipped.ShouldBeEmpty();
    }

    [Fact]
    public void Files_edited_by_hand_refuse_the_plan_until_drift_is_acknowledged_for_this_commit()
    {
        CheckoutFacts Edited(CheckoutFacts facts) => facts with { Edited = ["project/views.py"] };
        var refused = new World(Before, NewCode).Where<CheckoutFacts>("Code", "web2", Edited).PlanFor("coralnet");
        refused.Refusals.Single().Resource.Server.ShouldBe("web2");
        refused.Refusals.Single().Sentence.ShouldContain("project/views.py");

        var acknowledged = NewCode.With("production/acknowledgements.yaml", "spec: {}",
            $"spec:\n  edit: {{gates: [drift], for: coralnet@{Expanded.NewCommit}, reason: \"known\"}}");
        new World(Before, acknowledged).Where<CheckoutFacts>("Code", "web2", Edited).PlanFor("coralnet").Refusals.ShouldBeEmpty();

        var lapsed = NewCode.With("production/acknowledgements.yaml", "spec: {}",
            $"spec:\n  edit: {{gates: [drift], for: coralnet@{Expanded.OldCommit}, reason: \"known\"}}");
        new World(Before, lapsed).Where<CheckoutFacts>("Code", "web2", Edited).PlanFor("coralnet").Refusals.Count.ShouldBe(1);
    }

    [Fact]
    public void A_database_ahead_of_the_code_refuses_the_plan()
    {
        var world = new World(Before).Where<MigrationsFacts>("Migrations", "web1", facts => facts with { Ahead = ["gallery.0003_later"] });

        world.PlanFor("coralnet").Refusals.Single().Gate.ShouldBe("databaseAhead");
    }

    [Fact]
    public void With_the_flag_on_a_deploy_ends_covered()
    {
        var flagged = NewCode.With("production/coralnet/maintenance.yaml", "enabled: false", "enabled: true");

        var plan = new World(Before, flagged).Prepared().PlanFor("coralnet");

        plan.Covers.ShouldBeTrue();
        PhasesOf(plan).ShouldNotContain(Phase.Uncover);
    }

    [Fact]
    public void The_flag_alone_covers_and_stops_nothing()
    {
        var flagged = Before.With("production/coralnet/maintenance.yaml", "enabled: false", "enabled: true");

        var plan = new World(Before, flagged).PlanFor("coralnet");

        PhasesOf(plan).ShouldNotContain(Phase.Stop);
        PhasesOf(plan).ShouldContain(Phase.Cover);
        PhasesOf(plan).ShouldNotContain(Phase.Uncover);
    }

    [Fact]
    public void When_git_did_not_move_only_kinds_that_policy_heals_are_planned()
    {
        World Drifted(IReadOnlySet<string>? heal) => new World(Before) { HealKinds = heal }
            .Where<ServiceFacts>("Service", "worker1", facts => facts with { State = ServiceState.Stopped, Processes = [] }, "celerybeat")
            .Where<NginxSiteFacts>("NginxSite", "web1", facts => facts with { Link = SiteLink.Absent, Served = new PageAnswer("404", false, false, "") });

        var healed = Drifted(new HashSet<string> { "Service" }).PlanFor("coralnet");
        // What policy only reports is shown as well.
        healed.Differences.Select(difference => difference.Resource.Kind).Order().ShouldBe(["NginxSite", "Service"]);
        PhasesOf(healed).ShouldBe([Phase.Start, Phase.Check]);
    }

    [Fact]
    public void A_stopped_PostgreSQL_is_mended_as_a_service_and_nothing_else_of_its_database_is()
    {
        World Stopped(string heal) => new World(Before) { HealKinds = new HashSet<string> { heal } }
            .Where<DatabaseFacts>("Database", "db1", facts => facts with { Running = false, Seen = null, BackupDirectory = null });

        var plan = Stopped("Service").PlanFor("host");

        World.Lines(plan).ShouldBe(["Prepare db1: start PostgreSQL 15/main"]);
        plan.Differences.Count.ShouldBe(2);
        Stopped("Link").PlanFor("host").IsEmpty.ShouldBeTrue();
        World.Lines(Stopped("Database").PlanFor("host")).ShouldHaveSingleItem().ShouldStartWith("Prepare db1: make folder for dumps");
    }

    [Fact]
    public void Without_a_notice_command_the_plan_says_why_nobody_is_told_and_nothing_is_waited_for()
    {
        var plan = new World(Before, NewCode.With("base/coralnet/application.yaml", "  notice:\n    on: python manage.py maintenanceon --start {{startsAt}}\n    off: python manage.py maintenanceoff\n", "")) { StartsAt = DateTimeOffset.UnixEpoch }.Prepared().PlanFor("coralnet");

        PhasesOf(plan).ShouldNotContain(Phase.Announce);
        plan.Skipped.Select(skipped => (skipped.Phase, skipped.Why)).ShouldBe(
        [
            (Phase.Announce, "the application names no notice: nobody can be told, so nothing is waited for"),
            (Phase.Wait, "the application names no notice: nobody can be told, so nothing is waited for"),
        ]);
        new World(Before, NewCode) { StartsAt = DateTimeOffset.UnixEpoch }.Prepared().PlanFor("coralnet").Skipped.ShouldBeEmpty();
    }

    [Fact]
    public void Migrations_without_a_database_to_back_up_are_not_passed_over_in_silence()
    {
        var without = NewCode.With("base/coralnet/application.yaml", "  database: coralnet\n", "");

        var plan = new World(Before, without).Prepared("annotations.0042_reef").PlanFor("coralnet");

        PhasesOf(plan).ShouldNotContain(Phase.Backup);
        plan.Skipped.ShouldContain(new SkippedPhase(Phase.Backup, "the application names no database: what is migrated is not backed up"));
        new World(Before, without).Prepared().PlanFor("coralnet").Skipped.ShouldBeEmpty();
        new World(Before, NewCode).Prepared("annotations.0042_reef").PlanFor("coralnet").Skipped.ShouldBeEmpty();
    }

    [Fact]
    public void What_git_wants_gone_from_nginx_is_gone_in_the_test_of_a_site_and_goes_before_its_reload()
    {
        var world = new World(Before, Before.With("base/coralnet/nginx.conf", "100m", "200m")
            .With("base/coralnet/files.yaml", Reconciler.Tests.Documents.SmallTree.Envelope("base/coralnet/files.yaml") + "  debian-default: {path: /etc/nginx/sites-enabled/default, absent: true, on: [web]}\n"));
        world.Seen[world.Find("Absence", "web1").Id] = new Observation.Found(new AbsenceFacts("symbolic link"));

        var tried = world.PlanFor("coralnet").Steps[0];

        tried.Request!.Arguments[^1].ShouldBe("/etc/nginx/sites-enabled/default");
        tried.Request.Payload.Count.ShouldBe(tried.Request.Arguments.Count - 3);
        tried.Attempts.ShouldBe(1);
        World.Lines(world.Prepared().PlanFor("coralnet")).Where(line => line.StartsWith("Nginx web1")).Select(line => line.Split(" and prove")[0]).ShouldBe(
        [
            "Nginx web1: remove /etc/nginx/sites-enabled/default, and keep a copy",
            "Nginx web1: place /etc/nginx/sites-available/coralnet-coralnet",
            "Nginx web1: reload nginx,",
            "Nginx web1: reload nginx, without /etc/nginx/sites-enabled/default",
        ]);
    }

    [Fact]
    public void What_could_not_be_seen_is_named_and_gets_no_step()
    {
        var world = new World(Before, NewCode);
        foreach (var id in world.Seen.Keys.Where(id => id.Server == "web2").ToList())
            world.Seen[id] = new Observation.Unknown("web2 did not answer");

        var plan = world.PlanFor("coralnet");

        plan.Unknown.ShouldNotBeEmpty();
        plan.Unknown.ShouldAllBe(unknown => unknown.Resource.Id.Server == "web2");
        plan.Steps.ShouldAllBe(step => step.Resource.Server != "web2");
    }

    [Fact]
    public void A_start_notes_what_will_be_there_then_not_what_is_there_now()
    {
        var plan = new World(Before, NewCode).Prepared().PlanFor("coralnet");

        var start = plan.Steps.First(step => step.Phase == Phase.Start && step.Resource.Name == "gunicorn").Request!;

        start.Arguments.ShouldContain(Expanded.NewCommit);
        start.Arguments.ShouldNotContain(Expanded.OldCommit);
    }
}
