using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Reconciler.Documents.Yaml;
using Reconciler.Model;

namespace Reconciler.Documents.Rendering;

/// <summary>
/// Merged documents as YAML, in block style, one value per line; the origin of each line stands behind it as a comment, in one column, so that what
/// is left of it can be read, copied and compared like any document.
/// </summary>
internal static class YamlRendering
{
    /// <summary>The origins move right for longer lines up to here; beyond, they follow the line directly.</summary>
    private const int WidestColumn = 90;

    private static readonly JsonSerializerOptions Quoting = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private sealed record Line(string Text, Place? Origin);

    public static string Render(DesiredEnvironment environment) => string.Join("---\n", MergedDocument.Of(environment).Select(Render));

    private static string Render(MergedDocument document)
    {
        var lines = new List<Line>
        {
            new($"apiVersion: {Reading.EnvelopeReader.ApiVersion}", null),
            new($"kind: {document.Kind}", null),
            new($"metadata: {{name: {document.Folder}}}", null),
        };
        AddEntry(lines, "", new MapEntry("spec", document.Spec.Place, document.Spec),
            document.Spec.Entries.Count == 0 ? document.Spec.Place : null);
        var column = lines.Select(line => line.Text.Length).Where(length => length <= WidestColumn).Max();
        var text = new StringBuilder();
        foreach (var line in lines)
            text.Append(line.Origin is null ? line.Text : $"{line.Text.PadRight(column)}  # {line.Origin}").Append('\n');
        return text.ToString();
    }

    private static void AddEntry(List<Line> lines, string indent, MapEntry entry, Place? origin)
    {
        var key = $"{indent}{Text(entry.Key, plain: IsPlainKey(entry.Key))}:";
        switch (entry.Value)
        {
            case ScalarNode scalar:
                lines.Add(new($"{key} {Text(scalar.Text, scalar.Plain)}", origin));
                break;
            case MapNode { Entries.Count: 0 }:
                lines.Add(new($"{key} {{}}", origin));
                break;
            case MapNode map:
                lines.Add(new(key, origin));
                foreach (var inner in map.Entries)
                    AddEntry(lines, indent + "  ", inner, inner.Value is ScalarNode value ? value.Place : inner.KeyPlace);
                break;
            case SequenceNode { Items.Count: 0 }:
                lines.Add(new($"{key} []", origin));
                break;
            case SequenceNode list:
                lines.Add(new(key, origin));
                foreach (var item in list.Items)
                    AddItem(lines, indent, item);
                break;
        }
    }

    private static void AddItem(List<Line> lines, string indent, Node item)
    {
        if (item is not MapNode map)
        {
            lines.Add(new($"{indent}  - {Text(((ScalarNode)item).Text, ((ScalarNode)item).Plain)}", item.Place));
            return;
        }
        var first = lines.Count;
        foreach (var inner in map.Entries)
            AddEntry(lines, indent + "    ", inner, inner.Value.Place);
        lines[first] = lines[first] with { Text = $"{indent}  - {lines[first].Text.TrimStart()}" };
    }

    // What was plain can be plain again: block style takes all that flow style takes.
    private static string Text(string text, bool plain) => plain ? text : JsonSerializer.Serialize(text, Quoting);

    private static bool IsPlainKey(string key) =>
        key.Length > 0 && char.IsAsciiLetter(key[0]) && key.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.' or '+');
}
