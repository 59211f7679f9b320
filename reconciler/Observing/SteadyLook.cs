using Reconciler.Model;
using Reconciler.Remote;

namespace Reconciler.Observing;

/// <summary>
/// A look at a server on which nothing has changed: what its observations hang on (<see cref="Traces"/>) is asked in one short call, and when all of it is as it
/// was, they are what they were. What can be told by a probe alone is asked in the same round trip. The traces are learnt in the very round trip of a thorough
/// look, before its probes: what changes meanwhile shows the next time.
/// </summary>
internal sealed class SteadyLook(IReadOnlyDictionary<string, IResourceKind> kinds, TimeProvider clock)
{
    private Traces? _traces;
    private Known? _known;

    /// <param name="Until">From then on a look begins from nothing.</param>
    /// <param name="Call">What is asked.</param>
    /// <param name="Frames">Of the answers to it.</param>
    /// <param name="Asked">Those that can be told by a probe alone, in the order of their answers, which come after that of the traces.</param>
    private sealed record Known(
        IReadOnlyList<Resource> Resources, DateTimeOffset Until, KeptScript Call, ProbeFrames Frames, IReadOnlyList<Resource> Asked, IReadOnlyDictionary<ResourceId, Observation> Seen);

    /// <summary>What goes before the probes of a thorough look: one probe, or none where there is nothing to learn yet.</summary>
    public IReadOnlyList<Probe> Learning => _traces is null ? [] : [new Probe(TraceScript.Learn(_traces))];

    /// <returns>All observations; null when something has changed, or nothing is known: then a thorough look is due.</returns>
    /// <exception cref="SessionException">There is no session.</exception>
    public async Task<IReadOnlyDictionary<ResourceId, Observation>?> AskAsync(IServerSession session, IReadOnlyList<Resource> resources, CancellationToken cancellation)
    {
        if (_known is not { } known || clock.GetUtcNow() >= known.Until || !ServerLook.AreSame(known.Resources, resources))
            return null;
        var answers = await AnswersAsync(session, known, cancellation);
        if (answers.Count != known.Asked.Count + 1 || answers[0] is not ProbeAnswer.Output(var traces) || !TraceScript.IsSame(traces))
        {
            _known = null;
            return null;
        }
        if (known.Asked.Count == 0)
            return known.Seen;
        Dictionary<ResourceId, Observation>? seen = null;
        foreach (var (resource, answer) in known.Asked.Zip(answers.Skip(1)))
        {
            if (answer is not ProbeAnswer.Output(var text)
                || kinds[resource.Id.Kind].Read(resource, FactsOf(known.Seen[resource.Id]), text, dearer: false) is not Reading.Observed(var observation))
                return null;
            if (!observation.Equals(known.Seen[resource.Id]))
                (seen ??= known.Seen.ToDictionary())[resource.Id] = observation;
        }
        return seen ?? known.Seen;
    }

    /// <summary>The next look is a thorough one; what it hangs on is learnt in it.</summary>
    public void Forget() => _known = null;

    /// <summary>
    /// After a thorough look: where everything was seen, works, and hangs on what was learnt just before it, the next look may be a steady one.
    /// </summary>
    /// <param name="learnt">The answer to <see cref="Learning"/>; null when there was nothing to learn.</param>
    /// <param name="dear">Those whose probe did not suffice: where they cannot be traced either, a short call would tell nothing of them.</param>
    /// <param name="until">From then on a look is to be a thorough one.</param>
    public void Saw(IReadOnlyList<Resource> resources, IReadOnlyDictionary<ResourceId, Observation> seen, IReadOnlySet<ResourceId> dear, ProbeAnswer? learnt, DateTimeOffset until)
    {
        _known = null;
        var traced = resources.Select(resource => (Resource: resource, Traces: kinds[resource.Id.Kind].Traces(resource, seen[resource.Id]))).ToList();
        if (resources.Any(resource => seen[resource.Id] is Observation.Unknown or Observation.Found { Facts.Ailment: not null }) || traced.TrueForAll(each => each.Traces is null))
        {
            _traces = null;
            return;
        }
        var (before, traces) = (_traces, Traces.Union([.. traced.Select(each => each.Traces).OfType<Traces>()]));
        _traces = traces;
        if (traces != before || learnt is not ProbeAnswer.Output(var text) || TraceScript.Learnt(text) is not var (time, lines))
            return;
        var asked = traced.Where(each => each.Traces is null).Select(each => each.Resource).ToList();
        if (asked.Exists(resource => dear.Contains(resource.Id)))
            return;
        var call = new ProbeScript(
        [
            new(TraceScript.Compare(traces, time, lines)),
            .. asked.Select(resource => kinds[resource.Id.Kind].Probe(resource, FactsOf(seen[resource.Id]))),
        ]);
        _known = new([.. resources], until, new(call.Text), call.Frames, asked, resources.ToDictionary(resource => resource.Id, resource => seen[resource.Id]));
    }

    /// <returns>None when the connection was lost on the way: a thorough look opens another.</returns>
    private static async Task<IReadOnlyList<ProbeAnswer>> AnswersAsync(IServerSession session, Known known, CancellationToken cancellation)
    {
        try
        {
            var reply = await session.RunAsync(ShellRequest.Of(known.Call, ServerProbes.Deadline) with { Silence = ServerProbes.Silence }, cancellation);
            return known.Frames.Read(reply.Output);
        }
        catch (SessionException fault) when (fault is { Sent: true, Failure: SessionFailure.Lost or SessionFailure.TimedOut })
        {
            return [];
        }
    }

    private static ResourceFacts? FactsOf(Observation observation) => observation is Observation.Found found ? found.Facts : null;
}
