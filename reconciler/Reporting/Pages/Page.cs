using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;

namespace Reconciler.Reporting.Pages;

/// <summary>A page that fetches nothing and runs nothing, whatever stands in its body.</summary>
internal static class Page
{
    /// <param name="main">What is to be seen.</param>
    public static string Of(string title, XElement main, string footer) =>
        Html.Text(Html.Of("html", new XAttribute("lang", "en"), Html.NewLine,
            Html.Of("head",
                Html.Of("meta", new XAttribute("charset", "utf-8")),
                Html.Of("meta", new XAttribute("http-equiv", "Content-Security-Policy"), new XAttribute("content", Policy)),
                Html.Of("meta", new XAttribute("name", "viewport"), new XAttribute("content", "width=device-width, initial-scale=1")),
                Html.Of("meta", new XAttribute("name", "referrer"), new XAttribute("content", "no-referrer")),
                Html.Of("meta", new XAttribute("name", "color-scheme"), new XAttribute("content", "light dark")),
                Html.Of("title", Visible.Line(title, 200)),
                // As it stands, for its digest is in the policy.
                new XElement("style", PageStyle.Text)),
            Html.NewLine,
            Html.Of("body", main, Html.NewLine, Html.Of("footer", footer))));

    /// <summary>Nothing is loaded from anywhere, and of styles only our own: text that should become markup after all would do
    /// nothing.</summary>
    private static string Policy => "default-src 'none'; style-src 'sha256-"
        + Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(PageStyle.Text))) + "'; base-uri 'none'; form-action 'none'";
}
