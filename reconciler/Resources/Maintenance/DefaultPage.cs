using System.Net;
using System.Text;

namespace Reconciler.Resources.Maintenance;

/// <summary>The page for applications that bring none of their own: one file, no other requests, and it looks again by itself.</summary>
internal static class DefaultPage
{
    private const string Style =
        "body{font:1.1rem/1.5 system-ui,sans-serif;max-width:34rem;margin:18vh auto;padding:0 1.5rem;color:#222;background:#fafafa}"
        + "h1{font-size:1.5rem}p{color:#444}@media(prefers-color-scheme:dark){body{color:#eee;background:#181818}p{color:#bbb}}";

    /// <param name="title">Text, as "CoralNet is under maintenance".</param>
    /// <param name="message">Text; blank lines part paragraphs.</param>
    /// <param name="refresh">Seconds after which browsers ask again.</param>
    public static string Render(string title, string message, int refresh)
    {
        var page = new StringBuilder();
        page.Append("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
            .Append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"robots\" content=\"noindex\">\n")
            .Append($"<meta http-equiv=\"refresh\" content=\"{refresh}\">\n")
            .Append($"<title>{WebUtility.HtmlEncode(title)}</title>\n<style>{Style}</style>\n</head>\n<body>\n")
            .Append($"<h1>{WebUtility.HtmlEncode(title)}</h1>\n");
        foreach (var paragraph in message.Split("\n\n", StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            page.Append($"<p>{WebUtility.HtmlEncode(paragraph)}</p>\n");
        return page.Append("</body>\n</html>\n").ToString();
    }
}
