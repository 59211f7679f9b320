using System.Collections.Concurrent;
using Reconciler.Model;

namespace Reconciler.Observing;

/// <summary>What is remembered of one server from look to look.</summary>
/// <param name="server">Its name.</param>
internal sealed class ServerMemory(string server, IReadOnlyDictionary<string, IResourceKind> kinds, TimeProvider clock)
{
    /// <summary>After this long a look starts from nothing.</summary>
    private static readonly TimeSpan Remembers = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<ResourceId, Remembered> _last = new();

    /// <param name="VerifiedAt">The last look that took nothing from memory.</param>
    /// <param name="IsDear">A cheap look takes a part from memory.</param>
    private sealed record Remembered(ResourceSpec Spec, ResourceFacts Facts, DateTimeOffset VerifiedAt, bool IsDear);

    public string Server => server;

    public SteadyLook Steady { get; } = new(kinds, clock);

    /// <summary>What the look before gave; null when something was done there since.</summary>
    public ServerLook? LastLook { get; set; }

    /// <inheritdoc cref="Observer.Forget"/>
    public void Forget(IEnumerable<ResourceId> touched)
    {
        foreach (var id in touched)
            _last.TryRemove(id, out _);
        Steady.Forget();
        LastLook = null;
    }

    public ResourceFacts? LastOf(Resource resource) =>
        _last.TryGetValue(resource.Id, out var last) && last.Spec.Equals(resource.Spec) && clock.GetUtcNow() - last.VerifiedAt < Remembers
            ? last.Facts
            : null;

    /// <param name="isDear">Who did not remember anything would have asked for more.</param>
    /// <param name="asked">And was asked for more.</param>
    public Observation Keep(Resource resource, Reading reading, bool isDear, bool asked)
    {
        var observation = reading is Reading.Observed observed
            ? observed.Observation
            : new Observation.Unknown("the dearer probe did not settle it");
        if (observation is Observation.Found found)
            _last[resource.Id] = new(resource.Spec, found.Facts,
                isDear && !asked && _last.TryGetValue(resource.Id, out var last) ? last.VerifiedAt : clock.GetUtcNow(), isDear);
        else
            _last.TryRemove(resource.Id, out _);
        return observation;
    }

    /// <summary>What they hang on is as it was, which tells as much as a cheap look does.</summary>
    public void VerifyAgain(IEnumerable<ResourceId> ids)
    {
        foreach (var id in ids)
            if (_last.TryGetValue(id, out var last) && !last.IsDear)
                _last[id] = last with { VerifiedAt = clock.GetUtcNow() };
    }

    /// <summary>When each was last looked at without anything remembered, of those that were found.</summary>
    public IReadOnlyDictionary<ResourceId, DateTimeOffset> Verified(IEnumerable<ResourceId> ids) => ids.Select(id => (Id: id, Last: _last.GetValueOrDefault(id)))
        .Where(entry => entry.Last is not null).ToDictionary(entry => entry.Id, entry => entry.Last!.VerifiedAt);

    /// <summary>From then on what is remembered of one of them counts no more.</summary>
    public DateTimeOffset ThoroughUntil(IEnumerable<Resource> resources) =>
        resources.Select(resource => _last.GetValueOrDefault(resource.Id)?.VerifiedAt ?? clock.GetUtcNow()).DefaultIfEmpty(clock.GetUtcNow()).Min() + Remembers;
}
