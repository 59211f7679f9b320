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

    /// <summary>One that has no process, of its own or at all, is asked about each time: nothing tells when it gets one.</summary>
    protected override Traces? Traces(ServiceSpec spec, ServiceFacts? facts) => facts is not { Runs: true, Processes.Count: > 0 } ? null : new()
    {
        Paths = [$"{StartedProcess.Folder}/{spec.FullName}", .. Definition.Of(spec) is { } own ? [own.Path, PlacedFile.Folder + own.Path] : Array.Empty<string>(),
            .. Overrides.Folders(spec), .. spec.BootUnit is { } unit ? ServiceProbe.BootPaths(unit) : []],
        Trees = Overrides.IsLookedInto(spec) ? [Overrides.Programs] : [],
        // What systemd starts at boot, and what changes its units, are folders and links in one folder.
        Folders = spec.BootUnit is null ? [] : ["/etc/systemd/system"],
        Processes = [.. facts.Processes.Select(process => process.Pid), .. facts.Parents],
        Ports = spec.Port is { } port ? [port] : [],
    };

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
