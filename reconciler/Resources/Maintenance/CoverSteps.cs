using Reconciler.Model;

namespace Reconciler.Resources.Maintenance;

/// <summary>Page and flag, each proven by what is there and, where nginx already serves the site with its cover, by what it answers.</summary>
internal static class CoverSteps
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(15);

    /// <summary>What is seen only once covered: ranks 0 to 2 of Cover, before the flag.</summary>
    public static IEnumerable<Step> Page(Resource resource, MaintenanceSpec spec, MaintenanceFacts facts)
    {
        var (page, digest) = (Cover.Page(spec.Application), MaintenanceKind.Digest(spec.Page));
        if (!facts.Folder)
            yield return new(Phase.Cover, resource.Id, $"make {Cover.Folder(spec.Application)}",
                RunnerRequest.Directory(Cover.Folder(spec.Application), "0755", "root", "root"))
            { Proof = $"[ -d {Cover.Folder(spec.Application)} ]", Attempts = 3 };
        if (facts.Page != digest)
            yield return new(Phase.Cover, resource.Id, $"place the maintenance page of {spec.Application}",
                RunnerRequest.Place(page, "0644", "root", "root", digest, new PayloadPart.Text(spec.Page)))
            { Rank = 1, Proof = $"[ \"$(sha256sum <{page})\" = '{digest}  -' ]", Attempts = 3 };
        foreach (var step in Cover.RetryAfterSteps)
            if (RetryAfter(resource, spec, facts, step) is { } change)
                yield return change;
    }

    /// <summary>From here on every request is answered with the page.</summary>
    public static Step Raise(Resource resource, MaintenanceSpec spec, MaintenanceFacts facts) =>
        new(Phase.Cover, resource.Id, $"{Cover.RaiseWords}{spec.Application}: every request is answered with the maintenance page",
            RunnerRequest.Place(Cover.Flag(spec.Application), "0644", "root", "root", "on",
                new PayloadPart.Text($"While this file is here, nginx answers for {spec.Application} with page.html. Put here by reconciler.\n")))
        {
            Rank = 3,
            Proof = All(
            [
                $"{MaintenanceProbe.IfFlag(spec.Application)} || {{ echo '{Cover.Flag(spec.Application)} is not there'; false; }}",
                .. Served(spec, facts).Select(site => PageScript.Proof(MaintenanceProbe.Covered(spec, site))),
            ]),
            ProofWithin = Soon,
            Attempts = 3,
        };

    public static Step Lift(Resource resource, MaintenanceSpec spec, MaintenanceFacts facts) =>
        new(Phase.Uncover, resource.Id, $"{Cover.LiftWords}{spec.Application}: users reach it again", RunnerRequest.Remove(Cover.Flag(spec.Application)))
        {
            // After the banner.
            Rank = 1,
            Proof = All(
            [
                $"! {MaintenanceProbe.IfFlag(spec.Application)} || {{ echo '{Cover.Flag(spec.Application)} is still there'; false; }}",
                .. Served(spec, facts).Select(site => PageScript.Proof(MaintenanceProbe.Open(spec, site))),
            ]),
            ProofWithin = Soon,
            Attempts = 3,
        };

    /// <summary>Before the first deploy no site is there to ask; then the flag's file is all that can be looked at.</summary>
    private static IEnumerable<PageTarget> Served(MaintenanceSpec spec, MaintenanceFacts facts) =>
        spec.Sites.Where((_, i) => i < facts.Sites.Count && facts.Sites[i] != SiteState.NotServed);

    private static string All(IReadOnlyList<string> fragments) => string.Concat(fragments.Select(fragment => $"(\n{fragment}\n) || exit 1\n"));

    private static Step? RetryAfter(Resource resource, MaintenanceSpec spec, MaintenanceFacts facts, int step)
    {
        var file = Cover.RetryAfterFile(spec.Application, step);
        return (MaintenanceKind.RetryAfterOf(spec).Contains(step), facts.RetryAfter.Contains(step)) switch
        {
            (true, false) => new(Phase.Cover, resource.Id, $"let the maintenance page say: come back after {step} s",
                RunnerRequest.Place(file, "0644", "root", "root", "retry", new PayloadPart.Text("")))
            { Rank = 2, Proof = $"[ -f {file} ]", Attempts = 3 },
            (false, true) => new(Phase.Cover, resource.Id, $"let the maintenance page no longer say: come back after {step} s",
                RunnerRequest.Remove(file))
            { Rank = 2, Proof = $"[ ! -e {file} ]", Attempts = 3 },
            _ => null,
        };
    }
}
