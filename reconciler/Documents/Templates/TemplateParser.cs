using System.Text.RegularExpressions;
using Reconciler.Documents.Yaml;

namespace Reconciler.Documents.Templates;

/// <summary>
/// Text to segments. A loop's tag that stands alone on its line takes the line away with it; a part that stands alone is indented as it is.
/// </summary>
internal sealed partial class TemplateParser(string text)
{
    private readonly List<TemplateFault> _faults = [];
    private readonly List<Segment> _segments = [];
    private List<Segment>? _body;
    private Segment.Each? _open;

    /// <summary>Start of the text that has not become a segment yet.</summary>
    private int _at;

    public Template Parse()
    {
        for (var start = text.IndexOf("{{", StringComparison.Ordinal); start >= 0; start = text.IndexOf("{{", _at,
            StringComparison.Ordinal))
        {
            var end = text.IndexOf("}}", start, StringComparison.Ordinal);
            if (end < 0)
            {
                Fault(start, "`{{` is not closed", "write {{name}}");
                break;
            }
            ReadTag(start, end + 2);
        }
        AddLiteral(text.Length);
        if (_open is { } open)
            _faults.Add(new TemplateFault(open.Line, open.Column, "`{{#each}}` is not closed", "write {{/each}}"));
        return new Template(_segments, _faults);
    }

    private List<Segment> Target => _body ?? _segments;

    private void ReadTag(int start, int end)
    {
        var tag = text[(start + 2)..(end - 2)].Trim();
        if (tag.StartsWith('#') || tag.StartsWith('/'))
            ReadLoop(start, end, tag);
        else if (tag.StartsWith('>'))
            ReadPart(start, end, tag);
        else
            ReadValue(start, end, tag);
    }

    private void ReadValue(int start, int end, string tag)
    {
        AddLiteral(start);
        _at = end;
        var (line, column) = Position(start);
        if (ValueName().IsMatch(tag))
            Target.Add(new Segment.Value(line, column, tag));
        else
            Fault(start, $"{Shown.Value("{{" + tag + "}}")} is not a placeholder",
                "write {{name}}, {{#each servers.ROLE}} or {{> cover}}; there is no logic");
    }

    private void ReadLoop(int start, int end, string tag)
    {
        var (lineStart, lineEnd) = Alone(start, end) ?? (start, end);
        AddLiteral(lineStart);
        _at = lineEnd;
        var (line, column) = Position(start);
        if (tag == "/each" && _open is { } open)
        {
            _segments.Add(open with { Body = _body! });
            (_open, _body) = (null, null);
        }
        else if (LoopTag().Match(tag) is { Success: true } loop && _open is null)
            (_open, _body) = (new Segment.Each(line, column, loop.Groups[1].Value, []), []);
        else
            Fault(start, $"{Shown.Value("{{" + tag + "}}")} cannot stand here",
                "the only loop is {{#each servers.ROLE}}...{{/each}}, and not within another");
    }

    private void ReadPart(int start, int end, string tag)
    {
        var alone = Alone(start, end);
        var indent = alone is { } whole ? text[whole.Start..start] : "";
        AddLiteral(start - indent.Length);
        _at = end;
        var (line, column) = Position(start);
        if (tag[1..].Trim() == "cover")
            Target.Add(new Segment.Cover(line, column, indent));
        else if (tag[1..].Trim() == "notice")
            Target.Add(new Segment.Notice(line, column, indent));
        else if (tag[1..].Trim() == "activate")
            Target.Add(new Segment.Activate(line, column, indent));
        else if (UpstreamTag().Match(tag) is { Success: true } upstream
            && int.Parse(upstream.Groups[2].Value) is > 0 and < 65536 and var port)
            Target.Add(new Segment.Upstream(line, column, upstream.Groups[1].Value, port, indent));
        else
            Fault(start, $"{Shown.Value("{{" + tag + "}}")} is not a part", "write {{> cover}}, {{> notice}} or {{> upstream role=\"web\" port=8000}} in a site, "
                + "{{> activate}} in a file of an application");
    }

    private void AddLiteral(int end)
    {
        if (end > _at)
        {
            var (line, column) = Position(_at);
            Target.Add(new Segment.Literal(line, column, text[_at..end]));
        }
        _at = Math.Max(_at, end);
    }

    /// <summary>The line with its line feed, when nothing but spaces stands beside the tag.</summary>
    private (int Start, int End)? Alone(int start, int end)
    {
        var lineStart = start == 0 ? 0 : text.LastIndexOf('\n', start - 1) + 1;
        var lineEnd = text.IndexOf('\n', end);
        var stop = lineEnd < 0 ? text.Length : lineEnd;
        return lineStart >= _at && text.AsSpan(lineStart, start - lineStart).Trim().IsEmpty && text.AsSpan(end, stop - end).Trim().IsEmpty
            ? (lineStart, lineEnd < 0 ? stop : lineEnd + 1)
            : null;
    }

    private void Fault(int start, string what, string fix)
    {
        var (line, column) = Position(start);
        _faults.Add(new TemplateFault(line, column, what, fix));
    }

    private int _lineAt;
    private int _line = 1;
    private int _lineStart;

    /// <summary>Line and column; asked for in rising order, so it never counts a line twice.</summary>
    private (int Line, int Column) Position(int at)
    {
        if (at < _lineAt)
            (_lineAt, _line, _lineStart) = (0, 1, 0);
        for (; _lineAt < at; _lineAt++)
            if (text[_lineAt] == '\n')
                (_line, _lineStart) = (_line + 1, _lineAt + 1);
        return (_line, at - _lineStart + 1);
    }

    [GeneratedRegex("^[a-z][A-Za-z0-9_]*(\\.[A-Za-z_][A-Za-z0-9_-]*){0,2}$")]
    private static partial Regex ValueName();

    [GeneratedRegex("^#each +servers\\.([a-z][a-z0-9-]*)$")]
    private static partial Regex LoopTag();

    [GeneratedRegex("^> *upstream +role=\"([a-z][a-z0-9-]*)\" +port=([1-9][0-9]{0,4})$")]
    private static partial Regex UpstreamTag();
}
