using Reconciler.Documents.Kinds;
using Reconciler.Documents.Templates;

namespace Reconciler.Documents.Rules;

/// <summary>nginx.yaml.</summary>
internal static class SiteRules
{
    public static void Check(RuleContext context, DesiredFolder folder)
    {
        foreach (var (name, site) in folder.Nginx.Value)
        {
            context.CheckOn(folder.Nginx, site.On, name, "on");
            context.CheckOneOf(folder.Nginx, name, ("template", site.Template is not null), ("preset", site.Preset is not null));
            CheckPage(context, folder, name, site);
            if (site.Preset is not null)
                CheckPreset(context, folder, name, site);
            else if (site.Template is not null)
                CheckTemplate(context, folder, name, site);
        }
    }

    private static void CheckTemplate(RuleContext context, DesiredFolder folder, string name, SiteEntry site)
    {
        var template = context.ReadTemplate(folder.Name, site.Template!, folder.Nginx.PlaceOf(name, "template"), out var file);
        if (template is null)
            return;
        TemplateRules.RefuseParts(context, file!, template, site: true);
        var covers = template.All.Where(segment => segment is Segment.Cover).ToList();
        var looped = template.Segments.OfType<Segment.Each>().SelectMany(each => each.Body).Any(segment => segment is Segment.Cover);
        if (covers.Count != 1 || looped)
            context.Fault("cover-not-once",
                covers.Count > 1 || looped ? new Model.Place(file!.File, covers[^1].Line, covers[^1].Column) : Model.Place.Of(file!.File),
                $"`{{{{> cover}}}}` stands in it {(looped ? "within a loop" : $"{covers.Count} times")}",
                    "write it exactly once, in the server block, before its locations");
        foreach (var scope in context.ScopesOn(folder, site.On))
        {
            var rendered = TemplateRenderer.Render(template, scope, Standing.NginxToken);
            context.CheckTemplate(file!, rendered.Faults);
            if (rendered.Faults.Count > 0)
                return;
        }
        foreach (var scope in context.ScopesOn(folder, site.On).Take(1))
            NoticeRules.CheckParts(context, file!, template, scope);
    }

    private static void CheckPage(RuleContext context, DesiredFolder folder, string name, SiteEntry site)
    {
        if (site.Cover.Page is null || context.ReadTemplate(folder.Name, site.Cover.Page, folder.Nginx.PlaceOf(name, "cover", "page"),
            out var file) is not { } page)
            return;
        TemplateRules.RefuseParts(context, file!, page);
        foreach (var scope in context.ScopesOn(folder, site.On).Take(1))
            context.CheckTemplate(file!, TemplateRenderer.Render(page, scope.WithNotice(null, null, null), Standing.Html).Faults);
    }

    private static void CheckPreset(RuleContext context, DesiredFolder folder, string name, SiteEntry site)
    {
        var place = folder.Nginx.PlaceOf(name, "preset");
        if (!folder.Services.Value.Values.Any(service => service is { Part: Part.Web, Port: not null }))
            context.Fault("missing-key", place, "no `part: web` service has a `port` to which the site could pass requests",
                "write its port in services.yaml, or use a template");
        foreach (var scope in context.ScopesOn(folder, site.On).Where(scope => scope.Find("domain") is null).Take(1))
            context.Fault("unknown-value", place, $"the preset needs the value `domain` (on {scope.Server})", "declare it under `values`");
    }
}
