using Reconciler.Documents.Kinds;
using Reconciler.Model;
using Reconciler.Resources.Absence;
using Reconciler.Resources.Directory;
using Reconciler.Resources.File;
using Reconciler.Resources.Link;

namespace Reconciler.Documents.Expansion;

/// <summary>files.yaml: files, directories and links.</summary>
internal static class FileExpansion
{
    /// <param name="everywhere">Servers of an entry without <c>on</c>.</param>
    public static IEnumerable<Resource> Expand(ExpansionInput input, Placement placement, DesiredFolder documents, IReadOnlyList<string> everywhere) =>
        from entry in documents.Files.Value
        from server in entry.Value.On is { } named ? placement.On(named) : everywhere
        select Resource(input, documents, server, entry.Key, entry.Value);

    /// <summary>Configuration of nginx that the same documents want gone from a server: it goes in the same run, so a site is tried without it.</summary>
    public static IReadOnlyList<string> GoneFromNginx(ExpansionInput input, Placement placement, DesiredFolder documents, string server) =>
    [
        .. documents.Files.Value.Values
            .Where(entry => entry.Absent && (entry.On is null || placement.IsOn(entry.On, server)))
            .Select(entry => new AbsenceSpec(input.Texts(documents, server).Plain(entry.Path)))
            .Where(gone => gone.IsOfNginx)
            .Select(gone => gone.Path)
            .Order(StringComparer.Ordinal),
    ];

    private static Resource Resource(ExpansionInput input, DesiredFolder documents, string server, string name, FileEntry entry)
    {
        var texts = input.Texts(documents, server);
        var owner = entry.Owner ?? (documents as DesiredApplication)?.Application.Value.User ?? "root";
        var group = entry.Group ?? owner;
        var path = texts.Plain(entry.Path);
        var origin = documents.Files.KeyPlaceOf(name);
        ResourceId Id(string kind) => new(server, documents.Name, kind, name);
        if (entry.Absent)
            return new(Id("Absence"), new AbsenceSpec(path), origin);
        if (entry.Link is not null)
            return new(Id("Link"), new LinkSpec(path, texts.Plain(entry.Link)), origin);
        if (entry.Directory)
            return new(Id("Directory"), new DirectorySpec(path, entry.Mode ?? "0755", owner, group), origin);
        var content = entry.Template is { } template ? texts.File(template) : texts.Plain(entry.Content ?? "");
        return new(Id("File"), new FileSpec(path, content, entry.Mode ?? "0644", owner, group), origin);
    }
}
