using Reconciler.Documents.Kinds;
using Reconciler.Documents.Templates;
using Reconciler.Model;

namespace Reconciler.Documents.Rules;

/// <summary>How users are told: what stands in application.yaml, and for a banner the part in the sites' templates.</summary>
internal static class NoticeRules
{
    private const string Marker = "reconciler_notice";
    private static readonly string[] TakenOnlyWhereNone = ["proxy_set_header", "sub_filter"];

    public static void Check(RuleContext context, DesiredApplication application)
    {
        var document = application.Application;
        if (document.Value.Notice is not { } notice || document.IsFaulty("notice"))
            return;
        var commands = notice.On is not null || notice.Off is not null;
        if ((commands ? 1 : 0) + (notice.File is not null ? 1 : 0) + (notice.Banner ? 1 : 0) > 1)
            context.Fault("excluding-keys", document.PlaceOf("notice"),
                $"`notice` has {(commands ? "commands" : "a `file`")} and {(notice.Banner ? "a `banner`" : "a `file`")}", Ways);
        else if (notice is { Banner: false, File: null } && (notice.On is null || notice.Off is null))
            context.Fault("missing-key", document.PlaceOf("notice"), $"`notice` has no `{(notice.On is null ? "on" : "off")}`", Ways);
        context.CheckOnlyWith(document, "notice", "text", notice.Text is not null, notice.Banner, "`banner: true`");
        if (notice.Banner && !document.Value.Retired)
            CheckBanner(context, application, notice);
    }

    public const string Ways = "write either both commands, `on` and `off`, or `file: PATH` that the site looks for, or `banner: true`";

    private static void CheckBanner(RuleContext context, DesiredApplication application, Kinds.NoticeCommands notice)
    {
        var (document, sites) = (application.Application, application.Nginx.Value);
        if (!application.Nginx.Faulty && !sites.Values.Any(site => site.Preset is not null || HasPart(context, application, site)))
            context.Fault("no-notice-part", document.PlaceOf("notice", "banner"), $"no site of {application.Name} has `{{{{> notice}}}}`",
                $"write it into the location with proxy_pass of {Templates(context, application)}, beside its proxy_set_header lines");
        var flag = application.Maintenance;
        foreach (var scope in context.ScopesOn(application, null).Take(1))
        {
            var text = TemplateRenderer.Render(Template.Parse(notice.TextFor(flag.Value)), scope.WithNotice(null, null, flag.Value.Message), Standing.Plain);
            var bytes = new Resources.Maintenance.NoticeBanner(text.Text, null, [], "/", "").Bytes;
            if (text.Faults.Count == 0 && bytes > Resources.Maintenance.NoticeBanner.MostBytes)
                context.Fault("banner-too-long", flag.Value.Message is null ? document.PlaceOf("notice", "text") : flag.PlaceOf("message"),
                    $"the banner has {bytes} bytes as HTML, and nginx takes no more than {Resources.Maintenance.NoticeBanner.MostBytes}", "write a shorter text");
        }
    }

    private static bool HasPart(RuleContext context, DesiredApplication application, SiteEntry site) =>
        site.Template is { } path && context.Desired.ReadTemplate(application.Name, path) is { } file
        && Template.Parse(file.Text).All.Any(segment => segment is Segment.Notice);

    private static string Templates(RuleContext context, DesiredApplication application)
    {
        var files = application.Nginx.Value.Values.Select(site => site.Template is { } path ? context.Desired.ReadTemplate(application.Name, path)?.File : null)
            .OfType<string>().Distinct().Order(StringComparer.Ordinal).ToList();
        return files.Count == 0 ? "a site in nginx.yaml" : string.Join(" or ", files);
    }

    /// <summary>
    /// Where the part stands decides whether it works: of the header lines for the application, and of sub_filter, nginx takes those of the block around only
    /// where a location has none of its own (nginx manual, proxy_set_header and sub_filter: "inherited ... if and only if").
    /// </summary>
    public static void CheckParts(RuleContext context, TemplateFile file, Template template, ValueScope scope)
    {
        var parts = template.All.OfType<Segment.Notice>().ToList();
        if (parts.Count == 0)
            return;
        var rendered = TemplateRenderer.Render(template, scope, Standing.NginxToken, TemplateParts.None with { Notice = $"{Marker};\n" });
        var blocks = NginxBlock.Read(rendered.Text).SelectMany(block => block.Directives.Where(words => words[0] == Marker).Select(_ => block)).ToList();
        for (var i = 0; i < blocks.Count; i++)
        {
            var part = parts[Math.Min(i, parts.Count - 1)];
            if (Fault(blocks[i]) is { } fault)
                context.Fault("notice-misplaced", new Place(file.File, part.Line, part.Column), fault.What, fault.Fix);
        }
    }

    private static (string What, string Fix)? Fault(NginxBlock block)
    {
        if (block.Words is not ["location", ..] || !block.Has("proxy_pass"))
            return ("`{{> notice}}` does not stand in a location with proxy_pass", "write it there: what it adds is for pages of the application");
        var hidden = TakenOnlyWhereNone
            .FirstOrDefault(name => !block.Has(name) && !block.Has("include") && block.Outer.Any(outer => outer.Has(name) || Includes(outer, name)));
        return hidden is null ? null
            : ($"while users are told, nginx would not take the {hidden} lines around this location: it does so only where a location has none of its own",
                $"write the {hidden} lines into this location as well");
    }

    /// <summary>Debian's /etc/nginx/proxy_params holds proxy_set_header lines.</summary>
    private static bool Includes(NginxBlock block, string name) =>
        name == "proxy_set_header" && block.Directives.Exists(words => words is ["include", var path] && path.Contains("proxy", StringComparison.Ordinal));
}
