namespace Reconciler.Serving;

/// <summary>Whether turns are being made: when the repository was last looked at, and what each environment's turn last did.</summary>
/// <param name="interval">Between two looks.</param>
internal sealed class LifeSigns(TimeProvider clock, TimeSpan interval)
{
    /// <summary>As long as a verdict counts in <c>status</c>.</summary>
    private readonly TimeSpan _betweenTurns = Reporting.Freshness.Of(interval);

    /// <summary>A turn that sends nothing reads repositories (git has ten minutes) and asks servers.</summary>
    private readonly TimeSpan _withoutSign = interval + TimeSpan.FromMinutes(15);

    /// <summary>For the way there and back, and for the look after a step.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(5);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Sign> _turns = [];
    private long _looked = clock.GetTimestamp();
    private bool _first;
    private string? _trouble = "the repository was not looked at yet";

    /// <summary>A look at the repository has ended.</summary>
    /// <param name="environments">That turns are made of here.</param>
    /// <param name="trouble">Why nothing is in force; null when something is.</param>
    /// <param name="inForce">Whether something is; without it: whether there is an environment.</param>
    public void Looked(IReadOnlyCollection<string> environments, string? trouble, bool? inForce = null)
    {
        lock (_gate)
        {
            (_looked, _first, _trouble) = (clock.GetTimestamp(), true, inForce ?? environments.Count > 0 ? null : trouble);
            foreach (var gone in _turns.Keys.Except(environments).ToList())
                _turns.Remove(gone);
        }
    }

    public void TurnBegan(string environment) => Note(environment, running: true, TimeSpan.Zero);

    /// <summary>Its turn goes on.</summary>
    /// <param name="patience">For how long nothing more need be heard of it.</param>
    public void Heard(string environment, TimeSpan patience) =>
        Note(environment, running: true, patience == TimeSpan.Zero ? patience : patience + Margin);

    public void TurnEnded(string environment) => Note(environment, running: false, TimeSpan.Zero);

    /// <summary>Why it is not ready; null when it is: something is in force.</summary>
    public string? Unready
    {
        get
        {
            lock (_gate)
                return _first && _trouble is null ? null : $"nothing is in force: {_trouble ?? "the repository has no environment"}";
        }
    }

    /// <summary>What should have happened by now and has not; null when nothing.</summary>
    public string? Overdue
    {
        get
        {
            lock (_gate)
            {
                if (clock.GetElapsedTime(_looked) is var since && since > _betweenTurns)
                    return $"no look at the repository has ended for {Minutes(since)}, and one is due every {interval.TotalSeconds:0} s";
                return _turns.Where(turn => IsOverdue(turn.Value)).Select(turn => turn.Value.Running
                    ? $"the turn of {turn.Key} has shown no sign for {Minutes(clock.GetElapsedTime(turn.Value.At))}"
                    : $"no turn of {turn.Key} has begun for {Minutes(clock.GetElapsedTime(turn.Value.At))}, "
                        + $"and one is due every {interval.TotalSeconds:0} s")
                    .FirstOrDefault();
            }
        }
    }

    private bool IsOverdue(Sign sign)
    {
        var allowed = sign.Running ? _withoutSign : _betweenTurns;
        return clock.GetElapsedTime(sign.At) > (sign.Patience > allowed ? sign.Patience : allowed);
    }

    private void Note(string environment, bool running, TimeSpan patience)
    {
        lock (_gate)
        {
            // Of steps on several servers the longest counts, until one of them has ended and another began.
            var left = running && _turns.GetValueOrDefault(environment) is { Running: true } before
                ? before.Patience - clock.GetElapsedTime(before.At) : TimeSpan.Zero;
            _turns[environment] = new(clock.GetTimestamp(), running, left > patience ? left : patience);
        }
    }

    private static string Minutes(TimeSpan time) => $"{time.TotalMinutes:0} min";

    private sealed record Sign(long At, bool Running, TimeSpan Patience);
}
