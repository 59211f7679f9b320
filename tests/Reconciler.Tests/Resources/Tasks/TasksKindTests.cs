using Reconciler.Model;
using Reconciler.Resources.Tasks;
using Reconciler.Tests.Git;

namespace Reconciler.Tests.Resources.Tasks;

public sealed class TasksKindTests : IDisposable
{
    private readonly IResourceKind _kind = new TasksKind();
    private readonly ScratchFolder _folder = new();
    private readonly ApplicationRuntime _runtime;

    public TasksKindTests()
    {
        _runtime = Runtimes.In(_folder.Path);
        Directory.CreateDirectory($"{_runtime.Path}/.git");
        Directory.CreateDirectory(_runtime.Directory);
        Runtimes.Python(_runtime.VirtualEnvironment, $"echo \"$@\" >>{_folder.In("ran")}; [ -e {_folder.In("done")} ] || [ \"$2\" != has_admin ] && [ ! -e {_folder.In("broken")} ]\n");
    }

    public void Dispose() => _folder.Dispose();

    private TaskSpec Spec(int run = 1, string? unless = null) =>
        new(_runtime, "admin", run, Phase.Migrate, "python manage.py createsuperuser --name 'it'\\''s'") { Unless = unless, Deadline = TimeSpan.FromMinutes(1) };

    private static Resource Of(TaskSpec spec) => new(new("web1", "coralnet", "Tasks", $"admin@{spec.Run}"), spec, new Place("base/coralnet/tasks.yaml", 5, 3));

    private Observation Look(TaskSpec spec)
    {
        var script = _kind.Probe(Of(spec), null).Script;
        return _kind.Read(Of(spec), null, Sh.Run(script).Output, dearer: false).ShouldBeOfType<Reading.Observed>().Observation;
    }

    private List<Difference> Differences(TaskSpec spec) => [.. _kind.Compare(Of(spec), Look(spec), ReadMarkers.None)];

    private Step? Step(TaskSpec spec) => _kind.Steps(Of(spec), Look(spec), Change.Of(Differences(spec))).SingleOrDefault();

    private int Run(TaskSpec spec)
    {
        var step = Step(spec).ShouldNotBeNull();
        step.Request!.Verb.ShouldBe("run");
        return Sh.Run($"cd {_runtime.Directory}\n" + ((PayloadPart.Text)step.Request.Payload.Single()).Value).Code;
    }

    private string[] Ran => File.Exists(_folder.In("ran")) ? File.ReadAllLines(_folder.In("ran")) : [];

    private bool Proven(TaskSpec spec) => Sh.Run(Step(Spec(run: 9))!.Proof!.Replace(" 9 ", $" {spec.Run} ").Replace(" 9'", $" {spec.Run}'")).Code == 0;

    [Fact]
    public void It_is_run_once()
    {
        Differences(Spec()).Single().ToString().ShouldContain("task admin, number 1, was not run yet");

        Run(Spec()).ShouldBe(0);

        Ran.ShouldBe(["manage.py createsuperuser --name it's"]);
        Differences(Spec()).ShouldBeEmpty();
        Step(Spec()).ShouldBeNull();
        Proven(Spec()).ShouldBeTrue();
        Proven(Spec(run: 2)).ShouldBeFalse();
    }

    [Fact]
    public void A_higher_number_has_it_run_once_more_and_a_lower_one_does_not()
    {
        Run(Spec());

        Run(Spec(run: 2)).ShouldBe(0);

        Ran.Length.ShouldBe(2);
        Differences(Spec(run: 1)).ShouldBeEmpty();
        Differences(Spec(run: 2)).ShouldBeEmpty();
    }

    [Fact]
    public void One_that_failed_says_with_what_and_is_run_again()
    {
        File.WriteAllText(_folder.In("broken"), "");

        Run(Spec()).ShouldBe(1);

        Differences(Spec()).Single().Sentence.ShouldBe("task admin, number 1, ended with exit code 1");
        Proven(Spec()).ShouldBeFalse();
        File.Delete(_folder.In("broken"));
        Run(Spec()).ShouldBe(0);
        Differences(Spec()).ShouldBeEmpty();
    }

    [Fact]
    public void One_that_was_begun_and_has_no_end_is_for_a_person()
    {
        File.WriteAllText(Spec().Record, "begun 1\n");

        Differences(Spec()).Single().Refusal.ShouldBe(
            "look whether it did its work: if so, acknowledge `task` for task:coralnet/admin@1; if it may be run again, write run: 2");
        Differences(Spec(run: 2)).Single().Refusal.ShouldBeNull();
        _kind.Compare(Of(Spec()) with { DoneBecause = "INC-1" }, Look(Spec()), ReadMarkers.None).ShouldBeEmpty();
    }

    [Fact]
    public void Its_process_notes_that_it_begins_before_it_does_anything()
    {
        var spec = Spec() with { Command = $"cp {Spec().Record} {_folder.In("seen")}" };

        Run(spec);

        File.ReadAllText(_folder.In("seen")).ShouldBe("begun 1\n");
    }

    [Fact]
    public void Where_unless_holds_it_is_not_run()
    {
        File.WriteAllText(_folder.In("done"), "");
        var spec = Spec(unless: "python manage.py has_admin");

        Run(spec).ShouldBe(0);

        Ran.ShouldBe(["manage.py has_admin"]);
        Differences(spec).ShouldBeEmpty();
        Proven(spec).ShouldBeTrue();
    }

    [Fact]
    public void With_unless_one_without_an_end_is_run_again_where_it_does_not_hold()
    {
        var spec = Spec(unless: "python manage.py has_admin");
        File.WriteAllText(spec.Record, "begun 1\n");

        Differences(spec).Single().Refusal.ShouldBeNull();
        Run(spec).ShouldBe(0);

        Ran.ShouldBe(["manage.py has_admin", "manage.py createsuperuser --name it's"]);
    }

    [Fact]
    public void One_that_collects_static_files_notes_them_anew_where_we_collected_them()
    {
        var link = _folder.In("static");
        Directory.CreateDirectory($"{link}.d/0123");
        File.CreateSymbolicLink(link, $"{link}.d/0123");
        foreach (var file in new[] { "ready", "files", "dirs" })
            File.WriteAllText($"{link}.d/.0123.{file}", "");

        Run(Spec() with { Command = $"sh -c 'mkdir {link}/css; echo x >{link}/css/site.css'", Collects = link }).ShouldBe(0);

        File.ReadAllText($"{link}.d/.0123.files").ShouldStartWith("css/site.css|f|2|");
        File.ReadAllText($"{link}.d/.0123.dirs").ShouldBe(".\n./css\n");
        var built = new BuiltFolder(link, "0123");
        Sh.Run(built.Look).Output.ShouldBe("built same\n");
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("begun")]
    [InlineData("begun x")]
    [InlineData("ended 1")]
    [InlineData("begun -1")]
    [InlineData("ended 1 0 0")]
    [InlineData("begun 99999999999")]
    public void What_is_no_record_is_not_taken_for_one(string record)
    {
        File.WriteAllText(Spec().Record, record + "\n");

        Look(Spec()).ShouldBeOfType<Observation.Unknown>().Why.ShouldContain(Spec().Record);
    }
}
