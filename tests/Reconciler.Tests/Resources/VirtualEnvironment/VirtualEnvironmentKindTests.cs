using Reconciler.Model;
using Reconciler.Resources.VirtualEnvironment;
using Reconciler.Tests.Git;

namespace Reconciler.Tests.Resources.VirtualEnvironment;

public sealed class VirtualEnvironmentKindTests : IDisposable
{
    private const string Digest = "0123456789abcdef";
    private const string OldDigest = "fedcba9876543210";

    private readonly IResourceKind _kind = new VirtualEnvironmentKind();
    private readonly ScratchFolder _folder = new();
    private readonly VirtualEnvironmentSpec _spec;

    public VirtualEnvironmentKindTests()
    {
        _spec = new(_folder.In("venv"), "coralnet", Digest, Interpreter(), SystemSitePackages: false, _folder.In("code/requirements/production.txt"), null, null);
        Directory.CreateDirectory(_folder.In("code/requirements"));
        Directory.CreateDirectory(_folder.In("venv.d"));
        File.WriteAllText(_spec.Requirements, "Django==5.0\n");
    }

    public void Dispose() => _folder.Dispose();

    private Resource Resource => new(new("web1", "coralnet", "VirtualEnvironment", "virtualenv"), _spec, new Place("base/coralnet/application.yaml", 11, 3));

    /// <summary>Plays python: -m venv makes a folder with itself in it, pip install makes one package, and a file named "fail" makes a verb fail, "kill" be killed.</summary>
    private string Interpreter()
    {
        var file = _folder.In("python3");
        File.WriteAllText(file, $$"""
            #!/bin/sh
            echo "$*" >>{{_folder.Path}}/calls
            [ -f {{_folder.Path}}/kill ] && case "$*" in *"$(cat {{_folder.Path}}/kill)"*) kill -9 $$;; esac
            [ -f {{_folder.Path}}/hash ] && case "$*" in *"$(cat {{_folder.Path}}/hash)"*) echo 'ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.' >&2; exit 1;; esac
            [ -f {{_folder.Path}}/fill ] && case "$*" in *"$(cat {{_folder.Path}}/fill)"*) head -c 4000000 /dev/zero >"${0%/bin/python}/lib/big" || exit 2;; esac
            [ -f {{_folder.Path}}/stuff ] && case "$*" in
            *"-m venv"*) for d in "$@"; do :; done; mkdir -p "$d/bin" "$d/lib"; cp "$0" "$d/bin/python"; "$d/bin/python" -Im ensurepip >/dev/null 2>&1
            echo 'Error: Command -Im ensurepip returned non-zero exit status 1.' >&2; exit 1;;
            *"-Im ensurepip"*) . {{_folder.Path}}/stuff; echo 'subprocess.CalledProcessError: Command -c returned non-zero exit status 1.' >&2; exit 1;;
            esac
            [ -f {{_folder.Path}}/fail ] && case "$*" in *"$(cat {{_folder.Path}}/fail)"*) echo 'no matching distribution' >&2; exit 1;; esac
            case "$*" in
            *"-m venv"*) for d in "$@"; do :; done; mkdir -p "$d/bin" "$d/lib/python3.11/site-packages"; cp "$0" "$d/bin/python";;
            *"pip"*" install "*) echo '#!/bin/sh' >"${0%python}gunicorn"; mkdir -p "${0%/bin/python}/lib/python3.11/site-packages/django"
            echo 'x = 1' >"${0%/bin/python}/lib/python3.11/site-packages/django/apps.py"; echo 'y = 1' >"${0%/bin/python}/lib/python3.11/site-packages/django/urls.py"; mkdir -p "${0%/bin/python}/lib/python3.11/site-packages/Django-5.0.dist-info";;
            esac
            """);
        File.SetUnixFileMode(file, (UnixFileMode)0b111_101_101);
        return file;
    }

    private Reading Look() => Looked.At(_kind, Resource).Reading;

    private VirtualEnvironmentFacts? Facts => Look().ShouldBeOfType<Reading.Observed>().Observation.FactsOf<VirtualEnvironmentFacts>();

    private List<Difference> Differences() => [.. _kind.Compare(Resource, ((Reading.Observed)Look()).Observation, ReadMarkers.None)];

    private List<Step> Steps() => [.. _kind.Steps(Resource, ((Reading.Observed)Look()).Observation, Change.Of(Differences()))];

    private static Sh.Outcome Run(Step step) => Sh.Run(((PayloadPart.Text)step.Request!.Payload[0]).Value, step.Request.Arguments[1]);

    private void Build() => _ = Run(Steps().Single(step => step.Summary.StartsWith("build", StringComparison.Ordinal))).Good;

    private void Link(string target) => File.CreateSymbolicLink(_spec.Path, target);

    [Fact]
    public void With_nothing_there_it_is_absent_built_in_Prepare_and_switched_in_Virtualenv()
    {
        Look().ShouldBe(Reading.Absent);
        Differences().Single().Type.ShouldBe(DifferenceType.Add);
        Steps().Select(step => step.Phase).ShouldBe([Phase.Prepare, Phase.Prepare, Phase.Virtualenv]);
    }

    [Fact]
    public void What_was_built_and_switched_to_is_as_git_says()
    {
        Build();
        Link(_spec.Folder);

        Differences().ShouldBeEmpty();
        Facts.ShouldNotBeNull().Marker.ShouldBe(Digest);
        foreach (var step in _kind.Steps(Resource, new Observation.Absent(), Change.Of([new(Resource.Id, DifferenceType.Add, "x")])))
            Sh.Run(step.Proof!).Code.ShouldBe(0, step.Summary);
    }

    [Fact]
    public void Building_leaves_the_old_one_alone_and_only_the_switch_is_left_to_do()
    {
        Directory.CreateDirectory($"{_spec.Path}.d/{OldDigest}");
        File.WriteAllText($"{_spec.Path}.d/.{OldDigest}.ready", "");
        Link($"{_spec.Path}.d/{OldDigest}");

        Build();

        Differences().Single().Sentence.ShouldBe($"the packages are those of virtualenv {OldDigest}, the requirements say {Digest}");
        Steps().Select(step => step.Summary).ShouldBe([$"switch {_spec.Path} to virtualenv {Digest}"]);
    }

    [Fact]
    public void One_that_is_neither_live_nor_wanted_is_tidied_away()
    {
        Build();
        Link($"{_spec.Path}.d/{OldDigest}");
        File.WriteAllText($"{_spec.Path}.d/.{OldDigest}.ready", "");
        Directory.CreateDirectory($"{_spec.Path}.d/older");
        File.WriteAllText($"{_spec.Path}.d/.older.ready", "");

        var tidy = Steps().Single(step => step.Phase == Phase.Tidy);
        _ = Run(tidy).Good;

        Directory.Exists($"{_spec.Path}.d/older").ShouldBeFalse();
        Sh.Run(tidy.Proof!).Code.ShouldBe(0);
        Facts.ShouldNotBeNull().Ready.ShouldBe([OldDigest, Digest], ignoreOrder: true);
    }

    [Theory]
    [InlineData("-m venv")]
    [InlineData("-q install")]
    [InlineData("-q check")]
    public void A_build_that_fails_leaves_nothing_that_counts_as_ready(string call)
    {
        var build = Steps().Single(step => step.Summary.StartsWith("build", StringComparison.Ordinal));
        File.WriteAllText(_folder.In("fail"), call);

        Run(build).Code.ShouldNotBe(0);

        Sh.Run(build.Proof!).Code.ShouldNotBe(0);
        Look().ShouldBe(Reading.Absent);
        File.Delete(_folder.In("fail"));
        _ = Run(build).Good;
        Sh.Run(build.Proof!).Code.ShouldBe(0);
    }

    [Theory]
    [InlineData("fail")]
    [InlineData("kill")]
    [InlineData("hash")]
    [InlineData("fill")]
    public void When_pip_fails_or_is_killed_the_old_one_is_byte_for_byte_what_it_was(string how)
    {
        using var disk = new SmallDisk(_folder.In("venv.d"), "2m");
        var old = $"{_spec.Path}.d/{OldDigest}";
        Directory.CreateDirectory($"{old}/bin");
        File.WriteAllText($"{old}/bin/gunicorn", "old");
        File.WriteAllText($"{_spec.Path}.d/.{OldDigest}.ready", "");
        Link(old);
        var build = Steps().Single(step => step.Summary.StartsWith("build", StringComparison.Ordinal));
        var before = Sh.Traces(old);
        File.WriteAllText(_folder.In(how), "-q install");

        Run(build).Code.ShouldNotBe(0);

        (Sh.Traces(old), File.ReadAllText($"{old}/bin/gunicorn"), new FileInfo(_spec.Path).LinkTarget).ShouldBe((before, "old", old));
        Sh.Run(build.Proof!).Code.ShouldNotBe(0);
    }

    [Theory]
    [InlineData("head -c 4000000 /dev/zero >\"${0%/bin/python}/lib/big\"", "2m", "has 0 KiB and [0-9]+ inodes free", "du -x ")]
    [InlineData("i=0; while :; do : >\"${0%/bin/python}/lib/$((i += 1))\" || break; done", "2m,nr_inodes=60", "has [0-9]+ KiB and 0 inodes free", "du --inodes -x ")]
    public void A_disk_that_is_full_for_ensurepip_is_named_with_what_is_free_and_nothing_half_built_stays_on_it(string stuff, string size, string said, string names)
    {
        using var disk = new SmallDisk(_folder.In("venv.d"), size);
        var build = Steps().Single(step => step.Summary.StartsWith("build", StringComparison.Ordinal));
        File.WriteAllText(_folder.In("stuff"), stuff);

        var outcome = Run(build);

        outcome.Code.ShouldBe(1);
        outcome.Output.TrimEnd().Split('\n')[^1].ShouldMatch($"^ERROR: the disk is full: the file system at {_folder.In("venv.d")} {said}, and the virtualenv needs more; "
            + $"make room there, `{names}{_folder.In("venv.d")} ");
        Directory.EnumerateFileSystemEntries(_folder.In("venv.d")).ShouldBeEmpty();
        File.Delete(_folder.In("stuff"));
        _ = Run(build).Good;
        Sh.Run(build.Proof!).Code.ShouldBe(0);
    }

    [Theory]
    [InlineData("6m")]
    [InlineData("64m,nr_inodes=100")]
    public void So_it_is_with_the_real_venv(string size)
    {
        Assert.SkipUnless(Sh.Run("python3 -c 'import ensurepip'").Code == 0, "python3 has no ensurepip here");
        using var disk = new SmallDisk(_folder.In("venv.d"), size);
        var resource = Resource with { Spec = _spec with { Interpreter = "python3" } };
        var build = _kind.Steps(resource, new Observation.Absent(), Change.Of([new(resource.Id, DifferenceType.Add, "x")]))
            .Single(step => step.Summary.StartsWith("build", StringComparison.Ordinal));

        var outcome = Run(build);

        outcome.Code.ShouldBe(1);
        outcome.Output.TrimEnd().Split('\n')[^1].ShouldStartWith($"ERROR: the disk is full: the file system at {_folder.In("venv.d")} has ");
        Directory.EnumerateFileSystemEntries(_folder.In("venv.d")).ShouldBeEmpty();
    }

    [Fact]
    public void A_build_that_fails_for_another_reason_speaks_of_no_disk()
    {
        File.WriteAllText(_folder.In("fail"), "-q install");

        var outcome = Run(Steps().Single(step => step.Summary.StartsWith("build", StringComparison.Ordinal)));

        (outcome.Code, outcome.Output).ShouldBe((1, "no matching distribution\n"));
        Directory.Exists(_spec.Folder).ShouldBeFalse();
    }

    [Fact]
    public void Packages_come_from_the_wheelhouse_alone_where_there_is_one()
    {
        var step = _kind.Steps(Resource with { Spec = _spec with { Wheelhouse = "/srv/www/coralnet.d/c/sdists", PipVersion = "24.0" } }, new Observation.Absent(),
            Change.Of([new(Resource.Id, DifferenceType.Add, "x")])).Single(step => step.Summary.StartsWith("build", StringComparison.Ordinal));
        _ = Run(step).Good;

        var installs = File.ReadAllLines(_folder.In("calls")).Where(call => call.Contains(" install ")).ToList();
        installs.Count.ShouldBe(2);
        installs.ShouldAllBe(call => call.Contains("--no-index --find-links /srv/www/coralnet.d/c/sdists"));
    }

    [Fact]
    public void A_package_added_or_removed_by_hand_is_named_and_the_virtualenv_rebuilt_beside_and_switched_while_services_are_stopped()
    {
        Build();
        Link(_spec.Folder);
        var packages = $"{_spec.Folder}/lib/python3.11/site-packages";
        Directory.CreateDirectory($"{packages}/requests-2.0.dist-info");
        Directory.Move($"{packages}/Django-5.0.dist-info", $"{packages}/Django-5.1.dist-info");

        Differences().Single().Sentence.ShouldBe($"packages of {_spec.Path} were changed by hand: "
            + "Django is 5.1 in the place of 5.0, requests 2.0 was added");
        Mend();

        Differences().ShouldBeEmpty();
        Directory.GetDirectories(packages).Select(Path.GetFileName).ShouldBe(["Django-5.0.dist-info", "django"], ignoreOrder: true);
    }

    [Fact]
    public void A_virtualenv_whose_interpreter_went_away_is_broken()
    {
        Build();
        Link(_spec.Folder);
        File.Delete($"{_spec.Folder}/bin/python");

        Differences().Single().Sentence.ShouldContain("is broken");
    }

    [Fact]
    public void A_folder_made_by_hand_is_told_from_a_link()
    {
        Directory.CreateDirectory(_spec.Path);

        Differences().Single().Sentence.ShouldContain("is a folder made by hand");
        Steps().Last().Request!.Verb.ShouldBe("link");
    }

    [Fact]
    public void Junk_between_the_lines_is_passed_over()
    {
        var output = $"motd\nlink {_spec.Folder}\nready {Digest}\n\0\uFFFD\nworks\nnow Django-5.0\nwas Django-5.0\n";

        var facts = _kind.Read(Resource, null, output, dearer: false).ShouldBeOfType<Reading.Observed>().Observation;

        _kind.Compare(Resource, facts, ReadMarkers.None).ShouldBeEmpty();
        _kind.Read(Resource, null, "motd\n", dearer: false).ShouldBe(Reading.Absent);
    }

    [Fact]
    public void Looking_leaves_nothing_behind()
    {
        Build();
        Link(_spec.Folder);
        var before = Sh.Traces(_folder.Path);

        Look();

        Sh.Traces(_folder.Path).ShouldBe(before);
    }

    private string Packages => $"{_spec.Folder}/lib/python3.11/site-packages";

    /// <summary>
    /// Prepare and Virtualenv as a run makes them. The new folder is bound over the live one where only the build sees it: here the live one steps aside.
    /// </summary>
    private void Mend()
    {
        foreach (var step in Steps().Where(step => step.Phase == Phase.Prepare))
            Take(step);
        var rest = Steps();
        rest.ShouldAllBe(step => step.Phase == Phase.Virtualenv);
        foreach (var step in rest)
            Take(step);
    }

    private void Take(Step step)
    {
        if (step.Request!.Verb == "directory")
            Directory.CreateDirectory(step.Request.Arguments[0]);
        else if (step.Request.Verb == "try")
            BuildInNamespace(step.Request);
        else if (step.Request.Verb != "link")
            _ = Run(step).Good;
        Sh.Run(step.Proof!).Code.ShouldBe(0, step.Summary);
    }

    private void BuildInNamespace(RunnerRequest request)
    {
        var binds = request.Arguments.Skip(4).Chunk(2).Take(int.Parse(request.Arguments[3])).ToDictionary(bind => bind[1], bind => bind[0]);
        binds.Keys.ShouldBe([_spec.Folder]);
        _ = Sh.Run($"mv {_spec.Folder} {_folder.In("aside")} && mv {binds[_spec.Folder]} {_spec.Folder}").Good;
        _ = Sh.Run(((PayloadPart.Text)request.Payload[^1]).Value, _spec.Path + ".d").Good;
        _ = Sh.Run($"mv {_spec.Folder} {binds[_spec.Folder]} && mv {_folder.In("aside")} {_spec.Folder}").Good;
    }

    [Theory]
    [InlineData("bin/gunicorn")]
    [InlineData("lib/python3.11/site-packages/django/apps.py")]
    public void A_file_that_was_removed_is_named_and_comes_back_with_a_virtualenv_built_beside(string file)
    {
        Build();
        Link(_spec.Folder);
        Differences().ShouldBeEmpty();
        File.Delete($"{_spec.Folder}/{file}");

        Differences().Single().Sentence.ShouldBe($"virtualenv {Digest} lacks {file}");
        // Nobody has loaded what is not there: it comes back unnoticed, before the new code of a deploy is tried with it.
        Steps().ShouldAllBe(step => step.Phase == Phase.Prepare);
        Mend();

        Differences().ShouldBeEmpty();
        File.Exists($"{_spec.Folder}/{file}").ShouldBeTrue();
        Directory.GetFileSystemEntries(_spec.Path + ".d").Select(Path.GetFileName).ShouldAllBe(name => !name!.Contains(".new") && !name.Contains(".old"));
    }

    [Fact]
    public void Several_files_are_counted_and_edited_and_added_ones_told_apart()
    {
        Build();
        Link(_spec.Folder);
        File.Delete($"{_spec.Folder}/bin/gunicorn");
        Directory.Delete($"{Packages}/django", recursive: true);
        Differences().Single().Sentence.ShouldBe($"virtualenv {Digest} lacks bin/gunicorn (and 2 more files)");

        Mend();
        File.AppendAllText($"{Packages}/django/apps.py", "x = 2\n");
        File.WriteAllText($"{Packages}/sitecustomize.py", "x = 3\n");
        Differences().Single().Sentence.ShouldBe($"virtualenv {Digest} has lib/python3.11/site-packages/django/apps.py changed by hand; "
            + "has lib/python3.11/site-packages/sitecustomize.py added by hand");
    }

    [Fact]
    public void What_python_and_the_packages_put_there_as_they_run_is_no_difference_and_looked_at_once()
    {
        Build();
        Link(_spec.Folder);
        var facts = Facts;
        Directory.CreateDirectory($"{Packages}/django/__pycache__");
        File.WriteAllText($"{Packages}/django/__pycache__/apps.cpython-311.pyc", "compiled");
        File.WriteAllText($"{Packages}/django/cache.dat", "suffixes");

        var look = Looked.At(_kind, Resource, facts);
        _kind.Compare(Resource, look.Observation, ReadMarkers.None).ShouldBeEmpty();

        Looked.At(_kind, Resource, look.Observation.FactsOf<VirtualEnvironmentFacts>()).AskedMore.ShouldBeFalse();
    }

    [Fact]
    public void One_of_before_without_a_list_of_its_files_is_taken_as_it_is()
    {
        Build();
        Link(_spec.Folder);
        foreach (var list in new[] { "files", "dirs" })
            File.Delete($"{_spec.Path}.d/.{Digest}.{list}");
        File.Delete($"{_spec.Folder}/bin/gunicorn");

        Differences().ShouldBeEmpty();
        Looked.At(_kind, Resource).AskedMore.ShouldBeFalse();
    }

    [Fact]
    public void A_prepared_one_that_was_damaged_since_is_built_again_before_anything_stops()
    {
        Build();
        Directory.CreateDirectory($"{_spec.Path}.d/{OldDigest}");
        File.WriteAllText($"{_spec.Path}.d/.{OldDigest}.ready", "");
        Link($"{_spec.Path}.d/{OldDigest}");
        File.Delete($"{_spec.Folder}/bin/gunicorn");

        var build = Steps().Single(step => step.Summary.StartsWith("build", StringComparison.Ordinal));

        (build.Phase, build.SkipWhenProven).ShouldBe((Phase.Prepare, false));
        _ = Run(build).Good;
        Steps().Select(step => step.Phase).ShouldBe([Phase.Virtualenv]);
    }
}
