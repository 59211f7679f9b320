using System.Xml.Linq;
using Reconciler.Model;

namespace Reconciler.Reporting.Pages;

/// <summary>The plan of a pull request as one page, uncut. All that comes from the request, from servers and from git is text in it.</summary>
/// <param name="title">As its author wrote it.</param>
/// <param name="head">The planned commit.</param>
/// <param name="faults">Of the documents; with any, nothing is planned.</param>
internal sealed class PlanPage(
    long number, string title, string head, IReadOnlyList<Diagnostic> faults, IReadOnlyList<ProposedEnvironment> environments,
    IReadOnlyList<string> notes)
{
    private static readonly string[] Columns =
        ["environment", "application", "to add", "to change", "to remove", "unknown", "differs already", "users see the page", ""];

    public string Text(DateTimeOffset now) => Page.Of($"Plan of request {number}", Html.Of("main",
            Html.Of("header", Html.Of("h1", $"Plan of request {number}"),
                Html.Of("p.sub", Html.Of("bdi", Visible.Line(title, 300)), " · commit ", Html.Of("code", head[..12]))),
            Tiles(),
            notes.Select(note => Html.Of("p", Visible.Line(note))),
            Faults(),
            Counts(),
            environments.Select(Environment)),
        $"Made at {Ages.Clock(now)} against the live servers, which it did not change. Times are UTC.");

    private XElement? Faults() => faults.Count == 0 ? null : Block("refused", "Refused",
        "it would be refused whole, and nothing would change", [.. faults.Select(fault => $"{fault}")]);

    private XElement? Tiles()
    {
        XElement? Tile(int count, string text, string style) => count == 0 ? null
            : Html.Of($"div.tile.{style}", Html.Of("b", $"{count}"), Html.Of("span", text));
        var all = environments.SelectMany(environment => environment.Applications).ToList();
        int Of(DifferenceType type) => all.Sum(application => PlanComment.CountOf(application, type));
        return environments.Count == 0 ? null : Html.Of("div.tiles", Html.NewLine,
            Tile(all.Sum(application => application.Plan.Refusals.Count), "refused", "bad"),
            Tile(Of(DifferenceType.Unknown), "unknown", "warn"), Tile(Of(DifferenceType.Add), "to add", "info"),
            Tile(Of(DifferenceType.Change), "to change", "info"), Tile(Of(DifferenceType.Remove), "to remove", "info"),
            Tile(all.Sum(application => application.Already.Count), "differ already", "quiet"));
    }

    private XElement? Counts() => environments.Any(environment => environment.Refused is null && environment.Applications.Count > 0)
        ? Html.Of("div.scroll", Html.Of("table",
            Html.Of("thead", Html.Of("tr", Columns.Select(column => Html.Of("th", column)))), Html.NewLine,
            Html.Of("tbody", environments.Where(environment => environment.Refused is null)
                .SelectMany(environment => environment.Applications.Select(application => Html.Of("tr",
                    PlanComment.Row(environment.Environment, application).Select(cell => Html.Of("td", Visible.Line(cell.Replace("*", "").Replace("`", "")))))))))) : null;

    private static IEnumerable<XElement?> Environment(ProposedEnvironment environment)
    {
        if (environment.Refused is { } why)
            yield return Block("refused", environment.Environment, "is not planned", [why]);
        if (environment.Notes.Count > 0)
            yield return Block(environment.Faulty ? "refused" : "unseen", environment.Environment, "said beside its plan", environment.Notes);
        foreach (var application in environment.Applications.Where(PlanComment.IsWorthSaying))
            yield return Html.Of("section", Html.Of("h2", $"{environment.Environment}/{application.Application}"),
                Html.Of("pre", PlanComment.TextOf(environment.Environment, application).Split('\n').SkipLast(1)
                    .Select(line => Html.Of("span", Visible.Of(line), Html.NewLine))));
    }

    private static XElement Block(string style, string title, string meaning, IReadOnlyList<string> lines) => Html.Of("section",
        Html.Of("h2", title, Html.Of("small", meaning)),
        Html.Of($"div.card.{style}", Html.Of("ul", lines.Select(line => Html.Of("li", Visible.Line(line))))));
}
