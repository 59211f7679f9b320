using Reconciler.Model;
using Reconciler.Resources.Migrations;
using Reconciler.Tests.Git;

namespace Reconciler.Tests.Resources.Migrations;

public sealed class MigrationsKindTests : IDisposable
{
    private const string Commit = "7ab20000a1e0b6f5c6f0d2a4f0b1d8e7c9a5b342";
    private const string Packages = "0123456789abcdef";

    private readonly IResourceKind _kind = new MigrationsKind();
    private readonly ScratchFolder _folder = new();
    private readonly MigrationsSpec _spec;

    public MigrationsKindTests() => _spec = new(Runtimes.In(_folder.Path), Commit, Packages);

    public void Dispose() => _folder.Dispose();

    private Resource Resource => new(new("web1", "coralnet", "Migrations", "migrations"), _spec, new Place("base/coralnet/application.yaml", 16, 3));

    private MigrationsFacts Asked(params IReadOnlyList<string> pending) => new(Commit, Packages, _spec.Variables, _spec.Secrets, pending, []);

    private string Answer(string commit = Commit, string rest = "") =>
        $"@commit {commit}\n@packages {Packages}\n@variables {_spec.Variables}\n@secrets {_spec.Secrets}\n{rest}@end\n";

    private List<Difference> Differences(MigrationsFacts? facts) => [.. _kind.Compare(Resource, Of(facts), ReadMarkers.None)];

    private List<Step> Steps(MigrationsFacts? facts) => [.. _kind.Steps(Resource, Of(facts), Change.Of(Differences(facts)))];

    private static Observation Of(MigrationsFacts? facts) => facts is null ? new Observation.Absent() : new Observation.Found(facts);

    private string Here(string script) => script.Replace("/var/lib/reconciler/server", _folder.Path);

    private void Store(string answer)
    {
        Directory.CreateDirectory(_folder.In("results"));
        File.WriteAllText(_folder.In($"results/{_spec.ResultName}"), answer);
    }

    private Reading Look(ResourceFacts? last = null) => _kind.Read(Resource, last, Sh.Run(Here(_kind.Probe(Resource, last).Script)).Output, dearer: false);

    [Fact]
    public void Nothing_stored_means_that_the_new_code_was_never_asked()
    {
        Look().ShouldBe(Reading.Absent);
        Differences(null).Single().Type.ShouldBe(DifferenceType.Unknown);
        Steps(null).Select(step => $"{step.Phase} {step.Request!.Verb}").ShouldBe(["Prepare try", "Migrate run"]);
    }

    [Fact]
    public void The_stored_answer_is_read_whole_among_what_the_application_prints()
    {
        Store("Loading…\n" + Answer(rest: "DEBUG pending\n@pending gallery.0002_colour\n@pending gallery.0003_size\n@ahead old.0009_gone\n") + "bye\n");

        var facts = Look(last: Asked()).ShouldBeOfType<Reading.Observed>().Observation.FactsOf<MigrationsFacts>().ShouldNotBeNull();

        facts.Pending.ShouldBe(["gallery.0002_colour", "gallery.0003_size"]);
        facts.Ahead.ShouldBe(["old.0009_gone"]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("@commit c\n@packages p\n@pending gallery.0002_colour\n")]
    [InlineData("@packages p\n@end\n")]
    [InlineData("@commit c\n@end\n")]
    [InlineData("@commit c\n@packages p\n@secrets s\n@end\n")]
    [InlineData("@commit c\n@packages p\n@variables v\n@end\n")]
    [InlineData("Traceback (most recent call last):\n")]
    public void An_answer_that_is_not_whole_is_none(string answer)
    {
        MigrationsInspection.Parse(answer).ShouldBeNull();
        _kind.Read(Resource, null, answer, dearer: true).ShouldBeOfType<Reading.Observed>().Observation.ShouldBeOfType<Observation.Unknown>();
    }

    [Fact]
    public void A_controller_that_knows_nothing_yet_asks_the_live_code_once()
    {
        Reading Read(string output, ResourceFacts? last = null, bool dearer = false) => _kind.Read(Resource, last, output, dearer);

        Read(Answer() + "@live\n").ShouldBeOfType<Reading.NeedsMore>().Probe.Request.ShouldNotBeNull().Verb.ShouldBe("run");
        Read(Answer() + "@live\n", Asked()).ShouldBeOfType<Reading.Observed>();
        Read(Answer(), dearer: true).ShouldBeOfType<Reading.Observed>();
    }

    [Fact]
    public void What_the_live_code_said_since_holds_until_a_step_stores_another_answer()
    {
        MigrationsFacts Read(string output, ResourceFacts? last, bool dearer = false) =>
            _kind.Read(Resource, last, output, dearer).ShouldBeOfType<Reading.Observed>().Observation.FactsOf<MigrationsFacts>().ShouldNotBeNull();
        // The database was restored from before its last migrations: what was stored when they were applied is no longer so.
        var live = Read($"{Answer()}@live\n{Answer(rest: "@pending gallery.0002_colour\n")}", null, dearer: true);

        live.Pending.ShouldBe(["gallery.0002_colour"]);
        Read($"{Answer()}@live\n", live).Pending.ShouldBe(["gallery.0002_colour"]);
        Read(Answer(), live).Pending.ShouldBe(["gallery.0002_colour"]);
        Read($"applied\n{Answer()}@live\n", live).Pending.ShouldBeEmpty();
    }

    [Fact]
    public void What_the_trial_said_counts_until_that_code_is_live()
    {
        Store(Answer(rest: "@ahead gallery.0004_later\n"));

        Look(last: null).ShouldBeOfType<Reading.Observed>().Observation.FactsOf<MigrationsFacts>().ShouldNotBeNull().Ahead.ShouldBe(["gallery.0004_later"]);
    }

    [Fact]
    public void Applied_whole_nothing_differs()
    {
        Differences(Asked()).ShouldBeEmpty();
        Steps(Asked()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(false, true, "variables")]
    [InlineData(true, false, "secrets")]
    [InlineData(true, true, "variables and secrets")]
    public void The_same_code_is_tried_again_with_other_variables_or_secrets(bool secrets, bool variables, string said)
    {
        var asked = Asked() with { Variables = variables ? "old" : _spec.Variables, Secrets = secrets ? "old" : _spec.Secrets };

        Differences(asked).Single().Sentence.ShouldBe($"whether the code starts with the new {said} is known once it has been tried");
        Steps(asked).Select(step => $"{step.Phase} {step.Request!.Verb}").ShouldBe(["Prepare try"]);
        Steps(asked with { Pending = ["gallery.0002_colour"] }).Select(step => $"{step.Phase} {step.Request!.Verb}").ShouldBe(["Prepare try", "Migrate run"]);
        (_spec with { Runtime = _spec.Runtime with { Environment = [new("DATABASE_HOST", "127.0.0.2")] } }).Variables.ShouldNotBe(_spec.Variables);
        (_spec with { SecretDigests = [new("/srv/secrets.json", "1")] }).Secrets.ShouldNotBe(_spec.Secrets);
    }

    [Fact]
    public void The_live_code_answers_for_secrets_that_are_live_and_never_for_variables_alone()
    {
        Reading Read(string stored) => _kind.Read(Resource, Asked(), stored + "@live\n", dearer: false);

        _kind.Read(Resource, null, Answer().Replace(_spec.Secrets, "old") + "@live\n", dearer: false).ShouldBeOfType<Reading.NeedsMore>();
        Read(Answer().Replace(_spec.Variables, "old")).ShouldBeOfType<Reading.Observed>().Observation.FactsOf<MigrationsFacts>().ShouldNotBeNull().Variables.ShouldBe("old");
    }

    [Theory]
    [InlineData("1 12 34", true)]
    [InlineData("2 12 34", false)]
    [InlineData(null, false)]
    public void Code_is_live_only_with_its_secrets(string? placed, bool live)
    {
        Directory.CreateDirectory(_folder.In("coralnet/.git"));
        File.WriteAllText(_folder.In("coralnet/.git/HEAD"), Commit + "\n");
        Directory.CreateDirectory(_folder.In("venv.d/packages"));
        File.CreateSymbolicLink(_folder.In("venv"), _folder.In("venv.d/packages"));
        Directory.CreateDirectory(_folder.In("placed/srv"));
        if (placed is not null)
            File.WriteAllText(_folder.In("placed/srv/secrets.json"), placed + "\n");
        var resource = Resource with { Spec = _spec with { SecretDigests = [new("/srv/secrets.json", "1")] } };

        Sh.Run(Here(_kind.Probe(resource, null).Script)).Output.Contains("@live").ShouldBe(live);
    }

    [Fact]
    public void What_another_commit_or_other_packages_said_does_not_count()
    {
        Differences(Asked() with { Commit = "other" }).Single().Type.ShouldBe(DifferenceType.Unknown);
        Differences(Asked() with { VirtualEnvironment = "other" }).Single().Type.ShouldBe(DifferenceType.Unknown);
    }

    [Fact]
    public void Pending_ones_are_applied_once_and_cannot_be_undone()
    {
        var step = Steps(Asked("gallery.0002_colour", "gallery.0003_size")).Single();

        step.Summary.ShouldBe("apply gallery.0002_colour, gallery.0003_size");
        (step.Phase, step.Irreversible, step.SkipWhenProven, step.Attempts).ShouldBe((Phase.Migrate, true, false, 1));
        ((PayloadPart.Text)step.Request!.Payload[0]).Value.ShouldContain("gallery.0002_colour gallery.0003_size");
    }

    [Fact]
    public void A_database_ahead_is_refused_by_a_gate_of_its_own()
    {
        var difference = Differences(Asked() with { Ahead = ["gallery.0004_later"] }).Single();

        difference.Gate.ShouldBe("databaseAhead");
        difference.Refusal.ShouldNotBeNull();
        Steps(Asked() with { Ahead = ["gallery.0004_later"] }).ShouldBeEmpty();
    }

    [Fact]
    public void What_the_code_that_runs_should_have_applied_is_refused_by_a_gate_of_its_own()
    {
        Store(Answer(rest: "@live-commit 0123456789abcdef0123456789abcdef01234567\n@unapplied gallery.0002_colour\n@pending gallery.0002_colour\n@pending gallery.0003_size\n"));
        var facts = Look(last: null).ShouldBeOfType<Reading.Observed>().Observation.FactsOf<MigrationsFacts>();

        var difference = Differences(facts).Single(difference => difference.Refusal is not null);

        difference.Gate.ShouldBe("pendingMigrations");
        difference.Sentence.ShouldBe("gallery.0002_colour not applied, though the code that runs, 0123456789ab, has it");
        Steps(facts).Single().Summary.ShouldBe("apply gallery.0002_colour, gallery.0003_size");
    }

    [Fact]
    public void An_applied_migration_that_was_renamed_is_refused_and_no_gate_opens_that()
    {
        var facts = Asked("my_site.0003_size", "other.0001_initial") with { Ahead = ["my_site.0003_auto_20180821", "my_site.0004_later", "old.gone"] };

        var differences = Differences(facts).ToList();

        var renamed = differences.Single(difference => difference.Gate is null && difference.Refusal is not null);
        renamed.Sentence.ShouldBe("my_site.0003_auto_20180821 is applied, and this commit has my_site.0003_size in its place: it would be applied once more");
        renamed.Refusal.ShouldBe("only migrations that are applied nowhere may be renamed: give it its name back, and put what is new into a migration after it");
        differences.Single(difference => difference.Gate == "databaseAhead").Observed.ShouldBe("my_site.0004_later old.gone");
        Differences(Asked("gallery.0002_colour", "other.0003_size") with { Ahead = ["gallery.0003_auto"] }).Count(difference => difference.Refusal is not null && difference.Gate is null).ShouldBe(0);
    }

    [Fact]
    public void The_trial_is_proven_only_by_an_answer_of_this_commit_and_these_packages()
    {
        var proof = Here(Steps(null)[0].Proof!);
        int Proven(string answer)
        {
            Store(answer);
            return Sh.Run(proof).Code;
        }

        Sh.Run(proof).Code.ShouldNotBe(0);
        Proven(Answer()).ShouldBe(0);
        Proven(Answer(commit: "other")).ShouldNotBe(0);
        Proven(Answer().Replace("@end\n", "")).ShouldNotBe(0);
    }

    [Fact]
    public void A_migration_is_proven_by_what_is_pending_afterwards()
    {
        var proof = Here(Steps(Asked("gallery.0002_colour")).Single().Proof!);

        Store(Answer(rest: "@pending gallery.0002_colour\n"));
        Sh.Run(proof).Code.ShouldNotBe(0);
        Store(Answer());
        Sh.Run(proof).Code.ShouldBe(0);
    }

    [Theory]
    [InlineData("new", "new", "", 0)]
    [InlineData("old", "old", "FATAL:  password authentication failed for user \"coralnet\"", 0)]
    [InlineData("neither", "old", "FATAL:  password authentication failed for user \"coralnet\"", 1)]
    [InlineData("broken", "new", "ImportError", 1)]
    public void A_trial_asks_with_the_present_password_only_where_the_database_does_not_know_the_new_one_yet(
        string knows, string asked, string said, int code)
    {
        var outcome = Try(knows, live: false, setsPassword: false);

        outcome.Code.ShouldBe(code, outcome.Error);
        File.ReadAllText(_folder.In("asked")).ShouldBe(asked);
        outcome.Error.ShouldContain(said);
        if (code == 0)
            MigrationsInspection.Parse(outcome.Output).ShouldNotBeNull().Pending.ShouldBe(["gallery.0002_colour"]);
    }

    [Theory]
    [InlineData("neither", 0, true)]
    [InlineData("old", 0, false)]
    [InlineData("broken", 1, false)]
    public void Where_the_plan_sets_the_password_a_database_that_knows_neither_is_asked_later_and_nothing_else_is_let_pass(
        string knows, int code, bool later)
    {
        foreach (var live in new[] { true, false })
        {
            var outcome = Try(knows, live, setsPassword: true);
            outcome.Code.ShouldBe(code, outcome.Error);
            var facts = MigrationsInspection.Parse(outcome.Output);
            (facts?.AskedLater == true, facts?.IsLive == true).ShouldBe((later, later && live));
        }
    }

    [Fact]
    public void What_is_asked_later_is_asked_when_the_password_is_set_and_tried_anew_where_it_is_not()
    {
        string Short(MigrationsFacts facts, bool setsPassword) => string.Join("; ", _kind.Steps(Resource, Of(facts),
                Change.Of(Differences(facts)) with { SetsPassword = setsPassword })
            .Select(step => $"{step.Phase} {step.Rank} {step.Request!.Verb} {(step.Irreversible ? "for good" : "")}".TrimEnd()));
        var later = Asked() with { AskedLater = true };

        Differences(later).ShouldHaveSingleItem().Type.ShouldBe(DifferenceType.Unknown);
        Short(later with { IsLive = true }, setsPassword: true).ShouldBe("Secrets 10 run");
        Short(later, setsPassword: true).ShouldBe("Migrate 0 run for good");
        Short(later, setsPassword: false).ShouldBe("Prepare 50 try");
    }

    [Fact]
    public void Live_code_that_could_not_be_asked_is_asked_again_at_the_next_look()
    {
        var stored = Answer(rest: "@later\n") + "@live\n";
        _kind.Read(Resource, null, stored, dearer: false).ShouldBeOfType<Reading.NeedsMore>();
        _kind.Read(Resource, Asked() with { AskedLater = true }, stored, dearer: false).ShouldBeOfType<Reading.NeedsMore>();
        _kind.Read(Resource, null, stored + Answer(), dearer: true).ShouldBeOfType<Reading.Observed>()
            .Observation.FactsOf<MigrationsFacts>()!.AskedLater.ShouldBeFalse();

        // No trace tells that the database lets somebody in by now.
        Traces? TracesOf(MigrationsFacts facts) => ((IResourceKind)new MigrationsKind()).Traces(Resource, Of(facts));
        (TracesOf(Asked() with { AskedLater = true }) is null, TracesOf(Asked()) is null).ShouldBe((true, false));
    }

    private Sh.Outcome Try(string knows, bool live, bool setsPassword)
    {
        var path = _folder.In("coralnet/secrets.json");
        Directory.CreateDirectory(_folder.In("coralnet"));
        Directory.CreateDirectory(_folder.In("coralnet.d/.live-secrets/.git"));
        File.WriteAllText(_folder.In("coralnet.d/.live-secrets/.git/HEAD"), live ? Commit + "\n" : "other\n");
        File.WriteAllText(path, "new");
        File.WriteAllText(_folder.In("coralnet.d/.live-secrets/secrets.json"), "old");
        Runtimes.Python(_folder.In("venv.d/packages"), $$"""
            cp {{path}} {{_folder.Path}}/asked
            [ {{knows}} != broken ] || { echo 'ImportError: no module' >&2; exit 1; }
            [ "$(cat {{path}})" = {{knows}} ] || { echo 'FATAL:  password authentication failed for user "coralnet"' >&2; exit 1; }
            echo '@pending gallery.0002_colour'; echo @end
            """);
        var resource = Resource with { Spec = _spec with { PasswordFiles = [path] } };
        var differences = _kind.Compare(resource, Of(null), ReadMarkers.None).ToList();
        var change = Change.Of(differences) with { SetsPassword = setsPassword };
        return Sh.Run(((PayloadPart.Text)_kind.Steps(resource, Of(null), change).First().Request!.Payload[^1]).Value);
    }

    [Fact]
    public void Its_own_code_reaches_python_as_it_was_written()
    {
        Runtimes.Python(_folder.In("venv.d/packages"), $"printf '%s' \"$4\" >{_folder.Path}/code; echo @end");
        var script = ((PayloadPart.Text)Steps(null)[0].Request!.Payload[^1]).Value;

        Sh.Run(script).Good.ShouldBe(Answer());

        Sh.Run($"command -v python3 >/dev/null || exit 0; python3 -c 'import ast, sys; ast.parse(open(sys.argv[1]).read())' {_folder.Path}/code").Error.ShouldBeEmpty();
        File.ReadAllText(_folder.In("code")).ShouldContain("print('@pending ' + name)");
    }
}
