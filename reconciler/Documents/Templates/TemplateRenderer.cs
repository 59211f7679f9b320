using System.Text;
using Reconciler.Documents.Contracts;
using Reconciler.Documents.Yaml;

namespace Reconciler.Documents.Templates;

/// <summary>What the program itself puts into a site's configuration.</summary>
/// <param name="Cover">For <c>{{> cover}}</c>, without indentation; lines end with a line feed.</param>
internal sealed record TemplateParts(string Cover)
{
    /// <summary>What stands behind a server's address in an upstream: a place for <c>down</c>, of which the planner alone decides.</summary>
    public Func<string, string> DownAt { get; init; } = _ => "";

    /// <summary>For <c>{{> notice}}</c>, likewise.</summary>
    public string Notice { get; init; } = "";

    /// <summary>For <c>{{> activate}}</c>, likewise.</summary>
    public string Activate { get; init; } = "";

    public static TemplateParts None { get; } = new("");
}

/// <param name="Text">Complete only without faults.</param>
internal sealed record Rendered(string Text, IReadOnlyList<TemplateFault> Faults);

/// <summary>Segments and values to text.</summary>
internal sealed class TemplateRenderer(Standing standing, TemplateParts parts)
{
    private readonly StringBuilder _text = new();
    private readonly List<TemplateFault> _faults = [];

    public static Rendered Render(Template template, ValueScope scope, Standing standing, TemplateParts? parts = null)
    {
        var renderer = new TemplateRenderer(standing, parts ?? TemplateParts.None);
        renderer.Add(template.Segments, scope);
        return new Rendered(renderer._text.ToString(), [.. template.Faults, .. renderer._faults]);
    }

    private void Add(IReadOnlyList<Segment> segments, ValueScope scope)
    {
        foreach (var segment in segments)
        {
            switch (segment)
            {
                case Segment.Literal literal:
                    _text.Append(literal.Text);
                    break;
                case Segment.Value value:
                    AddValue(value, scope);
                    break;
                case Segment.Each each:
                    foreach (var (server, _) in ServersOf(each, each.Role, scope))
                        Add(each.Body, scope.At(server));
                    break;
                case Segment.Cover cover:
                    AddLines(parts.Cover, cover.Indent);
                    break;
                case Segment.Notice notice:
                    AddLines(parts.Notice, notice.Indent);
                    break;
                case Segment.Activate activate:
                    AddLines(parts.Activate, activate.Indent);
                    break;
                case Segment.Upstream upstream:
                    AddUpstream(upstream, scope);
                    break;
            }
        }
    }

    private void AddLines(string part, string indent)
    {
        foreach (var line in part.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            _text.Append(indent).Append(line).Append('\n');
        TrimLineFeed(part);
    }

    private void AddValue(Segment.Value value, ValueScope scope)
    {
        if (scope.Find(value.Name) is not { } found)
        {
            _faults.Add(new TemplateFault(value.Line, value.Column,
                $"{Shown.Value("{{" + value.Name + "}}")} stands for nothing here{For(scope)}",
                HintFor(value.Name, scope), Undefined: true));
            return;
        }
        var (text, fault) = standing.Quote(found);
        if (fault is not null)
            _faults.Add(new TemplateFault(value.Line, value.Column,
                $"the value of {Shown.Value("{{" + value.Name + "}}")}, {Shown.Value(found)}, {fault}", "change the value"));
        _text.Append(text);
    }

    private static string HintFor(string name, ValueScope scope)
    {
        var servers = scope.Environment.InUse.Select(server => server.Key).ToList();
        return name.Split('.') switch
        {
            ["secrets", ..] => "secrets stand in secrets files with `format: template` only, and there those declared under `keys`",
            ["servers", var server, "address"] => $"no server in use is called {Shown.Value(server)}; {Nearest.Hint(server, servers)}",
            ["servers", var server, ..] => $"of a server only its address is known here: {{{{servers.{(servers.Contains(server) ? server : "NAME")}.address}}}}",
            _ => "declare it under `values` of the environment, the application or the server",
        };
    }

    private void AddUpstream(Segment.Upstream upstream, ValueScope scope)
    {
        foreach (var (name, server) in ServersOf(upstream, upstream.Role, scope))
        {
            var address = server.Address!.Contains(':') ? $"[{server.Address}]" : server.Address;
            _text.Append(upstream.Indent).Append($"server {address}:{upstream.Port}{parts.DownAt(name)}; # {name}\n");
        }
        TrimLineFeed("\n");
    }

    private IReadOnlyList<KeyValuePair<string, Kinds.ServerEntry>> ServersOf(Segment segment, string role, ValueScope scope)
    {
        if (scope.Role(role) is { Count: > 0 } servers)
            return servers;
        _faults.Add(new TemplateFault(segment.Line, segment.Column, $"no server in use has the role {Shown.Value(role)}",
            "give it to a server in servers.yaml", Undefined: true));
        return [];
    }

    /// <summary>The template has its own line feed after the part.</summary>
    private void TrimLineFeed(string part)
    {
        if (part.Length > 0 && _text.Length > 0 && _text[^1] == '\n')
            _text.Length--;
    }

    private static string For(ValueScope scope) => scope.Server is null ? "" : $" (on {scope.Server})";
}
