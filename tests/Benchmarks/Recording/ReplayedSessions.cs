using System.Collections.Concurrent;
using System.Text;
using System.Text.RegularExpressions;
using Reconciler.Remote;

namespace Reconciler.Benchmarks.Recording;

/// <summary>
/// Servers that answer as those that were recorded did, and take as long: over a network besides, whose delay is each server's own. The first of an environment
/// is the one with its beat and its migrations.
/// </summary>
/// <param name="sites">By address, the digest of the site that a server has.</param>
/// <param name="delays">False: at once.</param>
internal sealed partial class ReplayedSessions(Recorded recorded, IReadOnlyDictionary<string, string> sites, bool delays) : IServerSessions
{
    private const int LongestRoundTripMs = 40;

    private readonly ConcurrentDictionary<string, Session> _sessions = new();
    private readonly Model _first = new(recorded.Servers.MinBy(server => server.Key, StringComparer.Ordinal).Value, recorded.Site);
    private readonly Model _other = new(recorded.Servers.MaxBy(server => server.Key, StringComparer.Ordinal).Value, recorded.Site);

    /// <summary>Server of another continent, or beside: fixed for each.</summary>
    public IServerSession For(ServerAddress server) => _sessions.GetOrAdd($"{server}", _ =>
        new(server, server.Name == SimulatedWorld.NameOf(1) ? _first : _other, sites[server.Host], delays ? 1 + Random.Shared.Next(LongestRoundTripMs) : null));

    /// <summary>One of the servers that were recorded. Long digests and tokens may be others: they are another environment's, and its answers speak of them.</summary>
    private sealed partial class Model(RecordedServer recorded, string site)
    {
        private readonly Dictionary<string, (IReadOnlyList<string> Digests, Answer Answer)> _answers = recorded.Answers
            .DistinctBy(entry => Digest().Replace(entry.Key, "#"))
            .ToDictionary(entry => Digest().Replace(entry.Key, "#"), entry => (DigestsIn(entry.Key), entry.Value));

        private readonly ConcurrentDictionary<(string Site, string Fragment), Answer> _known = new();

        public double SteadyMs => recorded.SteadyMs;

        public double ThoroughMs => recorded.ThoroughMs;

        public byte[] ReplyTo(string script, string here)
        {
            var asked = Asked.Of(script);
            return asked.Reply(asked.Fragments.Select(fragment => _known.GetOrAdd((here, fragment), Find)));
        }

        private Answer Find((string Site, string Fragment) asked)
        {
            var answer = Find(asked.Fragment);
            return answer with
            {
                Output = answer.Output.Replace(site, asked.Site, StringComparison.Ordinal).Replace(Encoded(site), Encoded(asked.Site), StringComparison.Ordinal),
            };
        }

        /// <summary>As the body of a page is told.</summary>
        private static string Encoded(string text) => Convert.ToBase64String(Encoding.ASCII.GetBytes(text));

        private Answer Find(string fragment)
        {
            if (!_answers.TryGetValue(Digest().Replace(fragment, "#"), out var found))
                throw new InvalidOperationException($"No server was ever asked this: record anew.\n{fragment}");
            var here = DigestsIn(fragment);
            return found.Digests.Zip(here).Where(pair => pair.First != pair.Second).Distinct().Aggregate(found.Answer, (answer, pair) =>
                answer with { Output = answer.Output.Replace(pair.First, pair.Second, StringComparison.Ordinal) });
        }

        private static IReadOnlyList<string> DigestsIn(string text) => [.. Digest().Matches(text).Select(match => match.Value)];

        [GeneratedRegex("[0-9a-f]{40,64}")]
        private static partial Regex Digest();
    }

    private sealed class Session(ServerAddress server, Model model, string site, int? roundTripMs) : IServerSession
    {
        private KeptScript? _kept;
        private byte[] _reply = [];

        public ServerAddress Server => server;

        public async Task<ShellReply> RunAsync(ShellRequest request, CancellationToken cancellation)
        {
            if (request.Payload.Count > 0)
                throw new SessionException(SessionFailure.Unreachable, $"{server}: only looks were recorded");
            if (roundTripMs is { } far)
                await Task.Delay((int)(far + (0.5 + Random.Shared.NextDouble()) * (request.Kept is not null ? model.SteadyMs : model.ThoroughMs)), cancellation);
            if (request.Kept is null)
                return new(0, model.ReplyTo(request.Script, site), false);
            if (_kept != request.Kept)
                (_kept, _reply) = (request.Kept, model.ReplyTo(request.Script, site));
            return new(0, _reply, false);
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
