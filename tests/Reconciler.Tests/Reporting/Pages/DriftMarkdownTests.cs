using System.Text.RegularExpressions;
using Reconciler.Reporting.Pages;
using Reconciler.Tests.Documents;

namespace Reconciler.Tests.Reporting.Pages;

/// <summary>The same as markdown, in which what servers say is nothing but text either.</summary>
public sealed class DriftMarkdownTests
{
    [Fact]
    public void Of_one_server() =>
        GoldenFile.Check("tests/Reconciler.Tests/Reporting/golden/drift-one.md", DriftMarkdown.Of([Drifts.OneServer], Drifts.Now));

    [Fact]
    public void Of_a_hundred_servers_and_one_that_is_as_git_says() =>
        GoldenFile.Check("tests/Reconciler.Tests/Reporting/golden/drift-fleet.md", DriftMarkdown.Of([Drifts.Fleet, Drifts.Clean],
            Drifts.Now));

    [Theory]
    [InlineData("a_b*c*<b>[x](y)|z", @"a\_b\*c\*\<b\>\[x\](y)\|z")]
    [InlineData("![i](j) `c` ~s~", @"\!\[i\](j) \`c\` \~s\~")]
    [InlineData("- x\n# y", "``")]
    [InlineData("1. x", @"1\. x")]
    [InlineData("1) x", @"1\) x")]
    [InlineData("- x-y (z). + w", @"\- x-y (z). \+ w")]
    [InlineData("see http://evil.example", "`see http://evil.example`")]
    [InlineData("www.evil.example", "`www.evil.example`")]
    [InlineData("ada@evil.example", "`ada@evil.example`")]
    [InlineData("#12", "`#12`")]
    [InlineData("@all `x` ``y``", "``` @all `x` ``y`` ```")]
    [InlineData("", "")]
    [InlineData(null, "")]
    public void Text_is_only_text(string? text, string markdown) =>
        Markdown.Text(text).ShouldBe(markdown == "``" ? "`- x\uFFFD# y`" : markdown);

    [Fact]
    public void A_cell_ends_where_it_should()
    {
        Markdown.Cell("a | b").ShouldBe("a ¦ b");
        Markdown.Cell("@a | b").ShouldBe("`@a ¦ b`");
    }

    [Fact]
    public void A_block_is_fenced_by_more_than_it_holds() =>
        Markdown.Block(["````", "x"], "diff").ShouldBe("`````diff\n````\nx\n`````\n");

    [Fact]
    public void Nothing_that_servers_say_begins_a_line_ends_a_block_or_is_a_link()
    {
        var text = DriftMarkdown.Of([Drifts.Hostile], Drifts.Now);
        DriftPageTests.ShouldHideNothing(text);
        var outside = WithoutCode(text);

        outside.ShouldSatisfyAllConditions(
            said => said.ShouldNotContain("](http"), said => Regex.IsMatch(said, @"(?<!\\)(?:<[a-z/!]|\]\()").ShouldBeFalse(), said =>
                said.ShouldNotContain("http:"),
            said => said.ShouldNotContain("@everyone"), said => said.ShouldNotContain("www."), said => said.ShouldNotContain("**bold**"));
        outside.Split('\n').Count(line => line.StartsWith("# ", StringComparison.Ordinal)).ShouldBe(1);
    }

    [Fact]
    public void However_much_there_is_it_stays_of_a_size() =>
        DriftMarkdown.Of([Drifts.Endless], Drifts.Now).Length.ShouldBeInRange(50_000, 2_000_000);

    /// <summary>As CommonMark takes code away before anything else: blocks by their fences, spans by runs of backticks of one
    /// length.</summary>
    private static string WithoutCode(string text)
    {
        var kept = new List<string>();
        string? fence = null;
        foreach (var line in text.Split('\n'))
            if (fence is not null)
                fence = line == fence ? null : fence;
            else if (line.StartsWith("```", StringComparison.Ordinal) && line.TrimStart('`') == "diff")
                fence = line[..^4];
            else
                kept.Add(Regex.Replace(line, @"(?<![`\\])(`+)(?!`).*?(?<!`)\1(?!`)", "CODE"));
        fence.ShouldBeNull();
        return string.Join('\n', kept);
    }
}
