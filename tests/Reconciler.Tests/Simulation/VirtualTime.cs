namespace Reconciler.Tests.Simulation;

/// <summary>
/// One thread and a clock that jumps to the next timer when nothing else is left to do: whatever is awaited under it happens in the same order each
/// time.
/// </summary>
internal sealed class VirtualTime : TimeProvider
{
    private const int MostSteps = 2_000_000;

    private readonly Queue<(SendOrPostCallback Call, object? State)> _ready = new();
    private readonly PriorityQueue<Timer, (long Due, long Order)> _timers = new();
    private long _now = new DateTimeOffset(2026, 11, 21, 12, 0, 0, TimeSpan.Zero).Ticks;
    private long _order;

    /// <summary>Runs all of it to its end; ends with its exception.</summary>
    /// <exception cref="InvalidOperationException">It waits for what will never happen, or never ends.</exception>
    public static void Run(Func<VirtualTime, Task> body)
    {
        var before = SynchronizationContext.Current;
        var time = new VirtualTime();
        SynchronizationContext.SetSynchronizationContext(new OneThread(time));
        try
        {
            var all = body(time);
            for (var steps = 0; !all.IsCompleted; steps++)
                if (steps > MostSteps)
                    throw new InvalidOperationException($"it does not end: {MostSteps} steps, and it is {time.GetUtcNow():u}");
                else if (!time.Step())
                    throw new InvalidOperationException($"it waits for what never happens, since {time.GetUtcNow():u}");
            all.GetAwaiter().GetResult();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }
    }

    /// <summary>When what runs now has come to its next wait.</summary>
    public static void Soon(Action action) => SynchronizationContext.Current!.Post(_ => action(), null);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => _now;

    public override DateTimeOffset GetUtcNow() => new(_now, TimeSpan.Zero);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private bool Step()
    {
        if (_ready.TryDequeue(out var ready))
        {
            ready.Call(ready.State);
            return true;
        }
        if (!_timers.TryDequeue(out var timer, out var at))
            return false;
        if (timer.Order == at.Order)
        {
            _now = Math.Max(_now, at.Due);
            timer.Fire();
        }
        return true;
    }

    private sealed class Timer(VirtualTime time, TimerCallback callback, object? state) : ITimer
    {
        /// <summary>Of its entry in the queue; 0: not set.</summary>
        public long Order { get; private set; }

        public void Fire()
        {
            Order = 0;
            callback(state);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            Order = dueTime == Timeout.InfiniteTimeSpan ? 0 : ++time._order;
            if (Order != 0)
                time._timers.Enqueue(this, (time._now + dueTime.Ticks, Order));
            return true;
        }

        public void Dispose() => Order = 0;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }

    private sealed class OneThread(VirtualTime time) : SynchronizationContext
    {
        public override void Post(SendOrPostCallback d, object? state) => time._ready.Enqueue((d, state));

        public override void Send(SendOrPostCallback d, object? state) => d(state);

        public override SynchronizationContext CreateCopy() => this;
    }
}
