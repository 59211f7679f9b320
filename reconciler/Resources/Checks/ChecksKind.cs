using Reconciler.Model;

namespace Reconciler.Resources.Checks;

/// <summary>
/// "Check a couple of pages to confirm that things are working" (A15, seeds/000: 31). A page that fails is never a difference: nothing that git says
/// is missing, so it is health, and a proof that a run must pass before it uncovers.
/// </summary>
internal sealed class ChecksKind : ResourceKind<CheckSpec, CheckFacts>
{
    public override string Name => "Checks";

    protected override Probe Probe(Resource resource, CheckSpec spec, CheckFacts? last) => new(PageScript.Probe(CheckRequests.All(spec)));

    protected override Reading Read(Resource resource, CheckSpec spec, CheckFacts? last, string output, bool dearer)
    {
        var requests = CheckRequests.All(spec);
        var answers = PageAnswer.ReadAll(output, requests.Count);
        return Reading.Found(new CheckFacts([.. answers.Zip(requests, (answer, request) => answer.Fault(request)).OfType<string>().Select(fault => $"check {spec.Name}: {fault}")]));
    }

    protected override IEnumerable<Difference> Compare(Resource resource, CheckSpec spec, CheckFacts? facts, ReadMarkers reads) => [];

    /// <summary>Proofs alone, whenever they are asked for: the planner keeps those of plans that change what answers.</summary>
    protected override IEnumerable<Step> Steps(Resource resource, CheckSpec spec, CheckFacts? facts, Change change)
    {
        if (CheckRequests.AtApplication(spec) is { } application)
        {
            if (spec.TellsReadiness && change is { StopsWeb: true, Uncovers: true })
                yield return new(Phase.Start, resource.Id, $"wait until {application.Path} answers {application.Where}", null)
                {
                    Rank = BeforeWorkers,
                    Proof = PageScript.Answers(application),
                    ProofWithin = TimeSpan.FromSeconds(30),
                    SkipWhenProven = false,
                };
            yield return Proof(resource, spec, Phase.Check, 0, application with { Times = Often });
        }
        if (CheckRequests.ThroughNginx(spec) is { } nginx)
            yield return Proof(resource, spec, Phase.Check, 1, nginx with { Times = spec.ApplicationServer is null ? Often : 1 });
        if (!change.StayCovered && CheckRequests.AsUser(spec) is { } user)
            yield return Proof(resource, spec, Phase.Uncover, 10, user);
    }

    /// <summary>
    /// The rank of workers, and on one server before them by its name: users wait for the web service, which starts faster while nothing else does.
    /// </summary>
    private const int BeforeWorkers = 1;

    /// <summary>Of a page that fails one time in two, this finds all but one in thirty.</summary>
    private const int Often = 5;

    private static Step Proof(Resource resource, CheckSpec spec, Phase phase, int rank, PageRequest request) =>
        new(phase, resource.Id, $"check {spec.Name}: {request.Path} answers {request.Status} {request.Where}", null)
        {
            Rank = rank,
            Proof = PageScript.Proof(request),
            ProofWithin = TimeSpan.FromSeconds(10),
            SkipWhenProven = false,
        };
}
