using Reconciler.Model;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Reconciler.Documents.Yaml;

/// <summary>
/// One YAML 1.2 document to located nodes, from raw events. Depth, size, anchors, tags and the like are judged on each event, before
/// anything is built from it: the parser's own object layers overflow the stack on deep nesting, uncatchably.
/// </summary>
internal sealed class YamlReader
{
    /// <summary>Levels of maps and sequences within one another.</summary>
    public const int DeepestNesting = 24;

    public const int MostNodes = 50_000;

    private readonly string _file;
    private readonly IParser _parser;
    private readonly ICollection<Diagnostic> _diagnostics;
    private readonly Stack<(Mark At, char Bracket)> _open = [];
    private Mark _at = Mark.Empty;
    private int _depth;
    private int _nodes;
    private bool _refused;

    private YamlReader(string file, string text, ICollection<Diagnostic> diagnostics)
    {
        _file = file;
        _parser = new Parser(new Scanner(new StringReader(text)));
        _diagnostics = diagnostics;
    }

    /// <returns>Null when there is nothing that could be built; then at least one diagnostic says why.</returns>
    public static Node? Read(string file, string text, ICollection<Diagnostic> diagnostics)
    {
        var reader = new YamlReader(file, text, diagnostics);
        try
        {
            var root = reader.ReadFile();
            return reader._refused ? null : root;
        }
        catch (Refused refused)
        {
            diagnostics.Add(refused.Diagnostic);
        }
        catch (YamlException fault)
        {
            diagnostics.Add(reader.NotYaml(fault.Start, Sentence(fault.Message)));
        }
        catch (Exception fault) when (fault is ArgumentException or InvalidOperationException or FormatException or IndexOutOfRangeException)
        {
            // The scanner is not ours: whatever it trips over is a fault of the file, never of the turn.
            diagnostics.Add(reader.NotYaml(reader._at, reader._open.Count > 0 ? "the file ends too early" : Sentence(fault.Message)));
        }
        return null;
    }

    private Diagnostic NotYaml(Mark at, string sentence) => Diagnostic.Error("yaml-syntax", PlaceOf(_file, at),
        $"this is not YAML ({sentence}{(_open.TryPeek(out var open) ? $"; the `{open.Bracket}` of line {open.At.Line} is not closed yet" : "")})", "write YAML 1.2");

    private Node? ReadFile()
    {
        Next();
        Node? root = null;
        for (var documents = 0; Next() is DocumentStart start; documents++)
        {
            if (!start.IsImplicit && (start.Version is not null || start.Tags?.Any(tag => !IsDefaultTag(tag)) == true))
                throw Refuse("directive", start.Start, "a % directive", "leave it out: this is YAML 1.2, without tags");
            if (documents > 0)
                throw Refuse("several-documents", start.Start, "a second document in one file",
                    "one document per file, named after its kind");
            root = ReadNode(Next());
            Next();
        }
        if (root is not (null or ScalarNode { Plain: true, Text: "" }))
            return root;
        _diagnostics.Add(Diagnostic.Error("empty-file", Place.Of(_file), "the file is empty",
            "an empty file never means \"delete all\": write a document, or remove the file"));
        return null;
    }

    private ParsingEvent Next()
    {
        var next = _parser.MoveNext() && _parser.Current is { } current ? current : new StreamEnd();
        _at = next.Start;
        switch (next)
        {
            case MappingStart { Style: MappingStyle.Flow }:
                _open.Push((next.Start, '{'));
                break;
            case SequenceStart { Style: SequenceStyle.Flow }:
                _open.Push((next.Start, '['));
                break;
            case MappingEnd when _open.TryPeek(out var open) && open.Bracket == '{':
            case SequenceEnd when _open.TryPeek(out open) && open.Bracket == '[':
                _open.Pop();
                break;
        }
        return next;
    }

    private Node ReadNode(ParsingEvent current)
    {
        if (++_nodes > MostNodes)
            throw Refuse("too-many-nodes", current.Start, $"more than {MostNodes} values", $"at most {MostNodes} in one file");
        Judge(current);
        return current switch
        {
            Scalar scalar => new ScalarNode(PlaceOf(_file, scalar.Start), scalar.Value, scalar.Style is ScalarStyle.Plain),
            AnchorAlias => new ScalarNode(PlaceOf(_file, current.Start), "", Plain: false),
            SequenceStart start => ReadSequence(start),
            MappingStart start => ReadMap(start),
            _ => throw Refuse("yaml-syntax", current.Start, "a value is missing", "write YAML 1.2"),
        };
    }

    private void Judge(ParsingEvent current)
    {
        if (current is AnchorAlias)
            Report("alias", current.Start, "an alias (*name)", "write the value out, or put it into `values`");
        if (current is not NodeEvent node)
            return;
        if (!node.Anchor.IsEmpty)
            Report("anchor", current.Start, "an anchor (&name)", "write the value out, or put it into `values`");
        if (!node.Tag.IsEmpty)
            Report("tag", current.Start, $"the tag {Shown.Value(node.Tag.Value)}", "leave it out: the schema decides what a value is");
    }

    private SequenceNode ReadSequence(SequenceStart start)
    {
        Descend(start);
        var items = new List<Node>();
        for (var current = Next(); current is not SequenceEnd; current = Next())
            items.Add(ReadNode(current));
        _depth--;
        return new SequenceNode(PlaceOf(_file, start.Start), items);
    }

    private MapNode ReadMap(MappingStart start)
    {
        Descend(start);
        var entries = new Dictionary<string, MapEntry>();
        for (var current = Next(); current is not MappingEnd; current = Next())
        {
            var key = ReadKey(current);
            var value = ReadNode(Next());
            if (entries.TryGetValue(key.Text, out var first))
                _diagnostics.Add(Diagnostic.Error("duplicate-key", key.Place,
                    $"the key {Shown.Value(key.Text)} stands here a second time, first at {first.KeyPlace}", "keep one of the two"));
            else
                entries.Add(key.Text, new MapEntry(key.Text, key.Place, value));
        }
        _depth--;
        return new MapNode(PlaceOf(_file, start.Start), [.. entries.Values]);
    }

    private ScalarNode ReadKey(ParsingEvent current)
    {
        if (ReadNode(current) is not ScalarNode key)
            throw Refuse("key-not-text", current.Start, "a key that is a map or a list", "keys are texts");
        if (key is { Plain: true, Text: "<<" })
            Report("merge-key", current.Start, "a merge key (<<)", "write the values out: base/ is what lies beneath");
        return key;
    }

    private void Descend(NodeEvent start)
    {
        if (++_depth > DeepestNesting)
            throw Refuse("too-deep", start.Start, $"more than {DeepestNesting} levels of nesting",
                $"at most {DeepestNesting} levels are allowed");
    }

    private void Report(string code, Mark at, string what, string fix)
    {
        _refused = true;
        _diagnostics.Add(Diagnostic.Error(code, PlaceOf(_file, at), what, fix));
    }

    private Refused Refuse(string code, Mark at, string what, string fix) => new(Diagnostic.Error(code, PlaceOf(_file, at), what, fix));

    private static Place PlaceOf(string file, Mark mark) => new(file, (int)mark.Line, (int)mark.Column);

    /// <summary>The library quotes the file in some messages; what it says is shown like any value of the file.</summary>
    private static string Sentence(string message) => Shown.Escaped(message, 200).TrimEnd('.');

    private sealed class Refused(Diagnostic diagnostic) : Exception
    {
        public Diagnostic Diagnostic { get; } = diagnostic;
    }

    /// <summary>The parser adds <c>!</c> and <c>!!</c> to every document by itself.</summary>
    private static bool IsDefaultTag(YamlDotNet.Core.Tokens.TagDirective tag) =>
        (tag.Handle, tag.Prefix) is ("!", "!") or ("!!", "tag:yaml.org,2002:");
}
