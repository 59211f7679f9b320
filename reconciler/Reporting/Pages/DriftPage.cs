using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;

namespace Reconciler.Reporting.Pages;

/// <summary>
/// Drift as one page to look at: HTML that fetches nothing, runs nothing, and is well-formed XML besides. All that comes from servers and
/// git is
/// text in it.
/// </summary>
internal static class DriftPage
{
    private const int DiffCharacters = 600_000;

    public static string Of(IReadOnlyList<DriftReport> reports, DateTimeOffset now)
    {
        var budget = new PageBudget(DiffCharacters);
        var title = reports.Count == 0 ? "Drift" : $"Drift: {string.Join(", ", reports.Select(report => report.Environment))}";
        return Html.Text(Html.Of("html", new XAttribute("lang", "en"), Html.NewLine,
            Html.Of("head",
                Html.Of("meta", new XAttribute("charset", "utf-8")),
                Html.Of("meta", new XAttribute("http-equiv", "Content-Security-Policy"), new XAttribute("content", Policy)),
                Html.Of("meta", new XAttribute("name", "viewport"), new XAttribute("content", "width=device-width, initial-scale=1")),
                Html.Of("meta", new XAttribute("name", "referrer"), new XAttribute("content", "no-referrer")),
                Html.Of("meta", new XAttribute("name", "color-scheme"), new XAttribute("content", "light dark")),
                Html.Of("title", Visible.Line(title, 200)),
                // As it stands, for its digest is in the policy.
                new XElement("style", DriftPageStyle.Text)),
            Html.NewLine,
            Html.Of("body",
                Html.Of("main", reports.Select((report, number) => new DriftPageSection(report, number + 1, budget, now).Element),
                    reports.Count == 0 ? Html.Of("p", "No environment was looked at.") : null),
                Html.NewLine,
                Html.Of("footer", $"Made by `reconciler drift` at {Ages.Clock(now)}. Times are UTC; nothing on this page changes anything."))));
    }

    /// <summary>Nothing is loaded from anywhere, and of styles only our own: text that should become markup after all would do
    /// nothing.</summary>
    internal static string Policy => "default-src 'none'; style-src 'sha256-"
        + Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(DriftPageStyle.Text))) + "'; base-uri 'none'; form-action 'none'";
}
