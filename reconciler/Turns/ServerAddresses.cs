using Reconciler.Documents.Expansion;
using Reconciler.Remote;

namespace Reconciler.Turns;

/// <summary>How the servers of an environment are reached: what git says, with the controller's own key.</summary>
/// <param name="IdentityFile">Null leaves identities to ssh_config and the agent.</param>
internal sealed record ServerAddresses(string? IdentityFile)
{
    public IReadOnlyDictionary<string, ServerAddress> Of(ExpandedEnvironment environment) => environment.Servers.ToDictionary(
        entry => entry.Key,
        entry => new ServerAddress(entry.Key, entry.Value.Address, entry.Value.User, entry.Value.HostKeys) { Port = entry.Value.Port, IdentityFile = IdentityFile });
}
