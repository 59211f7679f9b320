using System.Globalization;
using System.Text;
using Reconciler.Model;

namespace Reconciler.Resources.Maintenance;

/// <summary>
/// The notice of an application that has none of its own (A2): nginx puts it into the HTML pages that pass through it, before <c>&lt;/body&gt;</c>, which it
/// finds whatever its case (https://nginx.org/en/docs/http/ngx_http_sub_module.html, sub_filter). Its file is what the sites include.
/// </summary>
/// <param name="Text">Text, not markup, with its values filled in but <c>{{startsAt}}</c> and <c>{{endsAt}}</c>.</param>
/// <param name="Sites">Where nginx is asked for the application's sites on this server that have the part.</param>
/// <param name="Page">With its query; fetched as a user does, to prove that users see it.</param>
/// <param name="CheckToken">Passes the cover: so it is seen that the notice is gone before the page is.</param>
internal sealed record NoticeBanner(string Text, DateTimeOffset? EndsAt, ValueList<PageTarget> Sites, string Page, string CheckToken)
{
    private const string Style = "position:fixed;left:0;right:0;bottom:0;z-index:2147483647;padding:.7rem 1rem;text-align:center;"
        + "font:1rem/1.4 system-ui,sans-serif;color:#332701;background:#fff3cd;border-top:1px solid #c9a227";

    /// <summary>
    /// Bytes of <see cref="Text"/> as HTML. nginx refuses a parameter that does not fit into its buffer of 4096 bytes (ngx_conf_file.c, "too long parameter").
    /// </summary>
    public const int MostBytes = 3000;

    public int Bytes => Encoded(Text).Length;

    /// <summary>Tells one notice from another: application, time, and a digest of the words.</summary>
    public string Mark(string application, DateTimeOffset start) =>
        $"data-notice=\"{application} {NoticeSteps.TimeOf(start)} {MaintenanceKind.Digest($"{Text} {EndsAt:O}")[..12]}\"";

    /// <summary>
    /// The whole file. What is compressed cannot be searched, so the application is asked not to compress; and a browser that has the page already is to
    /// see the notice too, so it is not asked whether the page has changed. (sub_filter itself takes Last-Modified and ETag away, so nobody keeps it.)
    /// </summary>
    /// <remarks>https://nginx.org/en/docs/http/ngx_http_proxy_module.html: a proxy_set_header with an empty value passes none on.</remarks>
    public string Content(string application, DateTimeOffset start) =>
        $"""
        {FirstLine}{NoticeSteps.TimeOf(start)}
        # Users of {application} are told of maintenance at that time. Put here by reconciler, which takes it away again.
        proxy_set_header Accept-Encoding "";
        proxy_set_header If-Modified-Since "";
        proxy_set_header If-None-Match "";
        sub_filter '</body>' '<div {Mark(application, start)} role="status" style="{Style}">{Words(start)}</div></body>';

        """;

    public const string FirstLine = "# on ";

    private string Words(DateTimeOffset start) => Encoded(Text)
        .Replace("{{startsAt}}", Time(start), StringComparison.Ordinal)
        .Replace("{{endsAt}}", EndsAt is { } end ? Time(end) : "", StringComparison.Ordinal);

    private static string Time(DateTimeOffset time) =>
        $"<time datetime=\"{NoticeSteps.TimeOf(time)}\">{time.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)} UTC</time>";

    /// <summary>What could end nginx's quotes, be one of its variables, or be markup is written by number, and so is what a page in another encoding would garble.</summary>
    private static string Encoded(string text)
    {
        var encoded = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
            _ = rune.IsAscii && (char.IsAsciiLetterOrDigit((char)rune.Value) || " .,:!?()/+-_%@{}".Contains((char)rune.Value))
                ? encoded.Append((char)rune.Value)
                : encoded.Append(CultureInfo.InvariantCulture, $"&#{rune.Value};");
        return encoded.ToString();
    }
}
