namespace Reconciler.Journaling;

/// <summary>Who works on an environment, while several controllers share the ledger.</summary>
/// <param name="Environment">Empty for what crosses environments: what is told of the repository, plans of open requests.</param>
/// <param name="Number">The fencing number that its servers obey.</param>
internal sealed record HeldLease(string Environment, LedgerHolder Holder, long Number, DateTimeOffset Since)
{
    /// <summary>The name, which no environment has, of what is done once for all of them.</summary>
    public const string Repository = "";
}
