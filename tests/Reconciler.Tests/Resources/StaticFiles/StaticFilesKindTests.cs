using Reconciler.Model;
using Reconciler.Resources.StaticFiles;
using Reconciler.Tests.Git;

namespace Reconciler.Tests.Resources.StaticFiles;

public sealed class StaticFilesKindTests : IDisposable
{
    private const string Digest = "0123456789abcdef";

    private readonly IResourceKind _kind = new StaticFilesKind();
    private readonly ScratchFolder _folder = new();
    private readonly StaticFilesSpec _spec;

    public StaticFilesKindTests()
    {
        _spec = new(_folder.In("static"), Digest, Runtimes.In(_folder.Path));
        Directory.CreateDirectory(_folder.In("static.d"));
    }

    public void Dispose() => _folder.Dispose();

    private Resource Resource => new(new("web1", "coralnet", "StaticFiles", "static"), _spec, new Place("base/coralnet/application.yaml", 19, 5));

    private Reading Look() => Looked.At(_kind, Resource).Reading;

    private Observation Seen => Look().ShouldBeOfType<Reading.Observed>().Observation;

    private List<Difference> Differences() => [.. _kind.Compare(Resource, Seen, ReadMarkers.None)];

    private List<Step> Steps() => [.. _kind.Steps(Resource, Seen, Change.Of(Differences()))];

    private void Collected(string digest)
    {
        Directory.CreateDirectory($"{_spec.Path}.d/{digest}");
        File.WriteAllText($"{_spec.Path}.d/.{digest}.ready", "");
    }

    [Fact]
    public void Where_nothing_is_yet_a_mount_point_is_made_before_collecting_and_switching()
    {
        Look().ShouldBe(Reading.Absent);
        Steps().Select(step => $"{step.Phase} {step.Request!.Verb}").ShouldBe(["Prepare directory", "Prepare directory", "Prepare link", "Prepare try", "Static link"]);
        Steps().Where(step => step.Phase == Phase.Prepare).Select(step => step.Rank).ShouldBeInOrder();
    }

    [Fact]
    public void Collecting_sees_the_folder_of_now_as_STATIC_ROOT()
    {
        var collect = Steps().Single(step => step.Request!.Verb == "try").Request!;

        var binds = collect.Arguments.Skip(4).Chunk(2).Take(int.Parse(collect.Arguments[3])).Select(bind => $"{bind[0]} {bind[1]}".Replace(_folder.Path, "ROOT")).ToList();
        binds.ShouldContain("ROOT/coralnet.d/commit ROOT/coralnet");
        binds.ShouldContain($"ROOT/static.d/{Digest} ROOT/static");
        collect.Arguments[^1].ShouldBe($"{_folder.Path}/coralnet/secrets.json");
        collect.Payload[0].ShouldBeOfType<PayloadPart.SecretFile>();
    }

    /// <summary>A page of the old code is asked for its style sheet while the new one is in use.</summary>
    [Fact]
    public void While_servers_are_taken_in_batches_hashed_files_of_before_stay_and_those_of_earlier_ones_do_not()
    {
        const string Former = "fedcba9876543210";
        Collected(Former);
        Collected(Digest);
        foreach (var file in new[] { "site.css", "a/site.0123456789ab.css", "new.0123456789ab.js", "staticfiles.json" })
        {
            Directory.CreateDirectory(Path.GetDirectoryName($"{_spec.Path}.d/{Former}/{file}")!);
            File.WriteAllText($"{_spec.Path}.d/{Former}/{file}", "old");
        }
        _ = Sh.Run(new BuiltFolder(_spec.Path, Former).Note($"{_spec.Path}.d/{Former}")).Good;
        File.WriteAllText($"{_spec.Path}.d/{Former}/kept.aaaaaaaaaaaa.css", "older");
        File.WriteAllText($"{_spec.Path}.d/{Digest}/new.0123456789ab.js", "new");
        File.CreateSymbolicLink(_spec.Path, $"{_spec.Path}.d/{Former}");

        List<Step> steps = [.. _kind.Steps(Resource, Seen, Change.Of(Differences()) with { Rolls = true })];
        var keep = steps.Single(step => step.Summary.StartsWith("keep ", StringComparison.Ordinal));
        for (var time = 0; time < 2; time++)
            _ = Sh.Run(((PayloadPart.Text)keep.Request!.Payload[^1]).Value, _spec.Path + ".d").Good;

        Directory.EnumerateFiles($"{_spec.Path}.d/{Digest}", "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath($"{_spec.Path}.d/{Digest}", file)).Order()
            .ShouldBe(["a/site.0123456789ab.css", "new.0123456789ab.js"]);
        File.ReadAllText($"{_spec.Path}.d/{Digest}/new.0123456789ab.js").ShouldBe("new");
        (keep.Phase, keep.Rank).ShouldBe((Phase.Static, -1));
        Steps().ShouldNotContain(step => step.Summary.StartsWith("keep ", StringComparison.Ordinal));
    }

    [Fact]
    public void Only_a_collect_that_went_well_counts_as_ready()
    {
        var step = Steps().Single(step => step.Request!.Verb == "try");
        var script = ((PayloadPart.Text)step.Request!.Payload[^1]).Value;

        Runtimes.Python(_folder.In("venv.d/packages"), "exit 1");
        Sh.Run(script).Code.ShouldNotBe(0);
        Sh.Run(step.Proof!).Code.ShouldNotBe(0);

        Runtimes.Python(_folder.In("venv.d/packages"), $"echo \"$* $DJANGO_SETTINGS_MODULE $QUOTED $PYTHONDONTWRITEBYTECODE\" >{_folder.Path}/call");
        _ = Sh.Run(script).Good;
        Sh.Run(step.Proof!).Code.ShouldBe(0);
        File.ReadAllText(_folder.In("call")).ShouldBe("manage.py collectstatic --noinput --verbosity 0 config.settings.production it's $HOME 1\n");
    }

    [Fact]
    public void What_is_collected_and_switched_to_is_as_git_says()
    {
        Collected(Digest);
        File.CreateSymbolicLink(_spec.Path, _spec.Folder);

        Differences().ShouldBeEmpty();
        Steps().ShouldBeEmpty();
    }

    [Fact]
    public void Those_of_another_commit_are_switched_and_the_ones_before_them_tidied()
    {
        Collected(Digest);
        Collected("live");
        Collected("older");
        File.CreateSymbolicLink(_spec.Path, _spec.Path + ".d/live");

        var difference = Differences().Single();
        (difference.Wanted, difference.Observed).ShouldBe((Digest, "live"));
        var steps = Steps();
        steps.Select(step => step.Phase).ShouldBe([Phase.Static, Phase.Tidy]);
        Sh.Run(steps[0].Proof!).Code.ShouldNotBe(0);
        _ = Sh.Run(((PayloadPart.Text)steps[1].Request!.Payload[0]).Value, steps[1].Request!.Arguments[1]).Good;
        Sh.Run(steps[1].Proof!).Code.ShouldBe(0);
        Directory.GetDirectories(_spec.Path + ".d").Select(Path.GetFileName).ShouldBe([Digest, "live"], ignoreOrder: true);
    }

    [Fact]
    public void A_link_to_a_folder_that_was_never_finished_differs()
    {
        Directory.CreateDirectory(_spec.Folder);
        File.CreateSymbolicLink(_spec.Path, _spec.Folder);

        Differences().Single().Type.ShouldBe(DifferenceType.Change);
        Steps().ShouldContain(step => step.Request!.Verb == "try");
    }

    [Fact]
    public void A_folder_made_by_hand_is_said_and_needs_no_mount_point()
    {
        Directory.CreateDirectory(_spec.Path);

        Differences().Single().Sentence.ShouldContain("is a folder made by hand");
        Steps().Count(step => step.Request!.Verb == "link").ShouldBe(1);
    }

    [Fact]
    public void Junk_is_passed_over() => _kind.Read(Resource, null, "Welcome\n\uFFFD\nlinked\n", dearer: false).ShouldBe(Reading.Absent);

    private string Badge => $"{_spec.Path}/app/badge.0123.css";

    /// <summary>Prepare and Static as a run makes them; collectstatic finds the folder of now at STATIC_ROOT, as the bind shows it.</summary>
    private void Mend()
    {
        Runtimes.Python(_folder.In("venv.d/packages"), $$"""
            mkdir -p {{_spec.Path}}/app && echo x >{{_spec.Path}}/app/badge.0123.css && echo y >{{_spec.Path}}/app/other.css && echo '{}' >{{_spec.Path}}/staticfiles.json
            """);
        foreach (var step in Steps().Where(step => step.Phase == Phase.Prepare))
            Take(step);
        foreach (var step in Steps())
            Take(step);
    }

    private void Take(Step step)
    {
        switch (step.Request!.Verb)
        {
            case "directory":
                Directory.CreateDirectory(step.Request.Arguments[0]);
                break;
            case "link":
                _ = Sh.Run($"ln -sfn {step.Request.Arguments[1]} {step.Request.Arguments[0]}").Good;
                break;
            case "try":
                Collect(step.Request);
                break;
            default:
                _ = Sh.Run(((PayloadPart.Text)step.Request.Payload[^1]).Value, step.Request.Arguments[1]).Good;
                break;
        }
        if (step.Proof is { } proof)
            Sh.Run(proof).Code.ShouldBe(0, step.Summary);
    }

    private void Collect(RunnerRequest request)
    {
        var binds = request.Arguments.Skip(4).Chunk(2).Take(int.Parse(request.Arguments[3])).ToDictionary(bind => bind[1], bind => bind[0]);
        var live = File.ResolveLinkTarget(_spec.Path, returnFinalTarget: false)!.FullName;
        _ = Sh.Run($"ln -sfn {binds[_spec.Path]} {_spec.Path}").Good;
        _ = Sh.Run(((PayloadPart.Text)request.Payload[^1]).Value).Good;
        _ = Sh.Run($"ln -sfn {live} {_spec.Path}").Good;
    }

    [Fact]
    public void A_file_that_was_removed_is_named_and_comes_back_with_a_folder_collected_beside()
    {
        Mend();
        Differences().ShouldBeEmpty();
        File.Delete(Badge);

        Differences().Single().Sentence.ShouldBe($"{_spec.Path} lacks app/badge.0123.css");
        Steps().Where(step => step.Phase == Phase.Prepare && step.Request!.Verb == "try")
            .ShouldHaveSingleItem().Request!.Arguments.ShouldNotContain(_spec.Folder);
        Mend();

        Differences().ShouldBeEmpty();
        File.Exists(Badge).ShouldBeTrue();
        Directory.GetFileSystemEntries(_spec.Path + ".d").Select(Path.GetFileName).ShouldAllBe(name => !name!.Contains(".new") && !name.Contains(".old"));
    }

    [Fact]
    public void A_folder_that_is_gone_is_said_and_comes_back()
    {
        Mend();
        Directory.Delete(_spec.Folder, recursive: true);

        Differences().Single().Sentence.ShouldBe($"{_spec.Path} leads to nothing: {_spec.Folder} is gone");
        Mend();

        Differences().ShouldBeEmpty();
        File.Exists(Badge).ShouldBeTrue();
    }

    [Fact]
    public void A_live_one_without_its_record_is_collected_beside_and_switched_so_that_its_readers_start_again()
    {
        Mend();
        File.Delete(_spec.ReadyFile);

        Steps().Where(step => step.Phase == Phase.Static).ShouldNotBeEmpty();
        Steps().Where(step => step.Phase == Phase.Static).ShouldAllBe(step => Sh.Run(step.Proof!).Code != 0);
        Mend();

        Differences().ShouldBeEmpty();
    }

    [Fact]
    public void An_ordinary_look_reads_no_file_and_starts_a_thorough_one_only_when_a_folder_changed()
    {
        Mend();
        var first = Looked.At(_kind, Resource);
        first.AskedMore.ShouldBeTrue();
        var facts = first.Observation.FactsOf<StaticFilesFacts>();
        Looked.At(_kind, Resource, facts).AskedMore.ShouldBeFalse();

        File.Delete(Badge);
        var damaged = Looked.At(_kind, Resource, facts);
        damaged.AskedMore.ShouldBeTrue();
        var again = Looked.At(_kind, Resource, damaged.Observation.FactsOf<StaticFilesFacts>());
        again.AskedMore.ShouldBeFalse();
        _kind.Compare(Resource, again.Observation, ReadMarkers.None).Single().Sentence.ShouldEndWith("lacks app/badge.0123.css");

        File.Delete($"{_spec.Path}/app/other.css");
        var more = Looked.At(_kind, Resource, again.Observation.FactsOf<StaticFilesFacts>());
        _kind.Compare(Resource, more.Observation, ReadMarkers.None).Single().Sentence.ShouldEndWith("lacks app/badge.0123.css (and 1 more file)");
    }

    [Fact]
    public void A_file_edited_in_place_is_found_by_a_look_that_starts_from_nothing()
    {
        Mend();
        _ = Sh.Run($"printf z >>{Badge}").Good;

        Differences().Single().Sentence.ShouldBe($"{_spec.Path} has app/badge.0123.css changed by hand");
    }

    [Fact]
    public void What_the_application_puts_there_itself_is_no_difference()
    {
        Mend();
        Directory.CreateDirectory($"{_spec.Path}/CACHE");
        File.WriteAllText($"{_spec.Path}/CACHE/a.css", "a");

        Differences().ShouldBeEmpty();
    }

    [Fact]
    public void Looking_leaves_nothing_behind()
    {
        Mend();
        var before = Sh.Traces(_folder.Path);

        Look();

        Sh.Traces(_folder.Path).ShouldBe(before);
    }
}
