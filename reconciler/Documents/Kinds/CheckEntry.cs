using System.ComponentModel;
using System.Text.Json.Serialization;
using Reconciler.Documents.Contracts;

namespace Reconciler.Documents.Kinds;

/// <summary>One entry of <c>checks.yaml</c>: a page that must answer, asked on the server itself.</summary>
[NotYet("url", "command")]
internal sealed record CheckEntry
{
    [Description("The page.")]
    [Form(Form.UrlPath), Templated]
    public string Path { get; init; } = "/";

    [Description("application: at the port of the `part: web` service; nginx: past the cover; both.")]
    public CheckAt At { get; init; } = CheckAt.Both;

    [Description("Host header; without it the value `domain`, else the server's address.")]
    [Form(Form.HostName), Templated]
    public string? Host { get; init; }

    [Description("Status that it must answer with.")]
    [Bounds(100, 599)]
    public int Status { get; init; } = 200;

    [Description("Text that the page must hold.")]
    [Form(Form.Line), Templated]
    public string? Contains { get; init; }

    [Description("Roles and servers; without it the servers of the `part: web` services for application, of the sites for nginx.")]
    [Form(Form.Name), NotEmpty]
    public IReadOnlyList<string>? On { get; init; }
}

[JsonConverter(typeof(WordConverter<CheckAt>))]
internal enum CheckAt
{
    Application,
    Nginx,
    Both,
}
