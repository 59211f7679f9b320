using Reconciler.Model;

namespace Reconciler.Resources.Service;

/// <summary>What must be done to one service, and each of its steps.</summary>
internal sealed class ServiceWork(Resource resource, ServiceSpec spec, ServiceFacts facts, Change change)
{
    // Longer than a manager needs to see that it has to kill, and a worker to have begun.
    private static readonly TimeSpan Beyond = TimeSpan.FromSeconds(30);

    /// <summary>What it reads has changed, or will within this plan.</summary>
    private readonly bool stale = change.Restart || change.Differences.Except(ServiceComparison.OfItself(resource, spec, facts)).Any();

    public ServiceSpec Spec => spec;

    private readonly bool differs = facts.Definition is DefinitionState.Missing or DefinitionState.Outdated or DefinitionState.Edited
        || facts.Overrides.Count > 0;

    public bool MustDefine => differs && !Follows;

    public bool MustEnable => !Follows && (facts.Enabled == false || (OwnsUnit && facts.Enabled != true));

    /// <summary>Another service on this server writes and enables the unit that both depend on.</summary>
    private bool Follows => spec.Manager is ServiceManager.DeclaredProgram { Leads: false };

    private bool OwnsUnit => spec.Manager is ServiceManager.OwnUnit || (spec.Manager is ServiceManager.DeclaredProgram && facts.Definition != DefinitionState.NotOurs);

    /// <summary>A definition takes effect only at a start: so stopped under the old one and started, once, under the new.</summary>
    public bool MustStop => facts.MayRun && (differs || facts.Orphaned || (stale && spec.OnChange == OnChange.Restart));

    public bool MustStart => (MustStop || !facts.Runs) && spec.Manager is not ServiceManager.BareProcess { Launch: null };

    public bool MustReload => stale && facts.Runs && !MustStop;

    /// <summary>Nothing that users would see of it is left to be proven at its start.</summary>
    public bool LetsUsersIn => change.Uncovers && (spec.Part != ServicePart.Web || change.PagesAreAsked);

    public Step Stop(Phase phase, int rank) => new(phase, resource.Id, $"stop {spec.Service}", StopRequest)
    {
        Rank = rank,
        Ending = StopRequest switch
        {
            { Verb: "supervisor", Arguments: [var config, var user, _, var program, ..] } => new($"supervisor {config} {user}", program),
            { Verb: "unit", Arguments: [_, var unit] } => new("systemd", unit),
            _ => null,
        },
        Lead = spec is { Part: ServicePart.Web, Port: { } port } && change.Cover ? Draining.Script(port) : null,
        Proof = ServiceProofs.Stopped(spec, facts),
        // It may have been started again since it was observed, under a pid that the proof does not know.
        SkipWhenProven = false,
        ProofWithin = spec.Manager is ServiceManager.BareProcess ? spec.StopTimeout : TimeSpan.FromSeconds(5),
        Deadline = spec.StopTimeout + Beyond,
        Attempts = 2,
        Because = spec.Manager is ServiceManager.BareProcess { Launch: null } ? $"{Why}; git has no command to start it again" : Why,
    };

    /// <summary>
    /// Somebody else's files that change our definition. A supervisord of the application's own runs on while its programs are stopped, and systemd keeps
    /// what it has read (systemctl(1), daemon-reload): it is stopped first, so that its start reads the unit without them.
    /// </summary>
    public IEnumerable<Step> RemoveOverrides(Phase phase, int rank) =>
    [
        .. spec.Manager is ServiceManager.DeclaredProgram own && facts.Overrides.Any(Overrides.IsRemovable) ? [StopUnit(own, phase, rank)] : Array.Empty<Step>(),
        .. facts.Overrides.Where(Overrides.IsRemovable).Select(path => Overrides.Remove(resource, path, phase, rank)),
    ];

    private Step StopUnit(ServiceManager.DeclaredProgram own, Phase phase, int rank) =>
        new(phase, resource.Id, $"stop unit {spec.BootUnit}, which runs as somebody else's file says", RunnerRequest.Unit("stop", spec.BootUnit!))
        {
            Rank = rank,
            Proof = $"! systemctl -q is-active {Shell.Quote(spec.BootUnit!)}",
            Deadline = own.StopTimeout + Beyond,
            Attempts = 2,
        };

    public Step Define(Phase phase, int rank)
    {
        var definition = Definition.Of(spec)!;
        var note = DefinitionReading.Digest(definition);
        return new(phase, resource.Id, $"write {definition.Path}",
            RunnerRequest.Place(definition.Path, "0644", "root", "root", note, new PayloadPart.Text(definition.Text)))
        {
            Rank = rank,
            Proof = DefinitionReading.Proof(definition),
            // A supervisord of the application's own starts anew when its unit's file is younger than itself.
            SkipWhenProven = facts.Overrides.Count == 0,
            Attempts = 3,
        };
    }

    public Step Enable(Phase phase, int rank) => new(phase, resource.Id, $"enable unit {spec.BootUnit}", RunnerRequest.Unit("enable", spec.BootUnit!))
    {
        Rank = rank,
        Attempts = 3,
    };

    /// <summary>One request brings the definition up to date, starts, and notes what was started: nothing between Stop and Start may take long.</summary>
    public Step Start(Phase phase, int rank) => new(phase, resource.Id, $"start {spec.Service}",
        RunnerRequest.Start(spec.FullName, Lookup.WithManager(spec), change.MarkersAtStart, Launcher.Script(spec)))
    {
        Rank = rank,
        Proof = ServiceProofs.Started(spec, change.MarkersAtStart),
        SkipWhenProven = !MustStop,
        ProofWithin = TimeSpan.FromSeconds(30),
        Deadline = spec.Manager is ServiceManager.DeclaredProgram own ? own.StopTimeout + TimeSpan.FromMinutes(2) : TimeSpan.FromMinutes(1),
        Attempts = 2,
        Logs = LogsRequest,
        Because = MustStop ? null : $"{spec.Service} is not running",
    };

    public Step StaysUp(Phase phase, int rank) => new(phase, resource.Id, $"see that {spec.Service} stays up", null)
    {
        Rank = rank,
        Proof = ServiceProofs.StaysUp(spec),
        ProofWithin = TimeSpan.FromSeconds(10),
        Logs = LogsRequest,
    };

    public Step Reload(Phase phase, int rank) => new(phase, resource.Id, $"reload {spec.Service}",
        RunnerRequest.Reload(spec.FullName, Lookup.Of(spec), change.MarkersAtStart))
    {
        Rank = rank,
        Proof = ServiceProofs.Started(spec, change.MarkersAtStart),
        // What cannot be told apart by markers is reloaded once more rather than not at all.
        SkipWhenProven = change.MarkersAtStart.Count > 0,
        ProofWithin = TimeSpan.FromSeconds(30),
        Attempts = 2,
        Because = Why,
    };

    private string? Why => change.RestartBecause ?? (change.Differences is [var first, ..] ? first.Sentence : null);

    private RunnerRequest? LogsRequest => spec.Manager is ServiceManager.BareProcess ? null : RunnerRequest.Logs(Lookup.WithManager(spec));

    private RunnerRequest StopRequest => spec.Manager switch
    {
        ServiceManager.BareProcess(var pattern, var signal, var user, _) => RunnerRequest.Signal(user, pattern, signal),
        ServiceManager.DeclaredProgram(var program, var config, var supervisor) => RunnerRequest.Supervisor(config, supervisor.User, StopWord, program, spec.FullName),
        ServiceManager.OwnProgram => RunnerRequest.Supervisor("-", "-", StopWord, spec.FullName, spec.FullName),
        ServiceManager.ExistingProgram(var program) => RunnerRequest.Supervisor("-", "-", StopWord, program, spec.FullName),
        _ => RunnerRequest.Unit(StopWord, spec.UnitName!),
    };

    /// <summary>A worker that is told to end while it begins may wait for its children until its time is up (celery 5.2): after a reboot in the middle, or on a way back.</summary>
    private string StopWord => spec.Part == ServicePart.Worker ? "end" : "stop";
}
