using Reconciler.Documents.Kinds;
using Reconciler.Documents.Templates;
using Reconciler.Documents.Yaml;
using Reconciler.Model;

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
            if (folder is not DesiredApplication && !IsRead(context, folder, name))
                context.Warn("read-by-none", document.KeyPlaceOf(name), $"no service reads {Shown.Value(name)}, and so it goes to no"
                    + $" server",
                    $"write reads: [secrets/{name}] at the service in host/services.yaml that needs it");
            if (folder is DesiredApplication application && file.Path.StartsWith('/') && !document.IsFaulty(name))
                context.Fault("bad-value", document.PlaceOf(name, "path"), $"{Shown.Value(file.Path)} is absolute",
                    file.Path.StartsWith(application.Application.Value.Path + "/", StringComparison.Ordinal)
                        ? $"write it from the application's path: {file.Path[(application.Application.Value.Path.Length + 1)..]}"
                        : "an application's secrets lie below its own path: write a path from there");
            if (isTemplate)
                CheckTemplate(context, folder, name, file);
        }
    }

    private static bool IsRead(RuleContext context, DesiredFolder folder, string name) => context.Desired.Folders.Any(other =>
        other.Services.Unreadable || other.Services.Value.Values.Any(service => service.Reads is { } reads
            && (reads.Contains($"{folder.Name}/secrets/{name}") || (other == folder && reads.Contains($"secrets/{name}")))));

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
                "write from: aws:NAME, age:FILE, env:NAME or file:/PATH");
        CheckSource(context, folder, file.From, file.Version, file.Rotate, [name]);
        foreach (var (key, own) in file.Keys.Where(key => key.Value.From is not null || key.Value.Version is not null))
            CheckSource(context, folder, own.From, own.Version, file.Rotate, [name, "keys", key]);
    }

    /// <summary>A value that may change under a commit's feet is taken only where somebody has said so (desired-state.md, "Secrets").</summary>
    private static void CheckSource(
        RuleContext context, DesiredFolder folder, string? from, string? version, Rotation? rotate, string[] path)
    {
        var document = folder.Secrets;
        var isAws = from?.StartsWith("aws:", StringComparison.Ordinal) == true;
        if (isAws && version is null && rotate is null)
            context.Fault("missing-key", document.PlaceOf([.. path, "from"]), $"{Shown.Value(from!)} has no `version`",
                "write its id or stage:NAME, or rotate: automatic beside the file's `path`, and it follows AWSCURRENT");
        if (!isAws && version is not null)
            context.Fault("bad-value", document.PlaceOf([.. path, "version"]), "`version` stands where nothing comes from aws:",
                "take it out; only aws: has versions");
        if (isAws && rotate is not null && version?.StartsWith("stage:", StringComparison.Ordinal) == false)
            context.Fault("excluding-keys", document.PlaceOf([.. path, "version"]), "one version by its id never changes, and `rotate: automatic` follows changes",
                "write stage:NAME, or take one of them out");
        if (from?.StartsWith("age:", StringComparison.Ordinal) == true)
            CheckEncrypted(context, folder, from["age:".Length..].Split('#')[0], document.PlaceOf([.. path, "from"]));
    }

    private static void CheckEncrypted(RuleContext context, DesiredFolder folder, string path, Place place)
    {
        var rendered = TemplateRenderer.Render(Template.Parse(path), new ValueScope(context.Desired, folder as DesiredApplication, null), Standing.Plain);
        if (rendered.Faults.Count > 0)
            return;
        if (context.Desired.ReadTemplate(folder.Name, rendered.Text) is not { } file)
            context.Fault("file-not-found", place, $"there is no file {Shown.Value(rendered.Text)}",
                $"looked for in {context.Desired.Name}/{folder.Name}/ and base/{folder.Name}/");
        else if (!AgeFormat.IsEncrypted(file.Content.Span))
            context.Fault("not-encrypted", new Place(file.File, 1, 1), "this is not encrypted with age",
                "age --encrypt --recipients-file RECIPIENTS; if it holds a secret, that one is in git's history now: put another in its place");
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
