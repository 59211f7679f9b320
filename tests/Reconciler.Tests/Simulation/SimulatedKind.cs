using Reconciler.Model;
using Reconciler.Tests.Turns;

namespace Reconciler.Tests.Simulation;

/// <summary>
/// A toy whose steps are proven by a look at their effect, and tried as often as the real kinds' steps of that phase; whose service tells what code it
/// was started with, and whose check is a look.
/// </summary>
internal sealed class SimulatedKind(IResourceKind toy) : IResourceKind
{
    public static IReadOnlyDictionary<string, IResourceKind> All { get; } =
        ToyKind.All.ToDictionary(entry => entry.Key, entry => (IResourceKind)new SimulatedKind(entry.Value));

    public string Name => toy.Name;

    public Probe Probe(Resource resource, ResourceFacts? last) => toy.Probe(resource, last);

    public Reading Read(Resource resource, ResourceFacts? last, string output, bool dearer) => toy.Read(resource, last, output, dearer);

    public string? WantedMarker(Resource resource) => toy.WantedMarker(resource);

    public IEnumerable<Difference> Compare(Resource resource, Observation observation, ReadMarkers reads)
    {
        foreach (var difference in toy.Compare(resource, observation, reads))
            yield return difference;
        if (Name == "Service" && observation.FactsOf<ToyFacts>() is { Live: "up", Ready: var startedWith } && resource.Reads is [var code, ..]
            && reads.Observed.GetValueOrDefault(code) is { } now && now != startedWith)
            yield return new(resource.Id, DifferenceType.Change, $"it was started with {startedWith}, and {now} is there");
    }

    public IEnumerable<Step> Steps(Resource resource, Observation observation, Change change) => toy.Steps(resource, observation, change).Select(Proven);

    private static Step Proven(Step step)
    {
        if (step.Request is not { Arguments: [var id, var to] } request)
            return step;
        if (step.Phase == Phase.Check)
            return step with { Request = null, Proof = $": answers {id}" };
        return step with
        {
            Proof = $": is {id} {to}",
            SkipWhenProven = request.Verb is not ("migrate" or "start" or "stop"),
            Attempts = step.Phase is Phase.Prepare or Phase.Cover or Phase.Uncover ? 3 : 1,
        };
    }
}
