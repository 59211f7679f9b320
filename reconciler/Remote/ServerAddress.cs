namespace Reconciler.Remote;

/// <summary>How a server is reached and recognised.</summary>
/// <param name="Name">Its name in servers.yaml; also the name under which its host key is checked.</param>
/// <param name="Host">Address or host name, or a <c>Host</c> of the user's ssh_config.</param>
/// <param name="User">The login on the server.</param>
/// <param name="HostKeys">
/// Pinned keys as <c>TYPE BASE64</c>. When empty, the user's own known_hosts decides; nothing is ever trusted on first use.
/// </param>
internal sealed record ServerAddress(string Name, string Host, string User, IReadOnlyList<string> HostKeys)
{
    /// <summary>Null leaves the port to ssh_config (22).</summary>
    public int? Port { get; init; }

    /// <summary>Private key file; null leaves identities to ssh_config and the agent.</summary>
    public string? IdentityFile { get; init; }

    public override string ToString() => $"{Name} ({User}@{Host}{(Port is { } port ? $":{port}" : "")})";
}
