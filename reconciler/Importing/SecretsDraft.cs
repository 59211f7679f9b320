using Reconciler.Documents.Contracts;

namespace Reconciler.Importing;

/// <summary>secrets.yaml: names of keys, and where on the controller their values are to lie.</summary>
internal static class SecretsDraft
{
    public static void Write(Draft draft)
    {
        var (found, top) = (draft.Found, draft.Found.Checkout.Path);
        var document = draft.OfApplication("Secrets");
        document.Add("spec:");
        foreach (var file in found.Checkout.Secrets)
        {
            var keys = file.Keys.Where(key => Forms.Of(Form.SecretKey).Judge(key) is null).Distinct().ToList();
            if (file.Keys.Count == 0 || keys.Count < file.Keys.Count || Forms.Of(Form.RelativePath).Judge(file.Path) is not null)
            {
                draft.LeftAlone.Add(new($"{top}/{file.Path}", file.Keys.Count == 0 ? "no keys could be read in it"
                    : "documents cannot hold its path or one of its keys"));
                continue;
            }
            var json = file.Path.EndsWith(".json", StringComparison.Ordinal);
            var number = draft.SecretNames.Count == 0 ? "" : $"-{draft.SecretNames.Count + 1}";
            var name = $"settings{number}";
            var source = $"{draft.SecretsFolder}/{draft.Request.Application}{number}.json";
            draft.SecretNames[file.Path] = name;
            draft.SecretsToFetch.Add(new($"{top}/{file.Path}", source, json, keys));
            if (!json || !file.AsWeLayItOut)
                draft.Notes.Add($"{top}/{file.Path}: the first converge writes the same values in "
                    + $"{(json ? "another order and indentation" : "another layout and "
                    + "without comments")}, 0600; till then the plan says that the file differs");
            document.Add($"  {name}:", $"found at {top}/{file.Path}, {file.Mode} {file.Owner}:{file.Group}");
            document.Add($"    path: {YamlDraft.Of(file.Path)}");
            document.Add($"    format: {(json ? "json" : "dotenv")}");
            document.Add($"    from: {Documents.Editing.YamlEdit.Quoted($"file:{source}")}");
            document.Add($"    keys: {YamlDraft.Map(keys.Select(key => KeyValuePair.Create(YamlDraft.Of(key), "{}")))}");
        }
        if (draft.SecretNames.Count > 0)
            draft.AddOfApplication("secrets.yaml", document);
    }
}
