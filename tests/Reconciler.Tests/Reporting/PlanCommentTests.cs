using Reconciler.Model;
using Reconciler.Planning;
using Reconciler.Reporting;
using Reconciler.Reporting.Pages;

namespace Reconciler.Tests.Reporting;

public sealed class PlanCommentTests
{
    private const string Tag = "<!-- reconciler:plan 1 -->";
    private static readonly string Head = new('a', 40);

    private static Plan PlanOf(params Difference[] differences) => new("production", "coralnet", [], [], [], differences, [], []);

    private static Difference Change(string sentence, string server = "web1") =>
        new(new ResourceId(server, "coralnet", "File", "motd"), DifferenceType.Change, sentence);

    private static string Whole(Plan plan, string? waits = null) => PlanComment.Whole(Tag, Head, [],
        [new("production", [new("coralnet", Head, plan, waits is null ? null : "windows", waits)], null, [])], []);

    [Fact]
    public void The_counts_come_first_and_the_plan_is_folded_away() =>
        Whole(PlanOf([.. Enumerable.Range(1, 12).Select(number => Change("the text differs", $"web{number}"))]), "`windows` of environment.yaml: later").ShouldBe($"""
            {Tag}
            ### Plan of aaaaaaaaaaaa against the live servers

            | environment | application | to add | to change | to remove | unknown | differs already | users see the page | |
            |---|---|--:|--:|--:|--:|--:|---|---|
            | production | coralnet | 0 | 12 | 0 | 0 | 0 | no | waits for `windows` |

            <details><summary>production/coralnet</summary>

            ```text
            production/coralnet: code aaaaaaaaaaaa
              0 to add, 12 to change, 0 to remove, 0 unknown
              ~ 12 servers, same: the text differs
              would wait: `windows` of environment.yaml: later
            ```

            </details>


            """);

    [Theory]
    [InlineData("```\n</details>\n# injected")]
    [InlineData("````` and ``` [link](javascript:x) ![](https://evil.example/x.png) <img src=x> @everyone")]
    [InlineData("\u202etxet\u2066\u001b[31m\u200b")]
    public void Whatever_servers_and_git_say_stays_text_within_its_fence(string hostile)
    {
        var lines = Whole(PlanOf(Change(hostile))).Split('\n');

        var open = Array.FindIndex(lines, line => line.EndsWith("text", StringComparison.Ordinal) && line.StartsWith("```", StringComparison.Ordinal));
        var close = Array.IndexOf(lines, lines[open][..^4], open + 1);
        lines[(close + 1)..].ShouldBe(["", "</details>", "", ""]);
        lines.ShouldAllBe(line => line.All(c => c == '\uFFFD' || !(char.IsControl(c) || char.GetUnicodeCategory(c) == System.Globalization.UnicodeCategory.Format)));
    }

    [Fact]
    public void What_is_too_long_is_cut_with_its_fence_closed_and_a_link_to_the_whole()
    {
        var whole = Whole(PlanOf([.. Enumerable.Range(1, 3000).Select(number => Change($"difference {number} of a great many, each on a line of its own"))]));

        var cut = PlanComment.Cut(whole, "[The whole](https://reconciler.example/plans/7)");

        whole.Length.ShouldBeGreaterThan(PlanComment.Longest);
        cut.Length.ShouldBeLessThanOrEqualTo(PlanComment.Longest);
        cut.ShouldEndWith($"```\n</details>\n\n\n**Cut here: it has {whole.Length} characters.** [The whole](https://reconciler.example/plans/7)\n");
        PlanComment.Cut("short", "link").ShouldBe("short");
    }

    [Fact]
    public void What_would_be_refused_is_red_and_what_nobody_looked_at_is_not_nothing()
    {
        static ProposedEnvironment With(Plan plan, bool faulty = false, int notAsked = 0) =>
            new("production", [new("coralnet", Head, plan, null, null) { NotAsked = notAsked }], null, []) { Faulty = faulty };
        var refused = PlanOf() with { Refusals = [Change("edited by hand") with { Refusal = "undo it" }] };

        PlanComment.IsRefused([With(PlanOf())]).ShouldBeFalse();
        PlanComment.HeadlineOf([With(PlanOf())]).ShouldBe("production: nothing to do");
        PlanComment.IsRefused([With(refused)]).ShouldBeTrue();
        PlanComment.HeadlineOf([With(refused)]).ShouldBe("production: refused as it is");
        PlanComment.IsRefused([With(PlanOf(), faulty: true)]).ShouldBeTrue();
        PlanComment.HeadlineOf([With(PlanOf(), notAsked: 3)]).ShouldBe("production: 0 to add, 0 to change, 0 to remove, 3 unknown");
        PlanComment.Whole(Tag, Head, [], [With(PlanOf(), notAsked: 3)], []).ShouldContain("| production | coralnet | 0 | 0 | 0 | 3 | 0 | unknown | not all is looked at |");
    }

    [Fact]
    public void What_differs_already_is_told_apart_from_what_the_request_changes()
    {
        var mine = Change("the text differs");
        var old = Change("somebody stopped it") with { Resource = new("web1", "coralnet", "Service", "gunicorn") };
        static ProposedEnvironment With(Difference not, params Difference[] all) =>
            new("production", [new("coralnet", Head, PlanOf(all), null, null) { Untouched = new HashSet<ResourceId> { not.Resource } }], null, []);

        PlanComment.HeadlineOf([With(old, mine, old)]).ShouldBe("production: 0 to add, 1 to change, 0 to remove, 0 unknown, 1 differs already");
        var whole = PlanComment.Whole(Tag, Head, [], [With(old, mine, old)], []);
        whole.ShouldContain("| production | coralnet | 0 | 1 | 0 | 0 | 1 | no |  |");
        whole.ShouldContain("""
              0 to add, 1 to change, 0 to remove, 0 unknown
              ~ web1: the text differs
              and 1 that differs already, of which git says the same without this:
              ~ web1: somebody stopped it
            """);
        PlanComment.HeadlineOf([With(old, old)]).ShouldBe("production: nothing to do, 1 differs already");
        PlanComment.Whole(Tag, Head, [], [With(old, old)], []).ShouldContain("| production | coralnet | 0 | 0 | 0 | 0 | 1 | no | nothing to do |");
    }

    [Fact]
    public void The_page_says_the_same_uncut_and_nothing_hostile_becomes_markup()
    {
        const string hostile = "<script>alert(1)</script></pre>\u202e & \"q\"";
        var page = new PlanPage(7, hostile, Head, [],
            [new("production", [new("coralnet", Head, PlanOf(Change(hostile)), "windows", hostile)], null, [hostile])], [hostile]).Text(DateTimeOffset.UnixEpoch);

        var body = System.Xml.Linq.XDocument.Parse(page).Root!.Element("body")!;
        body.Descendants("script").ShouldBeEmpty();
        page.ShouldNotContain("\u202e");
        body.Descendants("h1").Single().Value.ShouldBe("Plan of request 7");
        body.Descendants("bdi").Single().Value.ShouldBe("<script>alert(1)</script></pre>\uFFFD & \"q\"");
        body.Descendants("td").Select(cell => cell.Value).ShouldBe(["production", "coralnet", "0", "1", "0", "0", "0", "no", "waits for windows"]);
        body.Descendants("pre").Single().Value.ShouldContain("~ web1: <script>alert(1)</script>");
        new PlanPage(7, "x", Head, [Diagnostic.Error("unknown-key", Place.Of("a.yaml"), "`x` is not known", "remove it")], [], []).Text(DateTimeOffset.UnixEpoch)
            .ShouldContain("unknown-key a.yaml: `x` is not known; remove it");
    }

    [Fact]
    public void Faults_stand_alone()
    {
        var text = PlanComment.Whole(Tag, Head, [Diagnostic.Error("unknown-key", Place.Of("a.yaml"), "`x` is not known", "remove it")], [], []);

        text.ShouldContain("**1 fault**: it would be refused whole, and nothing would change.");
        text.ShouldContain("unknown-key a.yaml: `x` is not known; remove it");
    }
}
