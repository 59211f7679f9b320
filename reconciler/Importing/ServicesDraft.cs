using System.Globalization;
using Reconciler.Documents.Kinds;

namespace Reconciler.Importing;

/// <summary>The application's services.yaml, and in files.yaml the files by which supervisor or systemd know them.</summary>
internal static class ServicesDraft
{
    public static void Write(Draft draft)
    {
        var services = draft.OfApplication("Services");
        services.Add("spec:");
        foreach (var service in draft.Found.Services)
        {
            var kept = service.Found.By == FoundBy.OwnSupervisor ? null : Keep(draft, service.Found.File);
            services.Add($"  {service.Key}: {YamlDraft.Map(Entries(draft, service, kept))}", Why(service));
        }
        if (draft.Found.Services.Count > 0)
            draft.AddOfApplication("services.yaml", services);
        if (draft.FileEntries.Count == 0)
            return;
        var files = draft.OfApplication("Files");
        files.Add("spec:");
        foreach (var (line, from) in draft.FileEntries)
            files.Add($"  {line}", from);
        draft.AddOfApplication("files.yaml", files);
    }

    private static IEnumerable<KeyValuePair<string, string>> Entries(Draft draft, ImportedService service, string? kept)
    {
        KeyValuePair<string, string> Entry(string key, string value) => new(key, value);
        yield return Entry("part", RoleOf(service.Part));
        yield return Entry("on", $"[{RoleOf(service.Part)}]");
        yield return Entry(service.Found.By == FoundBy.Systemd ? "unit" : "program", YamlDraft.Of(service.Found.Name));
        if (service.Config is { } config)
            yield return Entry("config", YamlDraft.Of(config));
        if (service.Part == Part.Web && draft.Found.Port is { } port)
            yield return Entry("port", port.ToString(CultureInfo.InvariantCulture));
        if (service.Found.StopTimeout is { } timeout)
            yield return Entry("stopTimeout", string.Create(CultureInfo.InvariantCulture, $"{timeout.TotalSeconds}s"));
        if (kept is not null)
            yield return Entry("reads", YamlDraft.List(
                ["code", .. draft.Found.Virtualenv is null ? Array.Empty<string>() : ["virtualenv"],
                    .. draft.SecretNames.Values.Select(name => $"secrets/{name}"), $"files/{kept}"]));
    }

    private static string Why(ImportedService service) =>
        $"guessed from {service.Found.From}" + (service.Found.Part is null ? ": a worker, since it runs this application's code" : "");

    /// <returns>The name of the entry that keeps the file as it is; null where git may not hold it.</returns>
    private static string? Keep(Draft draft, string path)
    {
        var name = (path.StartsWith("/etc/supervisor", StringComparison.Ordinal) ? "supervisor-" : "unit-")
            + string.Concat(Path.GetFileNameWithoutExtension(path).ToLowerInvariant()
            .Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-')).Trim('-');
        if (draft.FileEntries.Exists(entry => entry.Line.StartsWith(name + ":", StringComparison.Ordinal)))
            return name;
        var text = draft.Found.Server.Files.First(file => file.Path == path).Text;
        var why = ServiceWords.LooksSecret(text) ? "it may hold secrets in its environment, and git holds none"
            : text.Contains("{{", StringComparison.Ordinal) || text.Contains('\uFFFD')
            ? "it holds `{{` or is no UTF-8, which a template cannot"
            : null;
        if (why is not null)
        {
            if (!draft.LeftAlone.Exists(left => left.What == path))
                draft.LeftAlone.Add(new(path, $"{why}: its programs are started and stopped, and the file stays as it is"));
            return null;
        }
        var file = $"{name}{Path.GetExtension(path)}";
        var (mode, owner, group) = draft.Found.Server.Modes.GetValueOrDefault(path, ("0644", "root", "root"));
        draft.AddOfApplication(file, text);
        draft.FileEntries.Add(($"{name}: {{path: {YamlDraft.Of(path)}, template: {YamlDraft.Of(file)}, mode: \"{mode}\", "
            + $"owner: {owner}, group: {group}, "
            + $"on: {YamlDraft.List(RolesOf(draft, path))}}}", $"copied from {path}"));
        return name;
    }

    private static IEnumerable<string> RolesOf(Draft draft, string path) =>
        draft.Found.Services.Where(service => service.Found.File == path).Select(service => RoleOf(service.Part)).Distinct();

    private static string RoleOf(Part part) => part.ToString().ToLowerInvariant();
}
