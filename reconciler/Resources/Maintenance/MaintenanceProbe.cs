using System.Text.RegularExpressions;
using Reconciler.Model;

namespace Reconciler.Resources.Maintenance;

/// <summary>
/// The look at cover, page and notice: lines <c>flag yes</c>, <c>page DIGEST</c>, <c>retry 900</c>, <c>notice on TIME DIGEST</c>, then
/// the sites' answers.
/// </summary>
internal static partial class MaintenanceProbe
{
    /// <summary>Name under <c>results/</c> of what <see cref="NoticeSteps"/> leave: <c>on TIME DIGEST</c> or <c>off</c>.</summary>
    public static string NoticeResult(string application) => $"notice-{application}";

    public static string NoticePath(string application) => $"/var/lib/reconciler/server/results/{NoticeResult(application)}";

    public static string Script(MaintenanceSpec spec) =>
        $"""
        [ -d {Cover.Folder(spec.Application)} ] && echo 'folder yes'
        {IfFlag(spec.Application)} && echo 'flag yes'
        [ -f {Cover.Page(spec.Application)} ] && echo "page $(sha256sum <{Cover.Page(spec.Application)})"
        {string.Join('\n', Cover.RetryAfterSteps.Select(step => $"[ -f {Cover.RetryAfterFile(spec.Application, step)} ] && echo 'retry {step}'"))}
        {NoticeScript(spec)}
        {PageScript.Probe([.. spec.Sites.Select(site => Covered(spec, site)), .. BannerRequests(spec)])}
        """;

    public static MaintenanceFacts? Read(MaintenanceSpec spec, string output)
    {
        var lines = output.Split('\n').Select(line => line.Split(' ')).ToLookup(words => words[0], words => words[1..]);
        if (!lines.Contains("notice"))
            return null;
        var answers = PageAnswer.ReadAll(output, spec.Sites.Count + (spec.Banner?.Sites.Count ?? 0));
        return new(
            lines.Contains("folder"),
            lines.Contains("flag"),
            lines["page"].FirstOrDefault()?.FirstOrDefault(),
            [.. Cover.RetryAfterSteps.Where(step => lines["retry"].Any(words => words is [var seconds] && seconds == $"{step}"))],
            lines["notice"].First() is ["on", var time, ..] ? time : null,
            [.. answers.Zip(spec.Sites, (answer, site) => StateOf(spec, site, answer))])
        {
            NoticeWords = lines["notice"].First() is ["on", _, { Length: > 0 } words, ..] ? words : null,
            Shown = [.. answers.Skip(spec.Sites.Count).Select(ShownBy)],
        };
    }

    /// <summary>A command's outcome; or the banner's file, which says its time itself, with the digest of all of it.</summary>
    private static string NoticeScript(MaintenanceSpec spec) => spec.Banner is null
        ? $"echo \"notice $(head -c 100 {NoticePath(spec.Application)})\""
        : $"""
            n={Cover.NoticeFile(spec.Application)}
            if [ -e $n ]; then echo "notice on $(sed -n '1s/^{NoticeBanner.FirstLine}\([0-9TZ:-]*\)$/\1/p' $n) $(sha256sum <$n)"; else echo 'notice off'; fi
            """;

    private static IEnumerable<PageRequest> BannerRequests(MaintenanceSpec spec) => spec.Banner is { } banner
        ? banner.Sites.Select(site => BannerSteps.Ask(spec.Application, site, banner.CheckToken))
        : [];

    private static string? ShownBy(PageAnswer answer) => answer.State == "200" && answer.Start.StartsWith("<body>", StringComparison.Ordinal)
        ? Shown().Match(answer.Start).Groups[1].Value
        : null;

    [GeneratedRegex("data-notice=\"([^\"]*)\"")]
    private static partial Regex Shown();

    /// <summary>What a covered site answers: any request would do, this one never reaches the application.</summary>
    public static PageRequest Covered(MaintenanceSpec spec, PageTarget site) =>
        new(site, Cover.StatePath(spec.Application))
        {
            Status = 503,
            HeadHolds = $"{Cover.CoveredHeader}: {spec.Application}",
            Where = "through nginx",
        };

    public static PageRequest Open(MaintenanceSpec spec, PageTarget site) =>
        new(site, Cover.StatePath(spec.Application)) { Status = 200, BodyHolds = "open", Where = "through nginx" };

    public static string IfFlag(string application) => $"[ -f {Cover.Flag(application)} ]";

    private static SiteState StateOf(MaintenanceSpec spec, PageTarget site, PageAnswer answer) =>
        answer.Fits(Covered(spec, site)) ? SiteState.Covered
        : answer is { State: "200", Start: "open" } ? SiteState.Open
        : SiteState.NotServed;
}
