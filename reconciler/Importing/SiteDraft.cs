namespace Reconciler.Importing;

/// <summary>nginx.yaml with the site's file, and checks.yaml.</summary>
internal static class SiteDraft
{
    public static void Write(Draft draft, int? page)
    {
        if (draft.Found.Site is { } site)
            WriteSite(draft, site);
        if (draft.Found.Site is null && draft.Found.Port is null)
            return;
        var checks = draft.OfApplication("Checks");
        checks.Add("spec:");
        checks.Add(page is null or 200 ? "  home: {path: /}" : $"  home: {{path: /, status: {page}}}",
            page is null ? "guessed: it was not asked" : $"as it answers now; `contains:` would say more than a status");
        draft.AddOfApplication("checks.yaml", checks);
    }

    private static void WriteSite(Draft draft, ImportedSite site)
    {
        var covered = site.File.Text.Contains("{{> cover}}", StringComparison.Ordinal);
        draft.AddOfApplication("nginx.conf", covered ? site.File.Text : NginxText.WithCover(site.File.Text, site.Block));
        var nginx = draft.OfApplication("Nginx");
        nginx.Add("spec:");
        nginx.Add("  site: {template: nginx.conf, on: [web]}", $"copied from {site.File.Path}");
        draft.AddOfApplication("nginx.yaml", nginx);
        draft.FileEntries.Add(($"handmade-site: {{path: {YamlDraft.Of(site.File.Path)}, absent: true, on: [web]}}",
            $"its place is taken by sites-enabled/{draft.Request.Application}-site; a copy is kept there"));
        draft.Notes.Add($"{{{{> cover}}}} was put into the server block at {site.File.Path}:{site.Block.Line}, as its "
            + $"first line: it is what answers 503 under maintenance");
        if (draft.Found.Server.Links.TryGetValue(site.File.Path, out var target))
            draft.LeftAlone.Add(new(target, $"{site.File.Path} leads to it: only that link goes, and nginx no longer reads it"));
        if (site.File.Text.Contains("maintenance", StringComparison.OrdinalIgnoreCase))
            draft.Notes.Add($"the maintenance page that {site.File.Path} has of its own stays in nginx.conf, beside the "
                + $"cover; take it out there when nobody uses it any more");
    }
}
