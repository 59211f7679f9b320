namespace Reconciler.Journaling;

/// <summary>
/// The right to change an environment, and the number that goes down to its servers with it. Without a lease nothing is sent, and nothing about the
/// environment is written.
/// </summary>
internal interface ILeases : IDisposable
{
    /// <summary>The fencing number of an environment.</summary>
    /// <exception cref="LedgerException"><see cref="LedgerFault.LeaseLost"/>: this process does not hold it.</exception>
    long NumberOf(string environment);

    bool Holds(string environment);

    /// <summary>Who has which now; null where one controller has the whole ledger.</summary>
    IReadOnlyList<HeldLease>? All();

    /// <summary>Ends, with a <see cref="LedgerException"/>, once this process must act no more.</summary>
    Task Lost { get; }

    /// <summary>Takes what is free, or expired, of these and what this process may have of them; what it holds already stays.</summary>
    /// <exception cref="LedgerException"/>
    void Claim(IReadOnlyCollection<string> environments);

    /// <summary>Gives back what is beyond this process's share now that others are alive.</summary>
    /// <param name="isIdle">Whether nothing is under way in an environment.</param>
    void Yield(Func<string, bool> isIdle);

    /// <summary>Called whenever there is something to claim.</summary>
    void WhenFree(Action wake);

    /// <summary>By the monotonic clock of this machine, whatever any timer has done: asked right before anything is sent.</summary>
    /// <exception cref="LedgerException"><see cref="LedgerFault.LeaseLost"/> or <see cref="LedgerFault.Unreachable"/>.</exception>
    void RequireInTime(string environment);

    /// <summary>Within the transaction that writes about the environment: nobody else can have its lease before that has ended.</summary>
    /// <exception cref="LedgerException"><see cref="LedgerFault.LeaseLost"/>.</exception>
    void Guard(string environment);
}

/// <summary>A ledger that one controller has whole, by a lock: all environments, with the one number.</summary>
internal sealed class WholeLedger(long number, IDisposable? held) : ILeases
{
    public long NumberOf(string environment) => number;

    public bool Holds(string environment) => held is not null;

    public IReadOnlyList<HeldLease>? All() => null;

    public Task Lost { get; } = new TaskCompletionSource().Task;

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

    public void Dispose() => held?.Dispose();
}
