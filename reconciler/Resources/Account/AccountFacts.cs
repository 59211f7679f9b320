using Reconciler.Model;

namespace Reconciler.Resources.Account;

/// <param name="Uid">0 is root, under whatever name.</param>
/// <param name="Home">As in the account database; it need not exist.</param>
internal sealed record AccountFacts(long Uid, string Home, string Shell) : ResourceFacts((string?)null);
