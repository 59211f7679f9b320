using System.Xml.Linq;

namespace Reconciler.Reporting.Pages;

/// <summary>One difference: what git says and what the server says, since when, who, what happens, what can be typed.</summary>
internal sealed class DriftPageCard(DriftedThing thing, PageBudget budget, DateTimeOffset now)
{
    /// <summary>A longer diff is folded up.</summary>
    private const int MostOpenLines = 30;

    public XElement Element(string id) => Html.Of($"article.card.{(thing.Cause ?? "unknown")}", Html.Id(id), Html.NewLine,
        Html.Of("h3", Visible.Line(thing.Sentence)),
        Html.Of("div.meta", Html.Of("span.chip", DriftPhrases.KindOf(thing.Kind)), Html.Of("code", Visible.Line(thing.Resource, 200)),
            " on ",
            ServerNames.Of(thing.Servers)),
        Html.Of("dl",
            Line("git says", thing.GitSays ?? (thing.Origin is null ? null : "as in"), thing.Origin),
            Line("server says", thing.ServerSays, null),
            Line("since", DriftPhrases.Since(thing, now), null),
            Who(),
            Line("then", thing.Does is null ? null : $"reconciler {thing.Does}", null),
            thing.Command is null ? null : new[] { Html.Of("dt", "you can type"), Html.Of("dd", Html.Of("code.command",
                Visible.Line(thing.Command))) }),
        thing.Diff is null ? null : Diff(thing.Diff));

    private static XElement[]? Line(string name, string? text, string? origin) => text is null ? null :
    [
        Html.Of("dt", name),
        Html.Of("dd", Visible.Line(text), origin is null ? null : Html.Of("span.origin", $" {Visible.Line(origin, 200)}")),
    ];

    private XElement[]? Who()
    {
        if (thing.Who is null)
            return null;
        var said = thing.Who.Count == 0 ? Html.Of("dd", DriftPhrases.NobodyWas(thing)) : Html.Of("dd",
            Html.Of("ul.who", thing.Who.Select(actor => Html.Of("li", Html.Of("span.time", Ages.Clock(actor.At)), " ",
                Visible.Line(DriftPhrases.Actor(actor, thing.Servers.Count > 1), 300)))),
            Html.Of("small", DriftPhrases.WhoMeans));
        return [Html.Of("dt", "who, likely"), said];
    }

    private XElement Diff(string diff)
    {
        if (budget.Lines(diff) is not { } lines)
            return Html.Of("p.more", "What differs within it is not shown here, for this page is long enough: `reconciler drift` has it.");
        var text = Html.Of("pre", lines.Select(line => Html.Of(StyleOf(line), line, Html.NewLine)));
        return lines.Count <= MostOpenLines ? text
            : Html.Of("details", Html.Of("summary", $"what differs ({lines.Count} lines)"), text);
    }

    private static string StyleOf(string line) => line switch
    {
        ['+', '+', '+', ..] or ['-', '-', '-', ..] => "span.file",
        ['+', ..] => "span.more-there",
        ['-', ..] => "span.less-there",
        ['@', '@', ..] => "span.at",
        _ => "span",
    };
}
