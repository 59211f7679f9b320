using System.Collections.Concurrent;

namespace Reconciler.Tests.Converging;

/// <summary>Does not wait: every timer is due at once, and the time has jumped to it; one that is due again and again, whenever a test moves the time. Tells what was waited for.</summary>
internal sealed class JumpingClock : TimeProvider
{
    private readonly List<TimeSpan> _pauses = [];
    private readonly ConcurrentDictionary<Timer, Action> _periodic = new();
    private DateTimeOffset _now = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    public IReadOnlyList<TimeSpan> Pauses => _pauses;

    public void Advance(TimeSpan time)
    {
        _now += time;
        foreach (var fire in _periodic.Values)
            fire();
    }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => _now;

    public override long GetTimestamp() => _now.Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this);
        if (dueTime == Timeout.InfiniteTimeSpan)
            return timer;
        if (period != Timeout.InfiniteTimeSpan)
        {
            _periodic[timer] = () => callback(state);
            return timer;
        }
        lock (_pauses)
        {
            _pauses.Add(dueTime);
            _now += dueTime;
        }
        ThreadPool.QueueUserWorkItem(_ => callback(state));
        return timer;
    }

    private sealed class Timer(JumpingClock clock) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose() => clock._periodic.TryRemove(this, out _);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
