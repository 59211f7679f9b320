namespace Reconciler.Model;

/// <summary>The typed face of <see cref="IResourceKind"/>: a kind derives from this and never casts.</summary>
internal abstract class ResourceKind<TSpec, TFacts> : IResourceKind
    where TSpec : ResourceSpec
    where TFacts : ResourceFacts
{
    public abstract string Name { get; }

    protected abstract Probe Probe(Resource resource, TSpec spec, TFacts? last);

    protected abstract Reading Read(Resource resource, TSpec spec, TFacts? last, string output, bool dearer);

    /// <inheritdoc cref="IResourceKind.Traces"/>
    /// <param name="facts">Null when the resource is absent.</param>
    protected virtual Traces? Traces(TSpec spec, TFacts? facts) => null;

    /// <inheritdoc cref="IResourceKind.WantedMarker"/>
    protected virtual string? WantedMarker(TSpec spec) => null;

    /// <param name="facts">Null when the resource is absent.</param>
    protected abstract IEnumerable<Difference> Compare(Resource resource, TSpec spec, TFacts? facts, ReadMarkers reads);

    /// <inheritdoc cref="IResourceKind.Beside"/>
    protected virtual IEnumerable<Unmanaged> Beside(Resource resource, TSpec spec, TFacts facts) => [];

    /// <param name="facts">Null when the resource is absent.</param>
    protected abstract IEnumerable<Step> Steps(Resource resource, TSpec spec, TFacts? facts, Change change);

    Probe IResourceKind.Probe(Resource resource, ResourceFacts? last) => Probe(resource, (TSpec)resource.Spec, (TFacts?)last);

    Reading IResourceKind.Read(Resource resource, ResourceFacts? last, string output, bool dearer) =>
        Read(resource, (TSpec)resource.Spec, (TFacts?)last, output, dearer);

    Traces? IResourceKind.Traces(Resource resource, Observation observation) =>
        observation is Observation.Unknown ? null : Traces((TSpec)resource.Spec, observation.FactsOf<TFacts>());

    string? IResourceKind.WantedMarker(Resource resource) => WantedMarker((TSpec)resource.Spec);

    IEnumerable<Difference> IResourceKind.Compare(Resource resource, Observation observation, ReadMarkers reads) =>
        observation is Observation.Unknown ? [] : Compare(resource, (TSpec)resource.Spec, observation.FactsOf<TFacts>(), reads);

    IEnumerable<Unmanaged> IResourceKind.Beside(Resource resource, Observation observation) =>
        observation.FactsOf<TFacts>() is { } facts ? Beside(resource, (TSpec)resource.Spec, facts) : [];

    IEnumerable<Step> IResourceKind.Steps(Resource resource, Observation observation, Change change) =>
        observation is Observation.Unknown ? [] : Steps(resource, (TSpec)resource.Spec, observation.FactsOf<TFacts>(), change);
}
