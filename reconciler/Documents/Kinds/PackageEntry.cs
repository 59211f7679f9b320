using System.ComponentModel;
using System.Text.Json.Serialization;
using Reconciler.Documents.Contracts;

namespace Reconciler.Documents.Kinds;

/// <summary>One entry of <c>host/packages.yaml</c>, named as the Debian package.</summary>
internal sealed record PackageEntry
{
    [Description("present: in whatever version; pinned: in `version`; latest: as apt would choose; held: in whatever version, and never upgraded.")]
    public Wanted State { get; init; } = Wanted.Present;

    [Description("The whole Debian version, for `state: pinned`.")]
    [Form(Form.PackageVersion), AsWritten]
    public string? Version { get; init; }

    [Description("Roles and servers; without it every server.")]
    [Form(Form.Name), NotEmpty]
    public IReadOnlyList<string>? On { get; init; }
}

[JsonConverter(typeof(WordConverter<Wanted>))]
internal enum Wanted
{
    Present,
    Latest,
    Pinned,
    Held,
}
