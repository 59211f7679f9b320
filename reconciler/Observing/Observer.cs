using System.Collections.Concurrent;
using System.Threading.Channels;
using Reconciler.Model;
using Reconciler.Remote;

namespace Reconciler.Observing;

/// <summary>
/// Looks at servers: all probes of a server in one script and one round trip, all servers at once; a second round only where a kind asks for
/// a dearer probe. Remembers the last facts, which make the next look cheaper, but for a while only: not all that may change shows in a cheap
/// look (a role's password, a file edited in place). Where nothing has changed, one short call tells so (<see cref="SteadyLook"/>). Changes nothing anywhere.
/// </summary>
internal sealed class Observer(IServerSessions sessions, IReadOnlyDictionary<string, IResourceKind> kinds, TimeProvider clock)
{
    // By what a server is and how it is reached: two environments may each have a web1.
    private readonly ConcurrentDictionary<string, ServerMemory> _memories = new();

    // A thorough look holds a long script and its answer: of thousands of servers that are due at once, so many are looked at and the others wait their turn.
    private readonly Channel<ServerMemory> _thorough = Channel.CreateBounded<ServerMemory>(MostThorough);

    private const int MostThorough = 512;

    /// <summary>Observes all <paramref name="resources"/>; servers that have none are not asked.</summary>
    public Task<Observed> LookAsync(IReadOnlyDictionary<string, ServerAddress> servers, IEnumerable<Resource> resources, CancellationToken cancellation) =>
        Begin(servers, resources, cancellation).WholeAsync();

    /// <summary>The same, for who does not wait for the last of them to say something of the others.</summary>
    public Looking Begin(IReadOnlyDictionary<string, ServerAddress> servers, IEnumerable<Resource> resources, CancellationToken cancellation) =>
        new([.. resources.GroupBy(resource => resource.Id.Server).Select(group => Begin(servers[group.Key], [.. group], cancellation))]);

    /// <summary>
    /// Forgets facts of resources that a run has touched, or that somebody wants to be sure of: the next look is a thorough one.
    /// </summary>
    public void Forget(IEnumerable<ResourceId> touched)
    {
        var byServer = touched.ToLookup(id => id.Server);
        foreach (var memory in _memories.Values)
            if (byServer.Contains(memory.Server))
                memory.Forget(byServer[memory.Server]);
    }

    private (ServerMemory, IReadOnlyList<Resource>, Task<ServerLook>) Begin(ServerAddress server, List<Resource> resources, CancellationToken cancellation)
    {
        var memory = _memories.GetOrAdd($"{server}", _ => new(server.Name, kinds, clock));
        return (memory, resources, LookAtAsync(server, memory, resources, cancellation));
    }

    private async Task<ServerLook> LookAtAsync(ServerAddress server, ServerMemory memory, List<Resource> resources, CancellationToken cancellation)
    {
        try
        {
            return memory.LastLook = new(server.Name, resources, await LookAtAsync(sessions.For(server), memory, resources, cancellation), null);
        }
        catch (SessionException fault)
        {
            return memory.LastLook = ServerLook.Failed(server.Name, resources, fault.Message);
        }
    }

    private async Task<IReadOnlyDictionary<ResourceId, Observation>> LookAtAsync(
        IServerSession session, ServerMemory memory, List<Resource> resources, CancellationToken cancellation)
    {
        if (await memory.Steady.AskAsync(session, resources, cancellation) is { } same)
        {
            memory.VerifyAgain(same.Keys);
            return same;
        }
        await _thorough.Writer.WriteAsync(memory, cancellation);
        try
        {
            return await ThoroughAsync(session, memory, resources, cancellation);
        }
        finally
        {
            _thorough.Reader.TryRead(out _);
        }
    }

    private async Task<IReadOnlyDictionary<ResourceId, Observation>> ThoroughAsync(
        IServerSession session, ServerMemory memory, List<Resource> resources, CancellationToken cancellation)
    {
        var asked = resources.Select(resource => (Resource: resource, Last: memory.LastOf(resource))).ToList();
        var probes = asked.Select(ask => kinds[ask.Resource.Id.Kind].Probe(ask.Resource, ask.Last)).ToList();
        var learning = memory.Steady.Learning;
        var answers = await ServerProbes.AskAsync(session, [.. learning, .. probes], cancellation);
        var observations = new Dictionary<ResourceId, Observation>();
        var dear = await ReadAsync(session, memory, asked, [.. answers.Skip(learning.Count)], observations, cancellation);
        memory.Steady.Saw(resources, observations, dear, learning.Count > 0 ? answers[0] : null, memory.ThoroughUntil(resources));
        return observations;
    }

    /// <returns>Those of which more had to be asked.</returns>
    private async Task<IReadOnlySet<ResourceId>> ReadAsync(IServerSession session, ServerMemory memory, List<(Resource Resource, ResourceFacts? Last)> asked, IReadOnlyList<ProbeAnswer> answers,
        Dictionary<ResourceId, Observation> observations, CancellationToken cancellation)
    {
        var dearer = new List<(Resource Resource, ResourceFacts? Last, Probe Probe)>();
        foreach (var ((resource, last), answer) in asked.Zip(answers))
        {
            var reading = ReadingOf(resource, last, answer, dearer: false);
            if (reading is Reading.NeedsMore(var probe))
                dearer.Add((resource, last, probe));
            else
                observations[resource.Id] = memory.Keep(resource, reading, last is not null && IsDear(resource, answer), asked: false);
        }
        if (dearer.Count == 0)
            return new HashSet<ResourceId>();
        var more = await ServerProbes.AskAsync(session, [.. dearer.Select(ask => ask.Probe)], cancellation);
        foreach (var (ask, answer) in dearer.Zip(more))
            observations[ask.Resource.Id] = memory.Keep(ask.Resource, ReadingOf(ask.Resource, ask.Last, answer, dearer: true), isDear: true, asked: true);
        return dearer.Select(ask => ask.Resource.Id).ToHashSet();
    }

    private Reading ReadingOf(Resource resource, ResourceFacts? last, ProbeAnswer answer, bool dearer) => answer switch
    {
        ProbeAnswer.Output(var text) => kinds[resource.Id.Kind].Read(resource, last, text, dearer),
        ProbeAnswer.Missing(var why) => Reading.Unknown(why),
        _ => throw new InvalidOperationException($"Unknown answer {answer}."),
    };

    /// <summary>Who did not remember anything would have asked for more.</summary>
    private bool IsDear(Resource resource, ProbeAnswer answer) => ReadingOf(resource, null, answer, dearer: false) is Reading.NeedsMore;
}
