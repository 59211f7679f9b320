using System.Xml.Linq;

namespace Reconciler.Reporting.Pages;

/// <summary>Servers by kinds: where to look first.</summary>
internal sealed class DriftPageGrid(DriftReport report, int number)
{
    private readonly DriftGrid _grid = DriftGrid.Of(report);

    public XElement? Element => _grid.Rows.Count == 0 ? null : Html.Of("section", Html.Of("div.scroll", Html.Of("table.grid",
        Html.Of("thead", Html.Of("tr", Html.Of("th", "Servers"), Html.Of("th", "Stand"),
            _grid.Kinds.Select(kind => Html.Of("th.kind", DriftPhrases.KindOf(kind))), HasUnmanaged ? Html.Of("th.kind", "Unmanaged")
                : null)),
        Html.Of("tbody", _grid.Rows.Take(PageBudget.MostRows).Select(Row)))),
        _grid.Rows.Count > PageBudget.MostRows ? Html.Of("p.more", PageBudget.MoreThan(_grid.Rows.Count, PageBudget.MostRows)) : null);

    private bool HasUnmanaged => report.Unmanaged.Count > 0;

    private XElement Row(GridRow row) => Html.Of("tr", Html.NewLine, Html.Of("th", ServerNames.Of(row.Servers)),
        Html.Of("td", Html.Of($"span.chip.{StyleOf(row.Standing)}", row.Said)),
        row.Cells.Select(cell => Html.Of("td.cell", cell.Count == 0 ? Html.Of("span.none", "·")
            : Link($"e{number}-d{cell.First}", $"{cell.Count}", cell.Cause is "intentional" ? "info" : cell.Cause is null ? "warn"
                : "bad"))),
        !HasUnmanaged ? null : Html.Of("td.cell", row.Unmanaged == 0 ? Html.Of("span.none", "·")
            : Link($"e{number}-u", $"{row.Unmanaged}", row.Loud ? "bad" : "quiet")));

    private static XElement Link(string anchor, string text, string style) => Html.Of($"a.mark.{style}", new XAttribute("href",
        $"#{anchor}"), text);

    private static string StyleOf(ServerStanding standing) => standing switch
    {
        ServerStanding.Changed or ServerStanding.Loud => "bad",
        ServerStanding.Unseen or ServerStanding.Differs => "warn",
        ServerStanding.Moved => "info",
        _ => "good",
    };
}
