using System.Text.RegularExpressions;
using Reconciler.Documents.Kinds;
using Reconciler.Model;

namespace Reconciler.Documents.Templates;

/// <summary>
/// What names stand for at one point: the application's entry for the server, the server's values, the application's, the environment's, in this
/// order; and the built-in ones.
/// </summary>
/// <param name="Application">Null outside of applications.</param>
/// <param name="Server">The server that it is rendered for; null where it is the same for all.</param>
internal sealed partial record ValueScope(DesiredEnvironment Environment, DesiredApplication? Application, string? Server)
{
    /// <summary>More names that are known just here: <c>startsAt</c>, <c>secrets.KEY</c>.</summary>
    public IReadOnlyDictionary<string, string> Extra { get; init; } = new Dictionary<string, string>();

    /// <returns>Null when the name is unknown here.</returns>
    public string? Find(string name) =>
        Extra.TryGetValue(name, out var extra) ? extra : BuiltIn(name) ?? Declared(name);

    /// <summary>As in the notice and on the cover page: RFC 3339, UTC; empty when it is not known.</summary>
    public ValueScope WithNotice(DateTimeOffset? startsAt, DateTimeOffset? endsAt, string? message) => this with
    {
        Extra = new Dictionary<string, string> { ["startsAt"] = Rfc3339(startsAt), ["endsAt"] = Rfc3339(endsAt), ["message"] = message ?? "" },
    };

    /// <summary>As in secrets files with <c>format: template</c>: <c>{{secrets.KEY}}</c>.</summary>
    public ValueScope WithSecrets(IEnumerable<KeyValuePair<string, string>> secrets) =>
        this with { Extra = secrets.ToDictionary(secret => $"secrets.{secret.Key}", secret => secret.Value) };

    /// <summary>A text of a document, of which the reader has made sure that every name is known.</summary>
    /// <exception cref="InvalidOperationException">It was not.</exception>
    public string Expand(string text, Standing standing = Standing.Plain)
    {
        var rendered = TemplateRenderer.Render(Template.Parse(text), this, standing);
        return rendered.Faults.Count == 0 ? rendered.Text : throw new InvalidOperationException(rendered.Faults[0].What);
    }

    /// <summary>A command of a document as words: split first, so that a value is never more than one word or a part of one.</summary>
    public IReadOnlyList<string> ExpandCommand(string command) =>
        [.. Shell.Split(Narrow().Replace(command, "{{$1}}")).Select(word => Expand(word))];

    /// <summary>The servers of a role, without retired and gone ones, by name; null when no server ever had it.</summary>
    public IReadOnlyList<KeyValuePair<string, ServerEntry>>? Role(string role) =>
        Environment.Servers.Value.Values.Any(server => server.Roles.Contains(role))
            ? [.. Environment.InUse.Where(server => server.Value.Roles.Contains(role))] : null;

    /// <summary>The same point as another server sees it: the body of a loop.</summary>
    public ValueScope At(string server) => this with { Server = server, Extra = Extra.Concat(Loop(server)).ToDictionary() };

    private Dictionary<string, string> Loop(string server) => new()
    {
        ["name"] = server,
        ["address"] = Environment.Servers.Value[server].Address ?? "",
        ["server"] = Server ?? server,
    };

    private static string Rfc3339(DateTimeOffset? time) => time?.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'") ?? "";

    [GeneratedRegex("\\{\\{ *([^{} ]+) *\\}\\}")]
    private static partial Regex Narrow();

    private string? BuiltIn(string name) => name.Split('.') switch
    {
        ["environment"] => Environment.Name,
        ["application"] => Application?.Name ?? ResourceId.Host,
        ["server"] => Server,
        ["server", "address"] when Server is not null => Environment.Servers.Value[Server].Address,
        ["servers", var other, "address"] => Environment.Servers.Value.GetValueOrDefault(other) is { InUse: true } server ? server.Address : null,
        _ => null,
    };

    private string? Declared(string name)
    {
        if (Server is not null && Application?.Application.Value.Servers.GetValueOrDefault(Server)?.TryGetValue(name,
            out var value) == true)
            return value;
        if (Server is not null && Environment.Servers.Value[Server].Values.TryGetValue(name, out value))
            return value;
        if (Application?.Application.Value.Values.TryGetValue(name, out value) == true)
            return value;
        return Environment.Environment.Value.Values.GetValueOrDefault(name);
    }
}
