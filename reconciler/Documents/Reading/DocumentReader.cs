using Reconciler.Documents.Contracts;
using Reconciler.Documents.Rules;
using Reconciler.Documents.Yaml;
using Reconciler.Model;

namespace Reconciler.Documents.Reading;

/// <summary>The one way in: a tree of files to the desired state of every environment, or to all of its faults.</summary>
internal static class DocumentReader
{
    /// <summary>Faults of one file that are told; a binary file would drown the others.</summary>
    private const int MostFaultsPerFile = 100;

    /// <summary>Which environment takes its base from which earlier commit; the caller reads those trees before <see cref="Read"/>.</summary>
    public static IReadOnlyDictionary<string, string> BasePins(DocumentTree tree)
    {
        var pins = new Dictionary<string, string>();
        foreach (var (path, document) in TreeReader.Read(tree, "", onlyBase: false, []).Documents)
            if (PinOf(document) is { } pin && Forms.Of(Form.Sha).Judge(pin.Text) is null)
                pins[document.Folder] = pin.Text;
        return pins;
    }

    public static ReadResult Read(DocumentTree tree, ReadOptions options)
    {
        var diagnostics = new List<Diagnostic>();
        var content = TreeReader.Read(tree, "", onlyBase: false, diagnostics);
        if (content.Environments.Count == 0)
            diagnostics.Add(Diagnostic.Error("no-environment", Place.Of("."), "the tree has no environment",
                "an empty desired state never means \"delete all\": write ENVIRONMENT/environment.yaml and servers.yaml"));
        var bases = new Dictionary<string, TreeContent>();
        var environments = content.Environments.ToDictionary(name => name, name =>
            new EnvironmentReader(name, content, BaseOf(name, content, options, bases, diagnostics), diagnostics).Read());
        AllRules.Check(environments, options, diagnostics);
        var told = Tell(diagnostics);
        return new ReadResult(told.Any(diagnostic => diagnostic.Severity == Severity.Error) ? new Dictionary<string, DesiredEnvironment>()
            : environments, told);
    }

    private static TreeContent BaseOf(string name, TreeContent content, ReadOptions options, Dictionary<string, TreeContent> bases,
        List<Diagnostic> diagnostics)
    {
        var pin = content.Documents.TryGetValue($"{name}/environment.yaml", out var document) ? PinOf(document) : null;
        if (pin is null || pin.Text == content.Tree.Revision || Forms.Of(Form.Sha).Judge(pin.Text) is not null)
            return content;
        if (bases.TryGetValue(pin.Text, out var known))
            return known;
        if (!options.BaseTrees.TryGetValue(pin.Text, out var tree))
        {
            diagnostics.Add(Diagnostic.Error("base-not-found", pin.Place,
                $"{Shown.Value(pin.Text)} is not an earlier commit of this repository", "name one that this commit descends from"));
            return content;
        }
        return bases[pin.Text] = TreeReader.Read(tree, new TemplateFiles(content.Tree, tree).Prefix, onlyBase: true, diagnostics);
    }

    private static ScalarNode? PinOf(DocumentFile document) =>
        document.Kind.Name == "Environment" ? document.Spec?["base"]?.Value as ScalarNode : null;

    private static List<Diagnostic> Tell(List<Diagnostic> diagnostics) =>
        [.. diagnostics.Distinct().GroupBy(diagnostic => diagnostic.Place.File).OrderBy(file => file.Key, StringComparer.Ordinal).SelectMany(Cut)];

    private static IEnumerable<Diagnostic> Cut(IGrouping<string, Diagnostic> file)
    {
        var sorted = file.OrderBy(diagnostic => diagnostic.Place.Line).ThenBy(diagnostic => diagnostic.Place.Column)
            .ThenBy(diagnostic => diagnostic.Code, StringComparer.Ordinal).ToList();
        var rest = sorted.Count - MostFaultsPerFile;
        return rest <= 0 ? sorted : sorted.Take(MostFaultsPerFile).Append(Diagnostic.Error("more-faults", Place.Of(file.Key),
            $"{rest} more faults in this file", "mend those above first"));
    }
}
