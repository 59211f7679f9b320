using System.ComponentModel;
using Reconciler.Documents.Contracts;

namespace Reconciler.Documents.Kinds;

/// <summary>One entry of <c>ENVIRONMENT/servers.yaml</c>.</summary>
internal sealed record ServerEntry
{
    [Description("IP address or host name. No two servers have the same, in any environment.")]
    [Form(Form.Address)]
    public string? Address { get; init; }

    [Description("Roles, to which services and packages refer with `on`.")]
    [Form(Form.Name), NotEmpty]
    public IReadOnlyList<string> Roles { get; init; } = [];

    [Description("Public host key, as `ssh-ed25519 AAAA...`; without it the controller's known_hosts must have it. Never trusted on first use.")]
    [Form(Form.HostKey)]
    public string? HostKey { get; init; }

    [Description("What {{name}} stands for on this server.")]
    [Keys(Form.ValueName), Form(Form.Line), AsWritten]
    public IReadOnlyDictionary<string, string> Values { get; init; } = new Dictionary<string, string>();

    [Description("true: what we started there is stopped and disabled, and the server is out of every upstream.")]
    public bool Retired { get; init; }

    [Description("Why the server cannot be reached any more. An entry may be deleted only after it was retired or gone.")]
    [Form(Form.Line)]
    public string? Gone { get; init; }

    /// <summary>Neither retired nor gone: it counts in <c>servers.ROLE</c> and gets what its roles ask for.</summary>
    internal bool InUse => !Retired && Gone is null;
}
