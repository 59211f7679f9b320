namespace Reconciler.Turns;

/// <summary>
/// The turns of all environments beside one another, each at its own pace and at most one of each at a time: a long run in one keeps none of the others
/// from being looked at.
/// </summary>
/// <param name="turn">One turn. True when it changed something, so that the next look should not wait for its time.</param>
/// <param name="lookNow">Asks for that look; called when the turn is over.</param>
internal sealed class EnvironmentTurns(Func<string, Task<bool>> turn, Action lookNow)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Running> _running = [];
    private readonly TaskCompletionSource _faulted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _closed;

    /// <summary>Ends, with its exception, when a turn has thrown one: the ledger cannot be used, or it was cancelled.</summary>
    public Task Faulted => _faulted.Task;

    /// <summary>Begins a turn in each environment that has none. One that has gets another after it if there is a newer revision by then.</summary>
    /// <param name="revision">That was just accepted, or stays in force.</param>
    public void Begin(IEnumerable<string> environments, string? revision)
    {
        lock (_gate)
        {
            if (_closed)
                return;
            foreach (var environment in environments)
            {
                if (_running.TryGetValue(environment, out var busy))
                    busy.Newest = revision;
                else
                    _running[environment] = new() { Revision = revision, Newest = revision, Task = Task.Run(() => RunAsync(environment)) };
            }
        }
    }

    /// <summary>Whether no turn of it goes on.</summary>
    public bool IsIdle(string environment)
    {
        lock (_gate)
            return !_running.ContainsKey(environment);
    }

    /// <summary>Begins none any more and waits for those that run.</summary>
    public async Task EndAsync()
    {
        List<Task> running;
        lock (_gate)
        {
            _closed = true;
            running = [.. _running.Values.Select(each => each.Task)];
        }
        await Task.WhenAll(running);
    }

    private async Task RunAsync(string environment)
    {
        try
        {
            for (var more = true; more;)
            {
                var changed = await turn(environment);
                more = !IsOver(environment);
                if (changed && !more)
                    lookNow();
            }
        }
        catch (Exception fault)
        {
            lock (_gate)
                _running.Remove(environment);
            _faulted.TrySetException(fault);
        }
    }

    private bool IsOver(string environment)
    {
        lock (_gate)
        {
            var running = _running[environment];
            if (!_closed && running.Newest != running.Revision)
            {
                running.Revision = running.Newest;
                return false;
            }
            _running.Remove(environment);
            return true;
        }
    }

    private sealed class Running
    {
        /// <summary>That was in force when its turn began.</summary>
        public required string? Revision { get; set; }

        public required string? Newest { get; set; }

        public required Task Task { get; init; }
    }
}
