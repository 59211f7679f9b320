using Reconciler.Diffing;
using Reconciler.Model;
using Reconciler.Planning;
using Reconciler.Reporting;
using Reconciler.Resources.Code;
using Reconciler.Tests.Documents;
using Reconciler.Tests.Documents.Expansion;
using Reconciler.Tests.Planning;

namespace Reconciler.Tests.Reporting;

public sealed class PlanTextTests
{
    private static readonly Expanded Before = new();
    private static readonly Expanded NewCode = Before.At(Expanded.NewCommit) with { Requirements = "Django==5.1\n", StaticInputs = "static-inputs-2" };

    private static Dictionary<string, Func<Plan>> Plans { get; } = new()
    {
        ["nothing"] = () => new World(Before).PlanFor("coralnet"),
        ["prepare"] = () => new World(Before, NewCode).PlanFor("coralnet"),
        ["deploy"] = () => new World(Before, NewCode).Prepared("gallery.0002_colour").PlanFor("coralnet"),
        ["staging"] = () => new World(new Expanded { Environment = "staging" }, new Expanded { Environment = "staging" }.At(Expanded.NewCommit)).Prepared().PlanFor("coralnet"),
        ["secret"] = () => new World(Before, Before with { Secret = "secret-digest-2" }).Prepared().PlanFor("coralnet"),
        ["bare"] = () => new World(null, Before) { FirstContact = true }.PlanFor("coralnet"),
        ["refused"] = () => new World(Before, NewCode).Where<CheckoutFacts>("Code", "web2", facts => facts with { Edited = ["project/views.py"] }).PlanFor("coralnet"),
        ["unseen"] = Unseen,
    };

    public static IEnumerable<TheoryDataRow<string>> Names() => Plans.Keys.Select(name => new TheoryDataRow<string>(name));

    [Theory]
    [MemberData(nameof(Names))]
    public void A_plan_reads_like_this_and_fits_eighty_columns(string name)
    {
        var text = Text(Plans[name]());

        text.Split('\n').ShouldAllBe(line => line.Length <= 80);
        GoldenFile.Check($"tests/Reconciler.Tests/Reporting/golden/plan-{name}.txt", text);
    }

    [Fact]
    public void Many_servers_with_the_same_step_share_a_line()
    {
        Step On(string server) => new(Phase.Code, new(server, "coralnet", "Code", "code"), "check out 7ab20000a1e0", null);
        var plan = new Plan("production", "coralnet", [On("web1"), On("web2"), On("web3"), On("web4"), On("web5")], [], [], [], [], []);

        Text(plan).ShouldContain("  Code       5 servers, same: check out 7ab20000a1e0\n");
    }

    [Fact]
    public void A_rolling_plan_is_told_batch_by_batch()
    {
        static Step On(string server, int batch, Phase phase, string summary, BatchPart part = BatchPart.Work) =>
            new(phase, new(server, "coralnet", "Code", "code"), summary, null) { Batch = batch, Part = part };
        var text = Text(new Plan("production", "coralnet",
        [
            On("web1", 0, Phase.Static, "switch"), On("web2", 0, Phase.Static, "switch"),
            On("lb1", 1, Phase.Nginx, "leave web1 out", BatchPart.Drain), On("web1", 1, Phase.Start, "start"), On("lb1", 1, Phase.Nginx, "take web1 back", BatchPart.Return),
            On("web2", 2, Phase.Start, "start"), On("lb1", 3, Phase.Check, "check"),
        ], [], [], [], [], []));

        text.ShouldEndWith("""
              Static     web1 web2: switch
              batch 1 of 2: web1
              Drain      lb1: leave web1 out
              Start      web1: start
              Return     lb1: take web1 back
              batch 2 of 2: web2
              Start      web2: start
              after all batches
              Check      lb1: check

            """);
    }

    [Fact]
    public void Why_a_plan_covers_where_git_asks_for_batches_is_said()
    {
        var plan = new Plan("production", "coralnet", [new(Phase.Cover, new("web1", "coralnet", "Maintenance", "cover"), "cover", null)], [], [], [], [], [])
        {
            WhyCovered = "web1 alone serves users now",
        };

        Text(plan).ShouldContain("  rolling    not this time: web1 alone serves users now\n");
    }

    [Fact]
    public void Of_System_it_says_why_or_what_is_away_meanwhile()
    {
        Step On(Phase phase) => new(phase, new("web1", "host", "Packages", "apt"), $"install nginx in {phase}", null) { Because = "users notice" };
        var text = Text(new Plan("production", "host", [On(Phase.Prepare), On(Phase.System)], [], [], [], [], []));

        text.ShouldContain("  System     web1: install nginx in System; users notice\n");
        text.ShouldContain("  Prepare    web1: install nginx in Prepare\n");
    }

    [Fact]
    public void Servers_that_do_not_answer_have_one_line_for_one_reason()
    {
        UnknownResource On(int server, string kind) => new(new(new($"web{server}", "coralnet", kind, "x"), null!, Place.Of("x")),
            $"web{server} did not answer: connect to host 10.20.1.{server} port 22: No route to host");
        var plan = new Plan("production", "coralnet", [], [], [], [], [], [.. Enumerable.Range(1, 12).SelectMany(server => new[] { On(server, "Code"), On(server, "Service") })]);

        var text = Text(plan);

        text.ShouldNotContain("nothing to do");
        text.ShouldContain("  0 to add, 0 to change, 0 to remove, 24 unknown\n");
        text.ShouldContain("  unknown  12 servers, same: 24 resources: web1 did not answer");
        text.Split("No route to host").Length.ShouldBe(2);
    }

    private static Plan Unseen()
    {
        var world = new World(Before, NewCode);
        foreach (var id in world.Seen.Keys.Where(id => id is { Server: "web2", Kind: "Code" or "Service" }).ToList())
            world.Seen[id] = new Observation.Unknown("web2 did not answer: connect to host 10.20.1.2 port 22: No route to host");
        return world.PlanFor("coralnet");
    }

    private static string Text(Plan plan)
    {
        var writer = new StringWriter { NewLine = "\n" };
        new PlanText(writer).Write(plan, "production/coralnet: revision 111111111111, code 7ab20000a1e0");
        return writer.ToString();
    }
}
