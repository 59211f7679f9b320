using Reconciler.Documents.Contracts;
using Reconciler.Documents.Kinds;
using Reconciler.Documents.Yaml;
using Reconciler.Model;

namespace Reconciler.Documents.Reading;

/// <summary>Base and environment to the merged documents of one environment.</summary>
internal sealed class EnvironmentReader(string name, TreeContent content, TreeContent baseContent, List<Diagnostic> diagnostics)
{
    public DesiredEnvironment Read()
    {
        Require("environment.yaml", "write it: it says how careful to be here");
        Require("servers.yaml", "write it: an environment has at least one server");
        return new DesiredEnvironment(
            name,
            content.Tree.Revision,
            baseContent.Tree.Revision,
            Document<EnvironmentDocument>("Environment", name),
            Map<ServerEntry>("Servers", name),
            Map<AcknowledgementEntry>("Acknowledgements", name),
            Folder(ResourceId.Host),
            content.ApplicationsOf(name).ToDictionary(application => application, Application),
            new TemplateFiles(content.Tree, baseContent.Tree));
    }

    private DesiredApplication Application(string application)
    {
        var folder = $"{name}/{application}";
        if (!content.Tree.Files.ContainsKey($"{folder}/application.yaml"))
            diagnostics.Add(Diagnostic.Error("no-application", Place.Of(folder),
                "the folder has no application.yaml, by which an application exists here",
                "write it with the commit; to stop one, keep it and say retired: true"));
        return new DesiredApplication(Folder(application), Document<ApplicationDocument>("Application", folder),
            Document<MaintenanceDocument>("Maintenance", folder));
    }

    private DesiredFolder Folder(string folder) => new(
        folder,
        Map<ServiceEntry>("Services", $"{name}/{folder}"),
        Map<SecretFileEntry>("Secrets", $"{name}/{folder}"),
        Map<SiteEntry>("Nginx", $"{name}/{folder}"),
        Map<DatabaseEntry>("Databases", $"{name}/{folder}"),
        Map<PackageEntry>("Packages", $"{name}/{folder}"),
        Map<FileEntry>("Files", $"{name}/{folder}"),
        Map<CheckEntry>("Checks", $"{name}/{folder}"),
        Map<TaskEntry>("Tasks", $"{name}/{folder}"));

    private Located<IReadOnlyDictionary<string, T>> Map<T>(string kind, string folder) =>
        Document<IReadOnlyDictionary<string, T>>(kind, folder);

    private Located<T> Document<T>(string kindName, string folder)
    {
        var kind = DocumentKind.Named(kindName);
        var over = content.Documents.GetValueOrDefault($"{folder}/{kind.FileName}");
        var slash = folder.IndexOf('/');
        var under = slash < 0 ? null : baseContent.Documents.GetValueOrDefault($"{TreeReader.Base}{folder[slash..]}/{kind.FileName}");
        var place = (over ?? under)?.Place ?? Place.Of($"{folder}/{kind.FileName}");
        if (over is null && under is null)
            return new Located<T>(Binder.Bind<T>(new MapNode(place, [])), null, place, new HashSet<string>(), unreadable: false);
        var merged = (MapNode)Merge.Apply(under?.Spec is null ? null : Merge.Apply(null, under.Spec), over?.Spec ?? new MapNode(place, []));
        var unreadable = over is { Spec: null } || under is { Spec: null };
        if (!unreadable)
            Completeness.Check(merged, kind.Spec, merged.Place, "spec", diagnostics);
        return new Located<T>(Binder.Bind<T>(merged), merged, place, Union(over?.FaultyEntries, under?.FaultyEntries), unreadable);
    }

    private static HashSet<string> Union(params IEnumerable<IReadOnlySet<string>?> sets) =>
        [.. sets.SelectMany(set => set ?? new HashSet<string>())];

    private void Require(string file, string fix)
    {
        if (!content.Tree.Files.ContainsKey($"{name}/{file}"))
            diagnostics.Add(Diagnostic.Error("missing-file", Place.Of($"{name}/{file}"), "the environment has no such file", fix));
    }
}
