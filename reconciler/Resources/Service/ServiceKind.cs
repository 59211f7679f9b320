using Reconciler.Model;

namespace Reconciler.Resources.Service;

/// <summary>
/// Services (A4, A13, A14, A17, E22): running, started at boot, defined as git says, and having read what is there now. Which process it is, is known from
/// what the runner noted at its start; who keeps it running is asked only when that process is gone.
/// </summary>
internal sealed class ServiceKind : ResourceKind<ServiceSpec, ServiceFacts>
{
    public override string Name => "Service";

    protected override Probe Probe(Resource resource, ServiceSpec spec, ServiceFacts? last) => ServiceProbe.Cheap(spec, last);

    protected override Reading Read(Resource resource, ServiceSpec spec, ServiceFacts? last, string output, bool dearer) =>
        ServiceReading.Of(spec, last, output, dearer);

    protected override IEnumerable<Difference> Compare(Resource resource, ServiceSpec spec, ServiceFacts? facts, ReadMarkers reads)
    {
        var seen = facts ?? Nothing(spec);
        return [.. ServiceComparison.OfItself(resource, spec, seen), .. Staleness.Of(resource, spec, seen, reads)];
    }

    protected override IEnumerable<Step> Steps(Resource resource, ServiceSpec spec, ServiceFacts? facts, Change change) =>
        ServiceSteps.Of(resource, spec, facts ?? Nothing(spec), change);

    private static ServiceFacts Nothing(ServiceSpec spec) => new(spec.Service, ServiceState.Absent, [], "")
    {
        Definition = Definition.Of(spec) is null ? DefinitionState.NotOurs : DefinitionState.Missing,
        Wanted = !spec.Retired,
    };
}
