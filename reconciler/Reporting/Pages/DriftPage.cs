namespace Reconciler.Reporting.Pages;

/// <summary>
/// Drift as one page to look at: HTML that fetches nothing, runs nothing, and is well-formed XML besides. All that comes from servers and
/// git is text in it.
/// </summary>
internal static class DriftPage
{
    private const int DiffCharacters = 600_000;

    public static string Of(IReadOnlyList<DriftReport> reports, DateTimeOffset now)
    {
        var budget = new PageBudget(DiffCharacters);
        var title = reports.Count == 0 ? "Drift" : $"Drift: {string.Join(", ", reports.Select(report => report.Environment))}";
        return Page.Of(title,
            Html.Of("main", reports.Select((report, number) => new DriftPageSection(report, number + 1, budget, now).Element),
                reports.Count == 0 ? Html.Of("p", "No environment was looked at.") : null),
            $"Made by `reconciler drift` at {Ages.Clock(now)}. Times are UTC; nothing on this page changes anything.");
    }
}
