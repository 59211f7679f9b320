using System.Text.RegularExpressions;
using Reconciler.Documents.Yaml;
using Reconciler.Model;

namespace Reconciler.Documents.Editing;

/// <summary>
/// Changes single values of a document, as a person would: the rest of the text, comments too, stays byte for byte what it was.
/// </summary>
/// <param name="file">For sentences.</param>
internal sealed partial class YamlEdit(string file, string text)
{
    public string Text { get; private set; } = text;

    /// <summary>Null when it is not there, or no single value.</summary>
    /// <exception cref="EditException">This is not YAML.</exception>
    public string? Get(params ReadOnlySpan<string> path) => (Find(path).Entry?.Value as ScalarNode)?.Text;

    /// <summary>Whether anything stands there.</summary>
    /// <exception cref="EditException">This is not YAML.</exception>
    public bool Has(params ReadOnlySpan<string> path) => Find(path).Entry is not null;

    /// <summary>Sets a single value: in its place, or as a new key beside the others.</summary>
    /// <param name="value">As YAML: <see cref="Quoted"/> for free text.</param>
    /// <exception cref="EditException">It cannot be done without rewriting more than that.</exception>
    public void Set(string value, params ReadOnlySpan<string> path)
    {
        var (map, entry, flow) = Find(path);
        if (map is null)
            throw Refuse(string.Join('.', path), "there is no map around it");
        if (entry is null)
            Insert(map, path[^1], value, flow);
        else if (entry.Value is ScalarNode scalar)
            Replace(OffsetOf(scalar.Place), EndOf(scalar, flow), value);
        else
            throw Refuse(string.Join('.', path), "it is no single value");
        if (Find(path).Entry is null)
            throw Refuse(string.Join('.', path), "the text around it is too unusual");
    }

    /// <summary>Takes a single value away, with its line where it has one of its own; a comment on that line stays.</summary>
    /// <inheritdoc cref="Set"/>
    public void Remove(params ReadOnlySpan<string> path)
    {
        var (map, entry, flow) = Find(path);
        if (entry is null)
            return;
        if (entry.Value is not ScalarNode scalar)
            throw Refuse(string.Join('.', path), "it is no single value");
        var (start, end) = (OffsetOf(entry.KeyPlace), EndOf(scalar, flow));
        if (flow)
            RemoveFromFlow(start, end);
        else if (map!.Entries.Count == 1)
            throw Refuse(string.Join('.', path), "nothing would be left around it");
        else
            RemoveLine(start, end);
        if (Find(path).Entry is not null)
            throw Refuse(string.Join('.', path), "the text around it is too unusual");
    }

    /// <summary>Free text as a YAML value.</summary>
    public static string Quoted(string text) => $"\"{text.Replace("\\", "\\\\").Replace("\"", "\\\"")}\"";

    private (MapNode? Map, MapEntry? Entry, bool Flow) Find(ReadOnlySpan<string> path)
    {
        var faults = new List<Diagnostic>();
        if (YamlReader.Read(file, Text, faults) is not { } node || faults.Count > 0)
            throw new EditException(faults.Count > 0 ? $"{faults[0]}" : $"{file} cannot be read");
        var flow = false;
        for (var depth = 0; ; depth++)
        {
            if (node is not MapNode map)
                return (null, null, flow);
            flow |= Text[OffsetOf(map.Place)] == '{';
            var entry = map[path[depth]];
            if (depth == path.Length - 1)
                return (map, entry, flow);
            if (entry is null)
                return (null, null, flow);
            node = entry.Value;
        }
    }

    private void Insert(MapNode map, string key, string value, bool flow)
    {
        var beside = map.Entries.LastOrDefault(entry => entry.Value is ScalarNode);
        if (flow && beside is null)
        {
            var open = OffsetOf(map.Place) + 1;
            Replace(open, open, map.Entries.Count == 0 ? $"{key}: {value}" : $"{key}: {value}, ");
        }
        else if (flow)
            Replace(EndOf((ScalarNode)beside!.Value, flow), EndOf((ScalarNode)beside.Value, flow), $", {key}: {value}");
        else
        {
            var indent = new string(' ', map.Entries[0].KeyPlace.Column - 1);
            var at = beside is null ? StartOfLine(OffsetOf(map.Entries[0].KeyPlace)) : EndOfLine(EndOf((ScalarNode)beside.Value, flow));
            Replace(at, at, beside is null ? $"{indent}{key}: {value}\n" : $"\n{indent}{key}: {value}");
        }
    }

    private void RemoveFromFlow(int start, int end)
    {
        var after = end;
        while (after < Text.Length && Text[after] == ' ')
            after++;
        if (Text[after] == ',')
        {
            do
                after++;
            while (Text[after] == ' ');
            Replace(start, after, "");
            return;
        }
        var before = start;
        while (Text[before - 1] == ' ')
            before--;
        Replace(Text[before - 1] == ',' ? before - 1 : start, end, "");
    }

    private void RemoveLine(int start, int end)
    {
        var (from, to) = (StartOfLine(start), EndOfLine(end));
        var comment = Text[end..to].Trim();
        if (comment.Length > 0)
            Replace(start, to, comment);
        else
            Replace(from, Math.Min(to + 1, Text.Length), "");
    }

    /// <summary>Just behind what the value is written as.</summary>
    private int EndOf(ScalarNode scalar, bool flow)
    {
        var start = OffsetOf(scalar.Place);
        var line = Text[start..EndOfLine(start)];
        var match = line.Length == 0 ? null : line[0] switch
        {
            '"' => DoubleQuoted().Match(line),
            '\'' => SingleQuoted().Match(line),
            '|' or '>' => null,
            _ => (flow ? PlainInFlow() : Plain()).Match(line),
        };
        if (match is not { Success: true } || (scalar.Plain && match.Value.TrimEnd() != scalar.Text))
            throw new EditException(
                $"{scalar.Place}: a value over several lines is not rewritten; write it on one line, or edit the file by hand");
        return start + match.Value.TrimEnd().Length;
    }

    private int OffsetOf(Place place)
    {
        var offset = 0;
        for (var line = 1; line < place.Line; line++)
            offset = Text.IndexOf('\n', offset) + 1;
        return offset + place.Column - 1;
    }

    private int StartOfLine(int offset) => offset == 0 ? 0 : Text.LastIndexOf('\n', offset - 1) + 1;

    private int EndOfLine(int offset) => Text.IndexOf('\n', offset) is var end && end < 0 ? Text.Length : end;

    private void Replace(int start, int end, string by) => Text = string.Concat(Text.AsSpan(0, start), by, Text.AsSpan(end));

    private EditException Refuse(string key, string why) => new($"{file}: `{key}` cannot be rewritten, {why}; edit the file by hand");

    [GeneratedRegex(@"\G""(?:[^""\\]|\\.)*""")]
    private static partial Regex DoubleQuoted();

    [GeneratedRegex(@"\G'(?:[^']|'')*'")]
    private static partial Regex SingleQuoted();

    [GeneratedRegex(@"\G(?:(?!\s#).)*")]
    private static partial Regex Plain();

    [GeneratedRegex(@"\G(?:(?!\s#)[^,{}\[\]])*")]
    private static partial Regex PlainInFlow();
}
