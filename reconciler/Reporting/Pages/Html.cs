using System.Xml.Linq;

namespace Reconciler.Reporting.Pages;

/// <summary>
/// Elements of a page that is HTML and well-formed XML at once. Text becomes text: whatever it holds is escaped when the page is written.
/// </summary>
internal static class Html
{
    private static readonly string[] Empty = ["meta", "br"];

    /// <param name="name">With its classes: <c>span.chip.loud</c>.</param>
    public static XElement Of(string name, params object?[] content)
    {
        var words = name.Split('.');
        var element = new XElement(words[0]);
        if (words.Length > 1)
            element.SetAttributeValue("class", string.Join(' ', words.Skip(1)));
        foreach (var part in content)
            element.Add(part is string text ? new XText(Visible.Of(text)) : part);
        // A browser takes <div/> for one that begins.
        if (element.IsEmpty && !Empty.Contains(words[0]))
            element.Add("");
        return element;
    }

    /// <summary>Between blocks, so that the page's text can be read and compared.</summary>
    public static XText NewLine => new("\n");

    public static XAttribute Id(string id) => new("id", id);

    public static string Text(XElement page) => $"<!DOCTYPE html>\n{page.ToString(SaveOptions.DisableFormatting)}\n";
}
