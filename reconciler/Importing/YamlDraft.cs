using System.Text;
using System.Text.RegularExpressions;
using Reconciler.Documents.Editing;

namespace Reconciler.Importing;

/// <summary>One document while it is written: lines with what each was read from.</summary>
internal sealed partial class YamlDraft(string kind, string name)
{
    private readonly List<(string Text, string? From)> _lines =
        [($"apiVersion: reconciler/v1", null), ($"kind: {kind}", null), ($"metadata: {{name: {name}}}", null)];

    /// <param name="from">Goes behind it as a comment.</param>
    public void Add(string line, string? from = null) => _lines.Add((line, from is null ? null : Comment(from)));

    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (var (line, from) in _lines)
            text.Append(line).Append(from is null ? "" : $"    # {from}").Append('\n');
        return text.ToString();
    }

    /// <summary>A value, quoted where YAML or the reader would take it for something else.</summary>
    public static string Of(string text) => Plain().IsMatch(text) && !Word().IsMatch(text) ? text : YamlEdit.Quoted(text);

    public static string Map(IEnumerable<KeyValuePair<string, string>> entries) =>
        $"{{{string.Join(", ", entries.Select(entry => $"{entry.Key}: {entry.Value}"))}}}";

    public static string List(IEnumerable<string> items) => $"[{string.Join(", ", items.Select(Of))}]";

    // What was read on a server stays on its line.
    private static string Comment(string text) => string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c));

    [GeneratedRegex(@"^[A-Za-z/_][A-Za-z0-9_./@+-]*$")]
    private static partial Regex Plain();

    [GeneratedRegex(@"^(true|false|null|yes|no|on|off|y|n|~)$", RegexOptions.IgnoreCase)]
    private static partial Regex Word();
}
