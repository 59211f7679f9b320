using System.Collections.Concurrent;
using Reconciler.Model;
using Reconciler.Remote;

namespace Reconciler.Observing;

/// <summary>
/// Looks at servers: all probes of a server in one script and one round trip, all servers at once; a second round only where a kind asks for
/// a dearer probe. Remembers the last facts, which make the next look cheaper, but for a while only: not all that may change shows in a cheap
/// look (a role's password, a file edited in place). Changes nothing anywhere.
/// </summary>
internal sealed class Observer(IServerSessions sessions, IReadOnlyDictionary<string, IResourceKind> kinds, TimeProvider clock)
{
    /// <summary>After this long a look starts from nothing.</summary>
    private static readonly TimeSpan Remembers = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<ResourceId, Remembered> _last = new();

    private readonly ConcurrentDictionary<string, SteadyLook> _steady = new();

    /// <param name="VerifiedAt">The last look that took nothing from memory.</param>
    private sealed record Remembered(ResourceSpec Spec, ResourceFacts Facts, DateTimeOffset VerifiedAt);

    /// <summary>Observes all <paramref name="resources"/>; servers that have none are not asked.</summary>
    public async Task<Observed> LookAsync(IReadOnlyDictionary<string, ServerAddress> servers, IEnumerable<Resource> resources, CancellationToken cancellation)
    {
        var observations = new ConcurrentDictionary<ResourceId, Observation>();
        var unreachable = new ConcurrentDictionary<string, string>();
        await Task.WhenAll(resources.GroupBy(resource => resource.Id.Server).Select(async group =>
        {
            var asked = group.ToList();
            try
            {
                await LookAtAsync(sessions.For(servers[group.Key]), asked, observations, cancellation);
            }
            catch (SessionException fault)
            {
                unreachable[group.Key] = fault.Message;
                foreach (var resource in asked)
                    observations[resource.Id] = new Observation.Unknown($"{group.Key} did not answer: {fault.Message}");
            }
        }));
        return new(observations, unreachable)
        {
            VerifiedAt = observations.Keys.Select(id => (Id: id, Last: _last.GetValueOrDefault(id))).Where(entry => entry.Last is not null)
                .ToDictionary(entry => entry.Id, entry => entry.Last!.VerifiedAt),
        };
    }

    /// <summary>
    /// Forgets facts of resources that a run has touched, or that somebody wants to be sure of: the next look is a thorough one.
    /// </summary>
    public void Forget(IEnumerable<ResourceId> touched)
    {
        foreach (var id in touched)
        {
            _last.TryRemove(id, out _);
            _steady.TryRemove(id.Server, out _);
        }
    }

    private async Task LookAtAsync(
        IServerSession session, List<Resource> resources, ConcurrentDictionary<ResourceId, Observation> observations, CancellationToken cancellation)
    {
        var steady = _steady.GetOrAdd(session.Server.Name, _ => new(kinds, clock));
        if (await steady.AskAsync(session, resources, cancellation) is { } seen)
        {
            foreach (var (id, observation) in seen)
                observations[id] = observation;
            return;
        }
        var asked = resources.Select(resource => (Resource: resource, Last: LastOf(resource))).ToList();
        var probes = asked.Select(ask => kinds[ask.Resource.Id.Kind].Probe(ask.Resource, ask.Last)).ToList();
        var answers = await ServerProbes.AskAsync(session, [.. steady.Learning, .. probes], cancellation);
        steady.Learnt(answers.Count > probes.Count ? answers[0] : null);
        await ReadAsync(session, asked, [.. answers.TakeLast(probes.Count)], observations, cancellation);
        steady.Saw(resources, observations, id => _last.TryGetValue(id, out var last) ? last.VerifiedAt : null, Remembers);
    }

    private async Task ReadAsync(IServerSession session, List<(Resource Resource, ResourceFacts? Last)> asked, IReadOnlyList<ProbeAnswer> answers,
        ConcurrentDictionary<ResourceId, Observation> observations, CancellationToken cancellation)
    {
        var dearer = new List<(Resource Resource, ResourceFacts? Last, Probe Probe)>();
        foreach (var ((resource, last), answer) in asked.Zip(answers))
        {
            var reading = ReadingOf(resource, last, answer, dearer: false);
            if (reading is Reading.NeedsMore(var probe))
                dearer.Add((resource, last, probe));
            else
                Keep(resource, reading, observations, FromMemory(resource, last, answer));
        }
        if (dearer.Count == 0)
            return;
        var more = await ServerProbes.AskAsync(session, [.. dearer.Select(ask => ask.Probe)], cancellation);
        foreach (var (ask, answer) in dearer.Zip(more))
            Keep(ask.Resource, ReadingOf(ask.Resource, ask.Last, answer, dearer: true), observations, fromMemory: false);
    }

    private Reading ReadingOf(Resource resource, ResourceFacts? last, ProbeAnswer answer, bool dearer) => answer switch
    {
        ProbeAnswer.Output(var text) => kinds[resource.Id.Kind].Read(resource, last, text, dearer),
        ProbeAnswer.Missing(var why) => Reading.Unknown(why),
        _ => throw new InvalidOperationException($"Unknown answer {answer}."),
    };

    /// <summary>Who did not remember anything would have asked for more.</summary>
    private bool FromMemory(Resource resource, ResourceFacts? last, ProbeAnswer answer) =>
        last is not null && ReadingOf(resource, null, answer, dearer: false) is Reading.NeedsMore;

    private ResourceFacts? LastOf(Resource resource) =>
        _last.TryGetValue(resource.Id, out var last) && last.Spec.Equals(resource.Spec) && clock.GetUtcNow() - last.VerifiedAt < Remembers
            ? last.Facts
            : null;

    private void Keep(Resource resource, Reading reading, ConcurrentDictionary<ResourceId, Observation> observations, bool fromMemory)
    {
        var observation = reading is Reading.Observed observed
            ? observed.Observation
            : new Observation.Unknown("the dearer probe did not settle it");
        observations[resource.Id] = observation;
        if (observation is Observation.Found found)
            _last[resource.Id] = new(resource.Spec, found.Facts,
                fromMemory && _last.TryGetValue(resource.Id, out var last) ? last.VerifiedAt : clock.GetUtcNow());
        else
            _last.TryRemove(resource.Id, out _);
    }
}
