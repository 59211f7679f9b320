using System.Text;
using System.Text.RegularExpressions;
using Reconciler.Model;

namespace Reconciler.Resources.NginxSite;

/// <summary>
/// What <c>{{> cover}}</c> becomes, inside the site's <c>server</c> block, best as its first line: a <c>return</c> or <c>rewrite ... last</c> of the
/// server block before it wins over the cover.
/// </summary>
/// <remarks>
/// nginx 1.22, tried: a static page answers POST with 405, so the page is an <c>error_page</c>, whose internal redirect turns every method but HEAD
/// into GET. It stands in a location of its own, because at server level it would hide the <c>error_page</c> lines of the http block. Rewrite
/// directives of the server block run again on that redirect, hence the <c>break</c>; an <c>if</c> takes one variable on its left, hence the
/// <c>set</c>; and <c>return</c> is answered before <c>allow</c> and <c>deny</c> are looked at, hence <c>if</c> in their place. With an open_file_cache
/// each worker would remember for itself that the flag was not there; a location for static files may switch it on again.
/// </remarks>
/// <param name="Site">The site's key in nginx.yaml.</param>
/// <param name="Except">Paths that are never covered: exact, or a prefix when they end in a slash.</param>
/// <param name="CheckToken">At least 16 letters, digits, <c>-</c> or <c>_</c>; the same for all sites of the application on the server.</param>
/// <param name="CheckAddresses">
/// What requests with the token may come from: 127.0.0.1, ::1, addresses that a site listens on alone, and balancers that pass checks on.
/// </param>
internal sealed partial record CoverPartial(
    string Application, string Site, IReadOnlyList<string> Except, string CheckToken, IReadOnlyList<string> CheckAddresses)
{
    /// <summary>
    /// The site also has <c>{{> notice}}</c>: then nginx can be asked what it puts into pages. That location has a directive of ngx_http_sub_module always,
    /// so that an nginx without it refuses the site when it is tried, and not the notice when users are to be told.
    /// </summary>
    public bool Notice { get; init; }

    /// <summary>What <c>{{> notice}}</c> becomes, in the location that passes requests to the application.</summary>
    public static string RenderNotice(string application) => Cover.NoticeInclude(application);

    /// <summary>Whether a path can be excepted; what documents check, so that a person is told before <see cref="Render"/> throws.</summary>
    public static bool IsExceptable(string path) => path != "/" && ExceptPath.IsMatch(path);

    public static bool IsToken(string text) => Token.IsMatch(text);

    /// <summary>A text that may be shown: whoever's token stands in it, for one that another controller wrote still opens the page.</summary>
    public static string WithoutTokens(string text) => InsideOf.Replace(text, "$1(token)$2");

    /// <exception cref="ArgumentException">A path, token or address that does not fit into the configuration.</exception>
    public string Render()
    {
        Refuse(Except.FirstOrDefault(path => !IsExceptable(path)), "path");
        Refuse(IsToken(CheckToken) ? null : "", "token");
        Refuse(CheckAddresses.FirstOrDefault(address => !Address.IsMatch(address)), "address");
        Refuse(Name.IsMatch(Application) ? null : Application, "application");
        Refuse(Name.IsMatch(Site) ? null : Site, "site");
        return new StringBuilder().AppendJoin('\n', [.. Decision(), .. Locations()]).ToString();
    }

    private static string From => $"\"$remote_addr $http_{Cover.CheckHeader.ToLowerInvariant().Replace('-', '_')}\"";

    private string Inside => $"\"^({string.Join('|', CheckAddresses.Select(Regex.Escape))}) {CheckToken}$\"";

    private IEnumerable<string> Decision()
    {
        yield return $"# The cover of {Application}: while {Cover.Flag(Application)} is there, requests are answered 503 with the page beside it.";
        yield return "open_file_cache off;";
        yield return "set $reconciler_asked \"$status $uri\";";
        yield return $"if ($reconciler_asked = \"503 {Cover.StatePath(Application)}/page\") {{ break; }}";
        yield return "set $reconciler_cover \"\";";
        yield return $"set $reconciler_retry_after {Cover.DefaultRetryAfter};";
        foreach (var seconds in Cover.RetryAfterSteps)
            yield return $"if (-f {Cover.RetryAfterFile(Application, seconds)}) {{ set $reconciler_retry_after {seconds}; }}";
        yield return $"if (-f {Cover.Flag(Application)}) {{ set $reconciler_cover on; }}";
        foreach (var path in Except)
        {
            var condition = path.EndsWith('/') ? $"~ \"^{Regex.Escape(path)}\"" : $"= \"{path}\"";
            yield return $"if ($uri {condition}) {{ set $reconciler_cover \"\"; }}";
        }
        yield return $"set $reconciler_from {From};";
        yield return $"if ($reconciler_from ~ {Inside}) {{ set $reconciler_cover \"\"; }}";
        yield return $"if ($reconciler_cover) {{ rewrite ^ {Cover.StatePath(Application)}/on? last; }}";
        yield return "if ($uri ~ \"^/\\.reconciler/\") { break; }";
    }

    private IEnumerable<string> Locations() =>
    [
        $"location = {Cover.StatePath(Application)} {{ default_type text/plain; return 200 \"open\\n\"; }}",
        $"location = {Cover.StatePath(Application)}/on {{",
        "    internal;",
        "    client_max_body_size 0;",
        $"    error_page 503 {Cover.StatePath(Application)}/page;",
        "    return 503;",
        "}",
        $"location = {Cover.StatePath(Application)}/page {{",
        "    internal;",
        "    client_max_body_size 0;",
        "    auth_basic off;",
        "    satisfy any;",
        "    allow all;",
        $"    root {Cover.Folder(Application)};",
        "    types { }",
        "    default_type \"text/html; charset=utf-8\";",
        "    etag off;",
        "    add_header Retry-After $reconciler_retry_after always;",
        "    add_header Cache-Control no-store always;",
        $"    add_header {Cover.CoveredHeader} {Application} always;",
        "    try_files /page.html =503;",
        "}",
        $"location = {Cover.ConfigPath(Application, Site)} {{",
        "    default_type text/plain;",
        $"    if ($reconciler_from !~ {Inside}) {{ return 404; }}",
        $"    return 200 {SealedSite.Placeholder};",
        "}",
        .. Notice ? NoticeLocation() : [],
    ];

    private IEnumerable<string> NoticeLocation() =>
    [
        $"location = {Cover.NoticePath(Application)} {{",
        "    types { }",
        "    default_type text/html;",
        $"    if ($reconciler_from !~ {Inside}) {{ return 404; }}",
        "    sub_filter_once on;",
        $"    {Cover.NoticeInclude(Application)}",
        "    return 200 \"<body></body>\";",
        "}",
    ];

    private static void Refuse(string? value, string what)
    {
        if (value is not null)
            throw new ArgumentException($"not a {what} that an nginx configuration can hold: {value}");
    }

    // nginx compares with the decoded path, so there is no percent sign in it; and a dollar sign cannot be escaped.
    [GeneratedRegex(@"\A/[A-Za-z0-9._~@:+,=/-]*\z")]
    private static partial Regex ExceptPath { get; }

    [GeneratedRegex(@"\A[A-Za-z0-9_-]{16,128}\z")]
    private static partial Regex Token { get; }

    [GeneratedRegex(@"\A[0-9a-fA-F.:]+\z")]
    private static partial Regex Address { get; }

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9._-]*\z")]
    private static partial Regex Name { get; }

    [GeneratedRegex(@"(\$reconciler_from !?~ ""\^\([^()""]*\) )[A-Za-z0-9_-]{16,128}(\$"")")]
    private static partial Regex InsideOf { get; }
}
