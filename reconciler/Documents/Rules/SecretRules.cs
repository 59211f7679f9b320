using Reconciler.Documents.Kinds;
using Reconciler.Documents.Templates;
using Reconciler.Documents.Yaml;

namespace Reconciler.Documents.Rules;

/// <summary>secrets.yaml.</summary>
internal static class SecretRules
{
    public static void Check(RuleContext context, DesiredFolder folder)
    {
        var document = folder.Secrets;
        foreach (var (name, file) in document.Value)
        {
            var isTemplate = file.Format == SecretFormat.Template;
            context.CheckOnlyWith(document, name, "template", file.Template is not null, isTemplate, "`format: template`");
            context.CheckOnlyWith(document, name, "keys", file.Keys.Count > 0, file.Format != SecretFormat.Raw,
                "every format but raw, which is one value");
            CheckKeysAndSource(context, folder, name, file);
            if (folder is not DesiredApplication && !file.Path.StartsWith('/') && !document.IsFaulty(name))
                context.Fault("bad-value", document.PlaceOf(name, "path"),
                    $"{Shown.Value(file.Path)} is relative, and host has no folder", "write an absolute path");
            if (folder is DesiredApplication application && file.Path.StartsWith('/') && !document.IsFaulty(name))
                context.Fault("bad-value", document.PlaceOf(name, "path"), $"{Shown.Value(file.Path)} is absolute",
                    file.Path.StartsWith(application.Application.Value.Path + "/", StringComparison.Ordinal)
                        ? $"write it from the application's path: {file.Path[(application.Application.Value.Path.Length + 1)..]}"
                        : "an application's secrets lie below its own path: write a path from there");
            if (isTemplate)
                CheckTemplate(context, folder, name, file);
        }
    }

    private static void CheckKeysAndSource(RuleContext context, DesiredFolder folder, string name, SecretFileEntry file)
    {
        var document = folder.Secrets;
        if (document.IsFaulty(name))
            return;
        if (file.Format != SecretFormat.Raw && file.Keys.Count == 0)
            context.Fault("missing-key", document.KeyPlaceOf(name), $"{Shown.Value(name)} declares no `keys`",
                "write the keys that it needs, as keys: {SECRET_KEY: {}}");
        var without = file.Keys.Where(key => key.Value.From is null).Select(key => key.Key).ToList();
        if (file.From is null && (without.Count > 0 || file.Keys.Count == 0))
            context.Fault("missing-key", document.KeyPlaceOf(name),
                $"{Shown.Value(name)} does not say where {(without.Count > 0 ? string.Join(", ", without) : "its value")} comes from",
                "write from: env:NAME or from: file:/PATH");
    }

    private static void CheckTemplate(RuleContext context, DesiredFolder folder, string name, SecretFileEntry file)
    {
        if (file.Template is null)
        {
            if (!folder.Secrets.IsFaulty(name))
                context.Fault("missing-key", folder.Secrets.KeyPlaceOf(name), $"{Shown.Value(name)} has no `template`",
                    "`format: template` needs one");
            return;
        }
        if (context.ReadTemplate(folder.Name, file.Template, folder.Secrets.PlaceOf(name, "template"), out var found) is not { } template)
            return;
        var scope = new ValueScope(context.Desired, folder as DesiredApplication,
            null).WithSecrets(file.Keys.Keys.Select(key => KeyValuePair.Create(key, "x")));
        context.CheckTemplate(found!, TemplateRenderer.Render(template, scope, Standing.Plain).Faults);
        TemplateRules.RefuseParts(context, found!, template);
    }
}
