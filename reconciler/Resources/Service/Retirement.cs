using Reconciler.Model;

namespace Reconciler.Resources.Service;

/// <summary>A service that git has retired is stopped with the others and then kept from starting at boot.</summary>
internal static class Retirement
{
    /// <summary>Once, by the first of its services, and only when none of them stays.</summary>
    public static bool StartsSupervisord(ServiceSpec spec, ServiceFacts facts) =>
        spec.Manager is ServiceManager.DeclaredProgram { Leads: true, Shared: false } && spec.BootUnit is not null && facts.Enabled == true;

    public static IEnumerable<Step> Steps(Resource resource, ServiceSpec spec, ServiceFacts facts)
    {
        if (spec.Part == ServicePart.Backing)
            yield break;
        if (facts.MayRun)
            yield return new ServiceWork(resource, spec, facts, Change.Of()).Stop(Phase.Stop, ServiceSteps.RankOf(spec)) with
            {
                Because = spec.Elsewhere.Count > 0 ? $"git places it on {string.Join(", ", spec.Elsewhere)} only" : "retired in git",
                TakesSiteDown = spec.Part == ServicePart.Web && spec.Elsewhere.Count == 0,
            };
        if (StartsSupervisord(spec, facts))
        {
            yield return new(Phase.Tidy, resource.Id, $"disable unit {spec.BootUnit}", RunnerRequest.Unit("disable", spec.BootUnit!)) { Attempts = 3 };
            yield return new(Phase.Tidy, resource.Id, $"stop unit {spec.BootUnit}", RunnerRequest.Unit("stop", spec.BootUnit!)) { Attempts = 3 };
        }
        if (spec.UnitName is { } unit && facts.Enabled == true)
            yield return new(Phase.Tidy, resource.Id, $"disable unit {unit}", RunnerRequest.Unit("disable", unit)) { Attempts = 3 };
        if (spec.Manager is not ServiceManager.OwnProgram || facts.Definition is DefinitionState.Missing)
            yield break;
        var path = SupervisorProgram.PathOf(spec.FullName);
        yield return new(Phase.Tidy, resource.Id, $"remove {path}", RunnerRequest.Remove(path)) { Attempts = 3, Proof = $"[ ! -e {Shell.Quote(path)} ]" };
        yield return new(Phase.Tidy, resource.Id, $"have supervisor forget {spec.FullName}", RunnerRequest.Supervisor("-", "-", "remove", spec.FullName, spec.FullName))
        { Attempts = 3 };
    }
}
