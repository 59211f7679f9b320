using Reconciler.Documents.Contracts;
using Reconciler.Documents.Yaml;
using Reconciler.Model;

namespace Reconciler.Documents.Reading;

/// <summary>A file to a document: text, nodes, the four keys around every spec, and the spec's own shape.</summary>
internal sealed class EnvelopeReader(List<Diagnostic> diagnostics)
{
    public const string ApiVersion = "reconciler/v1";

    private static readonly string[] Keys = ["apiVersion", "kind", "metadata", "spec"];

    /// <param name="file">As in a <see cref="Place"/>.</param>
    /// <param name="name">What <c>metadata.name</c> must be: the folder's name.</param>
    public DocumentFile Read(string file, string folder, string name, DocumentKind kind, ReadOnlySpan<byte> content)
    {
        var document = new DocumentFile(kind, folder, null, Place.Of(file), new HashSet<string>());
        var text = SourceText.Read(file, content, tabs: false, diagnostics);
        if (text is null || YamlReader.Read(file, text, diagnostics) is not { } root)
            return document;
        if (root is not MapNode map)
        {
            Report("wrong-type", root.Place, $"{ShapeCheck.Describe(root)} stands where a document is expected",
                "write apiVersion, kind, metadata and spec");
            return document;
        }
        CheckEnvelope(map, name, kind);
        var before = diagnostics.Count;
        var spec = ReadSpec(map, kind,
            nullRemoves: !kind.AlwaysWhole && !folder.StartsWith(TreeReader.Base + "/", StringComparison.Ordinal));
        return document with { Spec = spec, FaultyEntries = EntriesWith(diagnostics.Skip(before), map["spec"]?.Value as MapNode) };
    }

    /// <summary>A fault stands in the last entry that begins before it.</summary>
    private static HashSet<string> EntriesWith(IEnumerable<Diagnostic> faults, MapNode? spec) =>
        [.. faults.Select(fault => spec?.Entries.LastOrDefault(entry => (entry.KeyPlace.Line, entry.KeyPlace.Column).CompareTo((fault.Place.Line, fault.Place.Column)) <= 0)?.Key).OfType<string>()];

    private void CheckEnvelope(MapNode map, string name, DocumentKind kind)
    {
        foreach (var entry in map.Entries.Where(entry => !Keys.Contains(entry.Key)))
            Report("unknown-key", entry.KeyPlace, $"{Shown.Value(entry.Key)} is not known here", Nearest.Hint(entry.Key, Keys));
        CheckWord(map, "apiVersion", ApiVersion, "version-unknown");
        CheckWord(map, "kind", kind.Name, "kind-does-not-match-file");
        if (map["metadata"] is not { } metadata)
            Report("missing-key", map.Place, "the document has no `metadata`", $"write metadata: {{name: {name}}}");
        else if (metadata.Value is not MapNode inner)
            Report("wrong-type", metadata.Value.Place, $"{ShapeCheck.Describe(metadata.Value)} stands where a map is expected",
                $"write metadata: {{name: {name}}}");
        else
        {
            foreach (var entry in inner.Entries.Where(entry => entry.Key != "name"))
                Report("unknown-key", entry.KeyPlace, $"{Shown.Value(entry.Key)} is not known here", Nearest.Hint(entry.Key, ["name"]));
            CheckWord(inner, "name", name, "name-does-not-match-folder");
        }
    }

    private void CheckWord(MapNode map, string key, string wanted, string code)
    {
        if (map[key] is not { } entry)
            Report("missing-key", map.Place, $"the document has no `{key}`", $"write {key}: {wanted}");
        else if (entry.Value is not ScalarNode scalar || scalar.Text != wanted)
            Report(code, entry.Value.Place,
                $"`{key}` is {(entry.Value is ScalarNode found ? Shown.Value(found.Text) : ShapeCheck.Describe(entry.Value))}",
                $"here it must be {wanted}");
    }

    private MapNode? ReadSpec(MapNode map, DocumentKind kind, bool nullRemoves)
    {
        if (map["spec"] is not { } spec)
        {
            Report("missing-key", map.Place, "the document has no `spec`", "write it; an empty one is spec: {}");
            return null;
        }
        if (spec.Value is ScalarNode { Plain: true, Text: "" or "null" or "~" })
        {
            Report("empty-value", spec.Value.Place, "`spec` has no value",
                "an empty one is spec: {}; an empty document never means \"delete all\"");
            return null;
        }
        return new ShapeCheck(nullRemoves, diagnostics).Check(spec.Value, kind.Spec, PropertyRules.Named(kind.Keys)) as MapNode;
    }

    private void Report(string code, Place place, string what, string fix) => diagnostics.Add(Diagnostic.Error(code, place, what, fix));
}
