using Reconciler.Diffing;
using Reconciler.Model;
using Reconciler.Resources.Code;
using Reconciler.Resources.Service;
using Reconciler.Tests.Documents.Expansion;
using Reconciler.Tests.Planning;

namespace Reconciler.Tests.Diffing;

public sealed class DifferTests
{
    private static readonly Expanded Example = new();

    [Fact]
    public void What_is_absent_differs_and_what_is_unknown_only_counts_as_unknown()
    {
        var world = new World(Example);
        var (absent, unknown) = (world.Find("Code", "web1"), world.Find("Code", "web2"));
        world.Seen[absent.Id] = new Observation.Absent();
        world.Seen[unknown.Id] = new Observation.Unknown("web2 did not answer");

        var diff = World.Differ.Compare([absent, unknown], world.Seen);

        diff.ByResource.Keys.ShouldBe([absent.Id]);
        diff.All.Single().Type.ShouldBe(DifferenceType.Add);
        diff.Unknown.ShouldBe([new UnknownResource(unknown, "web2 did not answer")]);
        diff.IsEmpty.ShouldBeFalse();
    }

    [Fact]
    public void What_nobody_looked_at_is_unknown_and_not_missing()
    {
        var code = new World(Example).Find("Code", "web1");

        var diff = World.Differ.Compare([code], new Dictionary<ResourceId, Observation>());

        diff.ByResource.ShouldBeEmpty();
        diff.Unknown.Single().Resource.ShouldBe(code);
    }

    [Fact]
    public void Every_resource_of_a_dead_server_is_unknown_and_none_differs()
    {
        var world = new World(Example);
        var resources = world.UnitOf("coralnet").Resources;
        var nothing = resources.ToDictionary(resource => resource.Id, _ => (Observation)new Observation.Unknown("did not answer"));

        var diff = World.Differ.Compare(resources, nothing);

        diff.ByResource.ShouldBeEmpty();
        diff.Unknown.Count.ShouldBe(resources.Count);
    }

    [Fact]
    public void A_process_that_has_read_something_else_than_what_is_there_differs()
    {
        var world = new World(Example).Where<ServiceFacts>("Service", "web1",
            facts => facts.Note is { } note ? facts with { Note = note with { Reads = note.Reads.ToDictionary(read => read.Key, _ => Expanded.NewCommit) } } : facts, "gunicorn");

        var diff = World.Differ.Compare(world.UnitOf("coralnet").Resources, world.Seen);

        diff.ByResource.Keys.Select(id => id.ToString()).ShouldBe(["web1/coralnet/Service/gunicorn"]);
    }

    [Fact]
    public void While_what_it_has_read_is_itself_not_as_git_says_a_process_is_not_asked_to_read_it()
    {
        var world = new World(Example).Where<CheckoutFacts>("Code", "web1", facts => facts with { Head = Expanded.NewCommit, Marker = Expanded.NewCommit });

        var diff = World.Differ.Compare(world.UnitOf("coralnet").Resources, world.Seen);

        diff.ByResource.Keys.Select(id => id.ToString()).ShouldBe(["web1/coralnet/Code/code"]);
    }

    [Fact]
    public void The_markers_of_what_could_not_be_seen_are_null_and_judge_nobody()
    {
        var world = new World(Example);
        var gunicorn = world.Find("Service", "web1", "gunicorn");
        world.Seen[world.Find("SecretsFile", "web1").Id] = new Observation.Unknown("permission denied");

        World.Differ.MarkersOf(gunicorn, [], world.Seen).Observed.Values.Count(marker => marker is null).ShouldBe(1);
        World.Differ.Compare([gunicorn], world.Seen).ByResource.ShouldBeEmpty();
    }

    [Fact]
    public void What_reads_nothing_gets_no_markers()
    {
        var world = new World(Example);

        World.Differ.MarkersOf(world.Find("Code", "web1"), [], world.Seen).Observed.ShouldBeEmpty();
        World.Differ.MarkersOf(world.Find("Service", "web1", "gunicorn"), [], world.Seen).Observed.Count.ShouldBe(3);
    }
}
