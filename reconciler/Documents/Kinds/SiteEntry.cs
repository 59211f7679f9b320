using System.ComponentModel;
using System.Text.Json.Serialization;
using Reconciler.Documents.Contracts;

namespace Reconciler.Documents.Kinds;

/// <summary>One entry of <c>nginx.yaml</c>: a site. Exactly one of Template and Preset is set.</summary>
internal sealed record SiteEntry
{
    [Description("The site's configuration, from this folder. It holds {{> cover}} exactly once. Where it listens as default_server, this application's files.yaml takes Debian's own away: {path: /etc/nginx/sites-enabled/default, absent: true, on: [ROLE]}.")]
    [Form(Form.RelativePath)]
    public string? Template { get; init; }

    [Description("A configuration that comes with the program; needs the value `domain` and a `part: web` service with a port.")]
    public SitePreset? Preset { get; init; }

    [Description("Roles and servers.")]
    [Form(Form.Name), NotEmpty]
    public required IReadOnlyList<string> On { get; init; }

    [Description("What users see under maintenance.")]
    public CoverSettings Cover { get; init; } = new();
}

internal sealed record CoverSettings
{
    [Description("Paths that are served as ever, so that a balancer does not take the covered server for a dead one.")]
    [Form(Form.ExceptPath)]
    public IReadOnlyList<string> Except { get; init; } = [];

    [Description("The page, from this folder; {{startsAt}}, {{endsAt}} and {{message}} are known in it. Without it a plain one.")]
    [Form(Form.RelativePath)]
    public string? Page { get; init; }
}

[JsonConverter(typeof(WordConverter<SitePreset>))]
internal enum SitePreset
{
    Django,
}
