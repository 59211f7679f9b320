namespace Reconciler.Journaling;

/// <summary>How long a lease holds. Who takes over waits for <see cref="Lease"/>; who loses it has stopped before that.</summary>
internal static class LeaseTimes
{
    /// <summary>From its last renewal, by the database's clock.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    public static readonly TimeSpan BetweenRenewals = TimeSpan.FromSeconds(5);

    /// <summary>From the moment before the last renewal was asked for, by this machine's monotonic clock: after that nothing is sent.</summary>
    public static readonly TimeSpan SendsWithin = TimeSpan.FromSeconds(20);
}
