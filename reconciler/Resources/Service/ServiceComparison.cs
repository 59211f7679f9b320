using Reconciler.Model;

namespace Reconciler.Resources.Service;

/// <summary>What differs between a service and git, as sentences.</summary>
internal static class ServiceComparison
{
    /// <summary>What follows from the service alone: definition, process, start at boot.</summary>
    public static IEnumerable<Difference> OfItself(Resource resource, ServiceSpec spec, ServiceFacts facts)
    {
        if (spec.Retired)
            return OfRetired(resource, spec, facts);
        return
        [
            .. OfDefinition(resource, spec, facts), .. Overrides.Differences(resource, spec, facts),
            .. OfProcess(resource, spec, facts), .. OfBoot(resource, spec, facts),
        ];
    }

    private static IEnumerable<Difference> OfDefinition(Resource resource, ServiceSpec spec, ServiceFacts facts)
    {
        var launch = spec.Manager switch
        {
            ServiceManager.OwnProgram(var own) => own,
            ServiceManager.OwnUnit(var own) => own,
            ServiceManager.DeclaredProgram(_, _, var own) => own,
            ServiceManager.BareProcess bare => bare.Launch,
            _ => null,
        };
        if (launch is not null && Definition.Fault(launch) is { } fault)
            yield return new(resource.Id, DifferenceType.Unknown, $"{spec.Shown} cannot be defined: {fault}")
            { Origin = resource.Origin, Refusal = "change its command or variables" };
        else if (facts.Definition is DefinitionState.Missing)
            yield return Of(resource, DifferenceType.Add,
                spec.Manager is ServiceManager.DeclaredProgram
                    ? $"the supervisord of {spec.Service} is not started at boot: it has no unit yet"
                    : $"{spec.Shown} is not defined on this server yet");
        else if (facts.Definition is DefinitionState.Outdated && Changes(spec, facts) is { } changes)
            yield return Of(resource, DifferenceType.Change,
                $"git defines {Defined(spec)} otherwise than this server has it: {changes} (restart needed)") with
            {
                Origin = changes.PlaceIn(resource),
            };
        else if (facts.Definition is DefinitionState.Outdated)
            yield return Of(resource, DifferenceType.Change,
                spec.Manager is ServiceManager.DeclaredProgram
                    ? $"the supervisord of {spec.Service} has other variables than git says, or other programs that it should leave stopped (restart needed)"
                    : $"git defines {spec.Shown} otherwise than this server has it: its command, folder, variables or time to stop (restart needed)");
        else if (facts.Definition is DefinitionState.Edited)
            yield return Of(resource, DifferenceType.Change,
                spec.Manager is ServiceManager.DeclaredProgram
                    ? $"unit {spec.BootUnit}, in which the supervisord of {spec.Service} runs, was edited by hand{Edit(spec, facts)}"
                    : $"the definition of {spec.Shown} was edited by hand{Edit(spec, facts)}");
    }

    /// <summary>What our definition is of, for a sentence.</summary>
    public static string Defined(ServiceSpec spec) =>
        spec.Manager is ServiceManager.DeclaredProgram ? $"the supervisord of {spec.Service}" : spec.Shown;

    private static DefinitionChanges? Changes(ServiceSpec spec, ServiceFacts facts) =>
        facts.Written is { } written && Definition.Of(spec) is { } definition
        ? DefinitionChanges.Between(DefinitionText.Read(written), DefinitionText.Read(definition.Text))
        : null;

    private static string Edit(ServiceSpec spec, ServiceFacts facts) =>
        Changes(spec, facts) is { } changes ? $" (git would have it: {changes})" : "";

    private static IEnumerable<Difference> OfProcess(Resource resource, ServiceSpec spec, ServiceFacts facts)
    {
        if (facts.Orphaned)
            yield return Of(resource, DifferenceType.Change, $"{spec.Shown} runs, but its supervisor has gone: nobody would start it again (restart needed)");
        // One that its supervisor has just started may come through, or end again and again: another start would mend neither, and cut the first short.
        if (facts.Runs || facts is { State: ServiceState.Starting, Processes.Count: > 0 })
            yield break;
        // Where it is not defined yet, its whole name has just been said.
        var name = facts.Definition is DefinitionState.Missing ? spec.Service : spec.Shown;
        var sentence = facts.State switch
        {
            ServiceState.Starting => $"{name} is not running: it ends as soon as it is started",
            ServiceState.Failed => $"{name} is not running: its supervisor has given up starting it",
            _ when facts.Rebooted => $"{name} is not running: the server was rebooted, and it did not come back",
            _ => $"{name} is not running",
        };
        if (facts.Listening == true && facts.Processes.Count == 0)
            sentence += $", but something else listens on its port {spec.Port}";
        yield return Of(resource, DifferenceType.Add, sentence, "running", Words(facts.State)) with
        {
            Refusal = spec.Manager is ServiceManager.BareProcess { Launch: null }
                ? $"git has no command that starts {spec.Service}: start it by hand, or give it a command in services.yaml"
                : null,
        };
    }

    private static IEnumerable<Difference> OfBoot(Resource resource, ServiceSpec spec, ServiceFacts facts)
    {
        // A unit that is not written yet is not enabled either: that is said once.
        if (facts.Enabled == false && facts.Definition != DefinitionState.Missing && spec.Manager is not ServiceManager.DeclaredProgram { Leads: false })
            yield return Of(resource, DifferenceType.Change,
                $"{spec.Service} would not come back after a reboot: unit {spec.BootUnit} is disabled",
                "enabled", "disabled");
    }

    private static IEnumerable<Difference> OfRetired(Resource resource, ServiceSpec spec, ServiceFacts facts)
    {
        // Other applications may need it, and what we did not start we do not end.
        if (spec.Part == ServicePart.Backing)
            yield break;
        if (facts.MayRun && spec.Elsewhere.Count > 0)
            yield return Of(resource, DifferenceType.Remove, $"{spec.Service} runs here, and git places it on {string.Join(", ", spec.Elsewhere)} only",
                "stopped", Words(facts.State));
        else if (facts.MayRun)
            yield return Of(resource, DifferenceType.Remove, $"{spec.Service} is running, and git says that it is retired", "stopped", Words(facts.State));
        if (spec.Manager is ServiceManager.OwnProgram && facts.Definition is not DefinitionState.Missing)
            yield return Of(resource, DifferenceType.Remove, $"{spec.Service} is retired, but supervisor would start it at the next boot");
        if (Retirement.StartsSupervisord(spec, facts))
            yield return Of(resource, DifferenceType.Remove, $"{spec.Service} is retired, but unit {spec.BootUnit} would start its supervisord at the next boot",
                "disabled", "enabled");
        if (spec.UnitName is not null && facts.Enabled == true)
            yield return Of(resource, DifferenceType.Remove, $"{spec.Service} is retired, but unit {spec.UnitName} would start at the next boot",
                "disabled", "enabled");
    }

    private static string Words(ServiceState state) => state switch
    {
        ServiceState.Absent => "unknown to its manager",
        ServiceState.Failed => "failed",
        ServiceState.Starting => "starting",
        ServiceState.Running => "running",
        _ => "stopped",
    };

    internal static Difference Of(Resource resource, DifferenceType type, string sentence, string? wanted = null, string? observed = null) =>
        new(resource.Id, type, sentence, wanted, observed) { Origin = resource.Origin };
}
