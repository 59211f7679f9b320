using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;
using Reconciler.Reporting;
using Reconciler.Reporting.Pages;
using Reconciler.Tests.Documents;

namespace Reconciler.Tests.Reporting.Pages;

/// <summary>The page is HTML, well-formed, fetches and runs nothing, and holds what servers say as text.</summary>
public sealed class DriftPageTests
{
    private static string Page(params DriftReport[] reports) => DriftPage.Of(reports, Drifts.Now);

    /// <summary>Parsed as strictly as XML is.</summary>
    private static XElement Parsed(string page)
    {
        using var reader = XmlReader.Create(new StringReader(page.Replace("<!DOCTYPE html>\n", "")), new() { CheckCharacters = true });
        return XDocument.Load(reader).Root!;
    }

    [Fact]
    public void Of_one_server() => GoldenFile.Check("tests/Reconciler.Tests/Reporting/golden/drift-one.html", Page(Drifts.OneServer));

    [Fact]
    public void Of_a_hundred_servers_and_one_that_is_as_git_says() =>
        GoldenFile.Check("tests/Reconciler.Tests/Reporting/golden/drift-fleet.html", Page(Drifts.Fleet, Drifts.Clean));

    [Fact]
    public void Servers_that_stand_the_same_are_one_row_and_the_worst_come_first()
    {
        var rows = DriftGrid.Of(Drifts.Fleet).Rows;

        rows.Select(row => (row.Servers[0], row.Servers.Count, row.Standing)).ShouldBe(
        [
            ("web4", 1, ServerStanding.Changed), ("web1", 10, ServerStanding.Changed), ("web2", 1, ServerStanding.Changed),
            ("web88", 1, ServerStanding.Unseen), ("web99", 1, ServerStanding.Unseen), ("web71", 1, ServerStanding.Differs), ("web13", 28,
                ServerStanding.Moved),
            ("web41", 57, ServerStanding.Beside),
        ]);
        Page(Drifts.Fleet).ShouldContain("12 servers, same");
    }

    [Fact]
    public void Every_link_leads_to_something_on_the_page_and_nothing_is_fetched()
    {
        var page = Parsed(Page(Drifts.OneServer, Drifts.Fleet, Drifts.Hostile));

        var ids = page.Descendants().Attributes("id").Select(id => $"#{id.Value}").ToList();
        ids.ShouldBeUnique();
        page.Descendants().Attributes("href").Select(link => link.Value).ShouldBeSubsetOf(ids);
        page.Descendants().Attributes("href").ShouldNotBeEmpty();
        page.Descendants().Attributes().Select(attribute => attribute.Name.LocalName).Distinct()
            .ShouldBeSubsetOf(["lang", "charset", "http-equiv", "content", "name", "class", "id", "href"]);
    }

    [Fact]
    public void Only_the_style_that_it_has_is_allowed_to_be_applied()
    {
        var page = Parsed(Page(Drifts.OneServer));
        var style = page.Descendants("style").ShouldHaveSingleItem().Value;
        var digest = Convert.ToBase64String(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(style)));

        page.Descendants("meta").Attributes("content").Select(content => content.Value)
            .ShouldContain($"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'");
        // A browser reads it as it stands, without entities.
        Page(Drifts.OneServer).ShouldContain($"<style>{style}</style>");
    }

    [Fact]
    public void What_servers_say_stays_text_whatever_it_is()
    {
        var text = Page(Drifts.Hostile);
        var page = Parsed(text);

        string[] known = ["html", "head", "meta", "title", "style", "body", "main", "footer", "section", "header", "h1", "h2", "h3", "p",
            "div", "span", "b",
            "small", "table", "thead", "tbody", "tr", "th", "td", "a", "ul", "li", "article", "dl", "dt", "dd", "code", "pre", "details",
                "summary"];
        page.DescendantsAndSelf().Select(element => element.Name.LocalName).Distinct().ShouldBeSubsetOf(known);
        text.ShouldSatisfyAllConditions(
            said => said.ShouldContain("&lt;script&gt;alert(1)&lt;/script&gt;"),
            said => said.ShouldContain("\uFFFD[2J\uFFFDesrever\uFFFD\uFFFDline\uFFFD\uFFFD# heading"));
        ShouldHideNothing(text);
    }

    internal static void ShouldHideNothing(string text) =>
        text.Where(c => c is not '\n' && (char.IsControl(c) || c is '\u202E' or '\u200B' or '\u2028' or '\uFFFE')).ShouldBeEmpty();

    [Fact]
    public void However_much_there_is_the_page_stays_of_a_size_that_a_browser_takes_and_says_what_is_left_out()
    {
        var page = Page(Drifts.Endless, Drifts.Endless);

        page.Length.ShouldBeInRange(100_000, 6_000_000);
        page.ShouldContain("and 2800 more: `reconciler drift -o json` has them all");
        page.ShouldContain("What differs within it is not shown here");
    }

    [Fact]
    public void Without_an_environment_it_says_so() => Page().ShouldContain("No environment was looked at.");

    [Fact]
    public void A_void_element_alone_closes_itself() =>
        Regex.Matches(Page(Drifts.OneServer, Drifts.Clean), @"<(\w+)[^<>]*/>").Select(match =>
            match.Groups[1].Value).Distinct().ShouldBe(["meta"]);
}
