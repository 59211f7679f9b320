using System.Collections.Concurrent;
using Reconciler.Documents.Expansion;
using Reconciler.Observing;

namespace Reconciler.Turns;

/// <summary>
/// How an environment's servers are looked at in a turn: cheaply, from what is remembered; from nothing when a person asks, and when something does not
/// work, for what is remembered may be why nobody sees the cause: at once when it begins, and then once a minute.
/// </summary>
internal sealed class EnvironmentLook(Observer observer, ServerAddresses addresses, TimeProvider clock)
{
    private static readonly TimeSpan WhileAiling = TimeSpan.FromMinutes(1);

    /// <summary>So long the others wait for a server that is slow to answer; a thorough look at a busy one takes a second or two.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, DateTimeOffset> _ailing = new();

    /// <param name="byPerson">Somebody wants to know how it is, not how it was.</param>
    /// <param name="meanwhile">Told what is known, where some have not answered after five seconds; null: nobody.</param>
    public async Task<Observed> LookAsync(ExpandedEnvironment desired, bool byPerson, CancellationToken cancellation, Func<Observed, Task>? meanwhile = null)
    {
        if (byPerson)
            Forget(desired);
        var observed = await ObserveAsync(desired, meanwhile, cancellation);
        if (!desired.Units.Any(unit => UnitPlanning.AilmentsOf(unit, observed).Count > 0))
            _ailing.TryRemove(desired.Name, out _);
        else if (IsDue(desired.Name) && !byPerson)
        {
            Forget(desired);
            observed = await ObserveAsync(desired, null, cancellation);
        }
        return observed;
    }

    private bool IsDue(string environment)
    {
        var now = clock.GetUtcNow();
        if (_ailing.TryGetValue(environment, out var last) && now - last < WhileAiling)
            return false;
        _ailing[environment] = now;
        return true;
    }

    private void Forget(ExpandedEnvironment desired) =>
        observer.Forget(desired.Units.SelectMany(unit => unit.Resources).Select(resource => resource.Id));

    private async Task<Observed> ObserveAsync(ExpandedEnvironment desired, Func<Observed, Task>? meanwhile, CancellationToken cancellation)
    {
        var looking = observer.Begin(addresses.Of(desired), desired.Units.SelectMany(unit => unit.Resources), cancellation);
        var whole = looking.WholeAsync();
        if (meanwhile is null)
            return await whole;
        try
        {
            return await whole.WaitAsync(Patience, clock, cancellation);
        }
        catch (TimeoutException)
        {
            await meanwhile(looking.SoFar());
            return await whole;
        }
    }
}
