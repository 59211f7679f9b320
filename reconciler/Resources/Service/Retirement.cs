using Reconciler.Model;

namespace Reconciler.Resources.Service;

/// <summary>A service that git has retired is stopped with the others and then kept from starting at boot.</summary>
internal static class Retirement
{
    public static IEnumerable<Step> Steps(Resource resource, ServiceSpec spec, ServiceFacts facts)
    {
        if (spec.Part == ServicePart.Backing)
            yield break;
        if (facts.MayRun)
            yield return new ServiceWork(resource, spec, facts, Change.Of()).Stop(Phase.Stop, ServiceSteps.RankOf(spec)) with { Because = "retired in git" };
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
