using Reconciler.Model;

namespace Reconciler.Diffing;

/// <summary>Compares what git says with what was observed, resource by resource. Pure.</summary>
internal sealed class Differ(IReadOnlyDictionary<string, IResourceKind> kinds)
{
    /// <param name="resources">Desired, of one environment or a part of it.</param>
    /// <param name="observed">What was seen; a resource without an entry counts as unknown.</param>
    /// <param name="wanted">All that git says, where that is more: a service may read what belongs to another application.</param>
    public Diff Compare(
        IReadOnlyList<Resource> resources, IReadOnlyDictionary<ResourceId, Observation> observed, IEnumerable<Resource>? wanted = null)
    {
        wanted ??= resources;
        var differences = new Dictionary<ResourceId, IReadOnlyList<Difference>>(resources.Count);
        var unknown = new List<UnknownResource>();
        var beside = new List<Unmanaged>();
        foreach (var resource in resources)
        {
            var observation = observed.GetValueOrDefault(resource.Id) ?? new Observation.Unknown("it was not looked at");
            if (observation is Observation.Unknown(var why))
            {
                unknown.Add(new(resource, why));
                continue;
            }
            beside.AddRange(kinds[resource.Id.Kind].Beside(resource, observation));
            var found = kinds[resource.Id.Kind].Compare(resource, observation, MarkersOf(resource, wanted, observed)).ToList();
            if (found.Count > 0)
                differences[resource.Id] = found;
        }
        return new Diff(differences, unknown) { Beside = beside }.Without(difference => difference.Follows is { } read
            && differences.ContainsKey(read));
    }

    /// <summary>What was found beside resources that git does not speak of.</summary>
    public IEnumerable<Unmanaged> BesideOf(IEnumerable<Resource> resources, IReadOnlyDictionary<ResourceId, Observation> observed) =>
        resources.SelectMany(resource => observed.TryGetValue(resource.Id, out var observation) ? kinds[resource.Id.Kind].Beside(resource, observation) : []);

    /// <summary>The change markers now seen on the server of everything that a resource reads.</summary>
    public ReadMarkers MarkersOf(Resource resource, IEnumerable<Resource> wanted, IReadOnlyDictionary<ResourceId, Observation> observed) =>
        resource.Reads.Count == 0
            ? ReadMarkers.None
            : new(resource.Reads.ToDictionary(read => read, read => MarkerOf(read, wanted, observed.GetValueOrDefault(read)?.FactsOf<ResourceFacts>())));

    /// <summary>Nobody is asked to read somebody's edit, unless git says the very same by now.</summary>
    private string? MarkerOf(ResourceId read, IEnumerable<Resource> wanted, ResourceFacts? facts) =>
        facts is { EditedByHand: true } && !wanted.Any(each => each.Id == read && kinds[read.Kind].WantedMarker(each) == facts.Marker)
            ? null : facts?.Marker;
}

/// <summary>What could not be observed, and why.</summary>
internal sealed record UnknownResource(Resource Resource, string Why);

/// <summary>All differences, by resource; resources that are as git says have no entry.</summary>
internal sealed record Diff(IReadOnlyDictionary<ResourceId, IReadOnlyList<Difference>> ByResource, IReadOnlyList<UnknownResource> Unknown)
{
    /// <summary>What was found beside them that git does not speak of.</summary>
    public IReadOnlyList<Unmanaged> Beside { get; init; } = [];

    public IEnumerable<Difference> All => ByResource.Values.SelectMany(list => list);

    /// <summary>Without those that <paramref name="accepted"/> says are as they should be.</summary>
    public Diff Without(Func<Difference, bool> accepted) => this with
    {
        ByResource = ByResource
            .Select(entry => KeyValuePair.Create<ResourceId, IReadOnlyList<Difference>>(entry.Key, [.. entry.Value.Where(difference => !accepted(difference))]))
            .Where(entry => entry.Value.Count > 0)
            .ToDictionary(),
    };

    public bool IsEmpty => ByResource.Count == 0 && Unknown.Count == 0;
}
