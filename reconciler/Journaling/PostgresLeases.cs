using System.Security.Cryptography;

namespace Reconciler.Journaling;

/// <summary>
/// The leases of one process, renewed in the background on a connection of their own. A process that finds itself past its time without having noticed (it
/// was stopped, or its machine was) acts no more: <see cref="Lost"/>. One whose database does not answer waits until it does, and sends nothing meanwhile.
/// </summary>
internal sealed class PostgresLeases : ILeases
{
    private readonly LeaseTable _table, _guards;
    private readonly PostgresStore _own;
    private readonly LeaseShare _share;
    private readonly TimeProvider _clock;
    private readonly LedgerHolder _me;
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _lost = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _over = new();
    private readonly Task _renewing;
    private Dictionary<string, long> _held = [];
    private IReadOnlyCollection<string> _wanted = [];
    private Action? _wake;
    private long _renewed;
    private LedgerException? _unreachable;

    /// <param name="ledger">That the journal is written over; its transactions are guarded.</param>
    /// <param name="own">Of nobody else; disposed with this.</param>
    /// <exception cref="LedgerException"/>
    public PostgresLeases(ILedgerStore ledger, PostgresStore own, LeaseShare share, string? command, TimeProvider clock)
    {
        (_own, _share, _clock) = (own, share, clock);
        (_table, _guards) = (new(own, clock), new(ledger, clock));
        _me = new(Environment.ProcessId, Environment.MachineName, clock.GetUtcNow(), command)
        {
            Id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4)),
        };
        _renewed = clock.GetTimestamp();
        _table.Renew(_me);
        _renewing = RenewAsync();
    }

    public Task Lost => _lost.Task;

    public long NumberOf(string environment)
    {
        lock (_gate)
            return !_lost.Task.IsFaulted && _held.TryGetValue(environment, out var number) ? number : throw LostOf(environment);
    }

    public bool Holds(string environment)
    {
        lock (_gate)
            return _held.ContainsKey(environment);
    }

    public void RequireInTime(string environment)
    {
        lock (_gate)
        {
            NumberOf(environment);
            if (!IsLate)
                return;
            throw _unreachable ?? GiveUp();
        }
    }

    public void Guard(string environment)
    {
        if (_guards.IsHeld(environment, _me, NumberOf(environment)))
            return;
        lock (_gate)
        {
            _held.Remove(environment);
            throw _unreachable is null ? GiveUp() : LostOf(environment);
        }
    }

    public void Claim(IReadOnlyCollection<string> environments)
    {
        _wanted = environments;
        var live = _table.Live();
        foreach (var environment in _share.Wanted(environments, live, _table.Watches(), _me))
            if (_table.Take(environment, _me) is { } number)
                lock (_gate)
                    _held[environment] = number;
        _share.Require(live.Where(lease => lease.Holder.Name != _me.Name), Holds);
    }

    public void Yield(Func<string, bool> isIdle)
    {
        foreach (var environment in _share.Surplus(_wanted, _table.Live(), _table.Watches(), _me).Where(isIdle))
        {
            lock (_gate)
                _held.Remove(environment);
            _table.Release(environment, _me);
        }
    }

    public IReadOnlyList<HeldLease> All() => _guards.Live();

    public void WhenFree(Action wake) => _wake = wake;

    public void Dispose()
    {
        _over.Cancel();
        _renewing.GetAwaiter().GetResult();
        try
        {
            _table.Leave(_me);
        }
        catch (LedgerException)
        {
            // They run out by themselves.
        }
        _own.Dispose();
        _over.Dispose();
    }

    private bool IsLate => _clock.GetElapsedTime(_renewed) > LeaseTimes.SendsWithin;

    private async Task RenewAsync()
    {
        using var timer = new PeriodicTimer(LeaseTimes.BetweenRenewals, _clock);
        try
        {
            while (await timer.WaitForNextTickAsync(_over.Token) && !_lost.Task.IsFaulted)
                await Task.Run(Renew);
        }
        catch (OperationCanceledException)
        {
        }
    }

    private void Renew()
    {
        lock (_gate)
            if (IsLate && _unreachable is null && _held.Count > 0)
            {
                GiveUp();
                return;
            }
        try
        {
            var asked = _clock.GetTimestamp();
            Renewed(_table.Renew(_me), asked);
            if (_share.Wanted(_wanted, _table.Live(), _table.Watches(), _me).Any())
                _wake?.Invoke();
        }
        catch (LedgerException fault)
        {
            lock (_gate)
                _unreachable = fault;
        }
    }

    /// <summary>What was lost while the database could not be asked is just no longer held; what is lost otherwise was not noticed in time.</summary>
    private void Renewed(Dictionary<string, long> still, long asked)
    {
        lock (_gate)
        {
            var gone = _held.Where(held => still.GetValueOrDefault(held.Key) != held.Value).Select(held => held.Key).ToList();
            if (gone.Count > 0 && _unreachable is null)
                GiveUp();
            foreach (var environment in gone)
                _held.Remove(environment);
            (_renewed, _unreachable) = (asked, null);
        }
    }

    private LedgerException GiveUp()
    {
        var since = _clock.GetElapsedTime(_renewed);
        var fault = new LedgerException(LedgerFault.LeaseLost,
            $"The leases of {_me.Name} on {string.Join(", ", _held.Keys.Where(name => name.Length > 0).Order(StringComparer.Ordinal))} were not renewed for "
            + $"{since.TotalSeconds:0} s (this process was stopped, or its machine was): nothing more is sent, and it ends. Another controller may have "
            + "taken them; start this one again, it takes what is free.");
        _lost.TrySetException(fault);
        _ = _lost.Task.Exception;
        return fault;
    }

    private LedgerException LostOf(string environment) => _lost.Task.Exception?.InnerException as LedgerException ?? new(LedgerFault.LeaseLost,
        $"{_me.Name} does not hold the lease of {environment}: another controller has it, or it ran out while the ledger's database did not answer. "
        + "Nothing is sent there; `reconciler status` says who works on it.");
}
