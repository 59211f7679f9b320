using System.Text;

namespace Reconciler.Reporting.Pages;

/// <summary>Drift as markdown, for an issue, a chat or a wiki; the same words as the page.</summary>
internal sealed class DriftMarkdown
{
    private const int DiffCharacters = 200_000;

    private readonly StringBuilder _text = new();
    private readonly PageBudget _budget = new(DiffCharacters);
    private readonly DateTimeOffset _now;

    private DriftMarkdown(DateTimeOffset now) => _now = now;

    public static string Of(IReadOnlyList<DriftReport> reports, DateTimeOffset now)
    {
        var markdown = new DriftMarkdown(now);
        foreach (var report in reports)
            markdown.Write(report);
        return $"{markdown._text}\n---\nMade by `reconciler drift` at {Ages.Clock(now)}; times are UTC.\n".TrimStart('\n');
    }

    private void Write(DriftReport report)
    {
        Line($"# Drift: {Markdown.Text(report.Environment)}");
        Line("");
        Line($"{string.Join("; ", DriftPhrases.Summary(report, revision => Markdown.Code(revision)))}; "
            + (report.LookedAt is { } looked ? $"looked at {DriftPhrases.At(looked, _now)}" : "never looked at"));
        Lines("Refused", "git asks for what cannot be had", report.Refused);
        Grid(DriftGrid.Of(report), report.Unmanaged.Count > 0);
        foreach (var (cause, title, meaning) in DriftPhrases.Causes)
            Things(title, meaning, [.. report.Differences.Where(thing => thing.Cause == cause
                || (cause is null && DriftPhrases.Causes.All(each => each.Cause != thing.Cause)))]);
        Unmanaged(report.Unmanaged);
        Lines("Not seen", "could not be looked at, so that nothing is known of it", report.Unseen);
        Lines("Not looked at beside", "what git does not speak of could not be read here", report.Unsurveyed);
        Lately(report.Lately);
    }

    private void Grid(DriftGrid grid, bool hasUnmanaged)
    {
        if (grid.Rows.Count == 0)
            return;
        var columns = grid.Kinds.Select(kind => Markdown.Cell(DriftPhrases.KindOf(kind))).Concat(hasUnmanaged ? ["Unmanaged"]
            : Array.Empty<string>()).ToList();
        Line("");
        Line($"| Servers | Stand |{string.Concat(columns.Select(column => $" {column} |"))}");
        Line($"|---|---|{string.Concat(columns.Select(_ => ":-:|"))}");
        foreach (var row in grid.Rows.Take(PageBudget.MostRows))
            Line($"| {Names(row.Servers, Markdown.Cell)} | {Bold(row.Said, row.Standing <= ServerStanding.Loud)} |"
                + string.Concat(row.Cells.Select(cell => cell.Count == 0 ? "   |"
                    : $" {Bold($"{cell.Count}", cell.Cause != "intentional")} |"))
                + (!hasUnmanaged ? "" : row.Unmanaged == 0 ? "   |" : $" {Bold($"{row.Unmanaged}", row.Loud)} |"));
        More(grid.Rows.Count, PageBudget.MostRows);
    }

    private void Things(string title, string meaning, IReadOnlyList<DriftedThing> things)
    {
        if (things.Count == 0)
            return;
        Head(title, meaning, things.Count);
        foreach (var thing in things.OrderByDescending(thing => thing.Servers.Count).Take(PageBudget.MostThings))
            Thing(thing);
        More(things.Count, PageBudget.MostThings);
    }

    private void Thing(DriftedThing thing)
    {
        Line("");
        Line($"### {Markdown.Text(thing.Sentence)}");
        Line("");
        Item("what", $"{Markdown.Code(thing.Resource, 200)} on {Names(thing.Servers, Markdown.Text)}");
        Item("git says", thing.GitSays is null && thing.Origin is null ? null
            : string.Join(' ', new[] { Markdown.Code(thing.GitSays), thing.Origin is null ? ""
                : $"({Markdown.Code(thing.Origin, 200)})" }.Where(text => text.Length > 0)));
        Item("server says", thing.ServerSays is null ? null : Markdown.Code(thing.ServerSays));
        Item("since", DriftPhrases.Since(thing, _now));
        if (thing.Who is { Count: > 0 } who)
        {
            Item("who, likely", $"({DriftPhrases.WhoMeans})");
            foreach (var actor in who)
                Line($"  - {Ages.Clock(actor.At)} {Markdown.Code(DriftPhrases.Actor(actor, thing.Servers.Count > 1), 300)}");
        }
        Item("who", DriftPhrases.NobodyWas(thing));
        Item("then", thing.Does is null ? null : Markdown.Text($"reconciler {thing.Does}"));
        Item("you can type", thing.Command is null ? null : Markdown.Code(thing.Command));
        if (thing.Diff is null)
            return;
        Line("");
        _text.Append(_budget.Lines(thing.Diff) is { } lines ? Markdown.Block(lines, "diff")
            : "What differs within it is not shown here, for this is long enough: `reconciler drift` has it.\n");
    }

    private void Unmanaged(IReadOnlyList<UnmanagedThing> things)
    {
        if (things.Count == 0)
            return;
        Head("Unmanaged", DriftPhrases.UnmanagedMeans, things.Count);
        Line("");
        foreach (var thing in things.Take(PageBudget.MostUnmanaged))
            Line($"- {Bold(DriftPhrases.KindOf(thing.Kind), thing.Loud)}, on {Names(thing.Servers, Markdown.Text)}: {Markdown.Text(thing.Sentence)}"
                + (thing.Since is { } since ? $"; since {DriftPhrases.At(since, _now)}" : "") + $"; you can {Markdown.Text(thing.Advice)}");
        More(things.Count, PageBudget.MostUnmanaged);
    }

    private void Lately(IReadOnlyList<LatelyDrift> lately)
    {
        if (lately.Count == 0)
            return;
        Head("Lately", DriftPhrases.LatelyMeans, lately.Count);
        Line("");
        Line("| Servers | What | From | Until | How long | How it ended |");
        Line("|---|---|---|---|---|---|");
        foreach (var one in lately.Take(PageBudget.MostLately))
            Line($"| {Names(one.Servers, Markdown.Cell)} | {Markdown.Cell(one.Sentence ?? one.Resource)} | {Ages.Clock(one.Since)} | {Ages.Clock(one.Until)} "
                + $"| {Ages.Of(one.Until - one.Since)} | {Markdown.Cell(one.How)} |");
        More(lately.Count, PageBudget.MostLately);
    }

    private void Lines(string title, string meaning, IReadOnlyList<string> lines)
    {
        if (lines.Count == 0)
            return;
        Head(title, meaning, lines.Count);
        Line("");
        foreach (var line in lines.Take(PageBudget.MostLines))
            Line($"- {Markdown.Text(line)}");
        More(lines.Count, PageBudget.MostLines);
    }

    private static string Names(IReadOnlyList<string> servers, Func<string, int, string> write) =>
        (servers.Count <= 6 ? "" : $"{servers.Count} servers, same: ") + string.Join(' ', servers.Take(6).Select(server => write(server,
            100)))
        + (servers.Count <= 6 ? "" : $" and {servers.Count - 6} more");

    private static string Bold(string text, bool bold) => bold ? $"**{Markdown.Text(text)}**" : Markdown.Text(text);

    private void Head(string title, string meaning, int count)
    {
        Line("");
        Line($"## {title} ({count})");
        Line("");
        Line($"*{meaning}*");
    }

    private void Item(string name, string? text)
    {
        if (text is not null)
            Line($"- **{name}**: {text}");
    }

    private void More(int count, int most)
    {
        if (count <= most)
            return;
        Line("");
        Line(PageBudget.MoreThan(count, most));
    }

    private void Line(string text) => _text.Append(text).Append('\n');
}
