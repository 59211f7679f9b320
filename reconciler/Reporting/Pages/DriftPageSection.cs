using System.Xml.Linq;

namespace Reconciler.Reporting.Pages;

/// <summary>One environment on the page.</summary>
/// <param name="number">From 1; anchors begin with it.</param>
internal sealed class DriftPageSection(DriftReport report, int number, PageBudget budget, DateTimeOffset now)
{
    public XElement Element => Html.Of("section.environment", Html.Id($"e{number}"),
        Html.Of("header", Html.Of("h1", $"Drift: {Visible.Line(report.Environment, 200)}"),
            Html.Of("p.sub", string.Join(" · ", DriftPhrases.Summary(report, revision => revision)), " · ",
                report.LookedAt is { } looked ? $"looked at {DriftPhrases.At(looked, now)}" : "never looked at")),
        Tiles(),
        report.Refused.Count == 0 ? null : Block("refused", "Refused", "git asks for what cannot be had", report.Refused),
        new DriftPageGrid(report, number).Element,
        Differences(),
        Unmanaged(),
        report.Unseen.Count == 0 ? null
            : Block("unseen", "Not seen", "could not be looked at, so that nothing is known of it", report.Unseen),
        report.Unsurveyed.Count == 0 ? null
            : Block("unseen", "Not looked at beside", "what git does not speak of could not be read here", report.Unsurveyed),
        Lately(),
        Verified());

    private XElement Tiles()
    {
        XElement? Tile(int count, string text, string style) => count == 0 ? null
            : Html.Of($"div.tile.{style}", Html.Of("b", $"{count}"), Html.Of("span", text));
        int Of(string? cause) => report.Differences.Count(thing => thing.Cause == cause);
        var loud = report.Unmanaged.Count(thing => thing.Loud);
        var fine = DriftGrid.Of(report).Rows.Where(row => row.Standing >= ServerStanding.Beside).Sum(row => row.Servers.Count);
        return Html.Of("div.tiles", Html.NewLine, Tile(Of("corrective"), "corrective", "bad"), Tile(Of("both"), "both", "bad"),
            Tile(Of(null), "cause not known", "warn"),
            Tile(loud, "unmanaged, loud", "bad"), Tile(report.Unseen.Count + report.Refused.Count, "not known", "warn"),
            Tile(Of("intentional"), "intentional", "info"), Tile(report.Unmanaged.Count - loud, "unmanaged", "quiet"),
            Tile(fine, fine == 1 ? "server as git says" : "servers as git says", "good"));
    }

    private IEnumerable<XElement> Differences()
    {
        var numbered = report.Differences.Index().ToList();
        foreach (var (cause, title, meaning) in DriftPhrases.Causes)
        {
            var things = numbered.Where(thing => thing.Item.Cause == cause || (cause is null && DriftPhrases.Causes.All(each =>
                each.Cause != thing.Item.Cause)))
                .OrderByDescending(thing => thing.Item.Servers.Count).ToList();
            if (things.Count > 0)
                yield return Html.Of("section", Title(title, meaning, things.Count),
                    things.Take(PageBudget.MostThings).Select(thing => new DriftPageCard(thing.Item, budget,
                        now).Element($"e{number}-d{thing.Index}")),
                    More(things.Count, PageBudget.MostThings));
        }
    }

    private XElement? Unmanaged() => report.Unmanaged.Count == 0 ? null : Html.Of("section", Html.Id($"e{number}-u"),
        Title("Unmanaged", DriftPhrases.UnmanagedMeans, report.Unmanaged.Count),
        report.Unmanaged.Take(PageBudget.MostUnmanaged).GroupBy(thing => (thing.Loud, thing.Kind)).Select(kind => Html.Of(kind.Key.Loud
            ? "div.card.beside.loud" : "div.card.beside",
            Html.Of("h3", DriftPhrases.KindOf(kind.Key.Kind), kind.Key.Loud ? Html.Of("span.chip.bad", "users may get something else")
                : null), Html.NewLine,
            Html.Of("ul", kind.Select(thing => Html.Of("li", Html.Of("p", Visible.Line(thing.Sentence)),
                Html.Of("div.meta", ServerNames.Of(thing.Servers), thing.Since is { } since ? $" · since {DriftPhrases.At(since, now)}"
                    : null,
                    " · you can ", Visible.Line(thing.Advice))))))),
        More(report.Unmanaged.Count, PageBudget.MostUnmanaged));

    private static readonly string[] LatelyColumns = ["Servers", "What", "From", "Until", "How long", "How it ended"];

    private XElement? Lately() => report.Lately.Count == 0 ? null : Html.Of("section", Title("Lately", DriftPhrases.LatelyMeans,
        report.Lately.Count),
        Html.Of("div.scroll", Html.Of("table.lately",
            Html.Of("thead", Html.Of("tr", LatelyColumns.Select(word => Html.Of("th", word)))), Html.NewLine,
            Html.Of("tbody", report.Lately.Take(PageBudget.MostLately).Select(one => Html.Of("tr", Html.Of("td",
                ServerNames.Of(one.Servers)),
                Html.Of("td", Visible.Line(one.Sentence ?? one.Resource, 300)), Html.Of("td.time", Ages.Clock(one.Since)),
                    Html.Of("td.time", Ages.Clock(one.Until)),
                Html.Of("td.time", Ages.Of(one.Until - one.Since)), Html.Of("td", Visible.Line(one.How, 200))))))),
        More(report.Lately.Count, PageBudget.MostLately));

    private XElement? Verified() => report.Servers.Count == 0 ? null : Html.Of("details.card.verified",
        Html.Of("summary", Html.Of("b", "Last verified"), " ", DriftPhrases.Counted(report.Servers.Count, "server", "servers")),
        Html.Of("ul", report.Servers.Take(PageBudget.MostNames * 2).Select(server => Html.Of("li", Html.Of("b", server.Server), " ",
            server.Verified is { } verified ? DriftPhrases.At(verified, now) : "never",
            server.Trouble is null ? null : $": {Visible.Line(server.Trouble)}",
            server.Unknown ? "; what is said of it does not count any more" : null))),
        More(report.Servers.Count, PageBudget.MostNames * 2));

    private static XElement Block(string style, string title, string meaning, IReadOnlyList<string> lines) => Html.Of("section",
        Title(title, meaning, lines.Count),
        Html.Of($"div.card.{style}", Html.Of("ul", lines.Take(PageBudget.MostLines).Select(line => Html.Of("li", Visible.Line(line)))),
            More(lines.Count, PageBudget.MostLines)));

    private static XElement Title(string title, string meaning, int count) =>
        Html.Of("h2", title, " ", Html.Of("span.count", $"{count}"), Html.Of("small", meaning));

    private static XElement? More(int count, int most) => count <= most ? null : Html.Of("p.more", PageBudget.MoreThan(count, most));
}

/// <summary>Servers by their names; many of them folded up.</summary>
internal static class ServerNames
{
    private const int MostShown = 6;

    public static XElement Of(IReadOnlyList<string> servers) => servers.Count <= MostShown
        ? Html.Of("span.names", string.Join(' ', servers))
        : Html.Of("details.names", Html.Of("summary", $"{servers.Count} servers, same ", Html.Of("small",
            $"{string.Join(' ', servers.Take(3))} ...")),
            string.Join(' ', servers.Take(PageBudget.MostNames)),
            servers.Count > PageBudget.MostNames ? $" and {servers.Count - PageBudget.MostNames} more" : null);
}
