namespace Reconciler.Journaling;

/// <summary>The leases of others, for those who only look.</summary>
/// <param name="last">The number that was given last.</param>
internal sealed class LeasesSeen(LeaseTable table, long last) : ILeases
{
    public Task Lost { get; } = new TaskCompletionSource().Task;

    /// <summary>Of who holds it; where nobody does, the last one, than which the next is higher.</summary>
    public long NumberOf(string environment) => All().FirstOrDefault(lease => lease.Environment == environment)?.Number ?? last;

    public bool Holds(string environment) => false;

    public IReadOnlyList<HeldLease> All() => table.Live();

    public void Claim(IReadOnlyCollection<string> environments)
    {
    }

    public void Yield(Func<string, bool> isIdle)
    {
    }

    public void WhenFree(Action wake)
    {
    }

    public void RequireInTime(string environment)
    {
    }

    public void Guard(string environment)
    {
    }

    public void Dispose()
    {
    }
}
