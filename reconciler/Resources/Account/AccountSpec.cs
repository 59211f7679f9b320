using Reconciler.Model;

namespace Reconciler.Resources.Account;

/// <summary>A system account that must exist: the user that an application's code, pip and manage.py run as. It cannot log in.</summary>
/// <param name="Home">
/// Absolute, only used when the account is made; null for none. An account that is there already keeps its home and shell: it may be
/// somebody's own.
/// </param>
internal sealed record AccountSpec(string Name, string? Home = null) : ResourceSpec;
