using System.Collections.Concurrent;
using System.Diagnostics;
using Reconciler.Remote;

namespace Reconciler.Benchmarks.Recording;

/// <summary>Keeps what servers answer.</summary>
internal sealed class RecordingSessions(IServerSessions sessions) : IServerSessions
{
    private readonly ConcurrentDictionary<string, (ConcurrentDictionary<string, Answer> Answers, ConcurrentBag<double> Steady, ConcurrentBag<double> Thorough)> _servers = new();

    public IServerSession For(ServerAddress server) => new Session(this, sessions.For(server));

    public IReadOnlyDictionary<string, RecordedServer> Servers => _servers.ToDictionary(server => server.Key, server =>
        new RecordedServer(server.Value.Answers.ToDictionary(), Median(server.Value.Steady), Median(server.Value.Thorough)));

    private static double Median(IEnumerable<double> times) => times.Order().ToList() is { Count: > 0 } sorted ? sorted[sorted.Count / 2] : 0;

    private sealed class Session(RecordingSessions all, IServerSession session) : IServerSession
    {
        public ServerAddress Server => session.Server;

        public async Task<ShellReply> RunAsync(ShellRequest request, CancellationToken cancellation)
        {
            var began = Stopwatch.GetTimestamp();
            var reply = await session.RunAsync(request, cancellation);
            var took = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
            var (answers, steady, thorough) = all._servers.GetOrAdd(Server.Name, _ => ([], [], []));
            var asked = Asked.Of(request.Script);
            foreach (var (fragment, answer) in asked.Fragments.Zip(asked.AnswersIn(reply.Text)))
                answers[fragment] = answer;
            (request.Kept is not null ? steady : thorough).Add(took);
            return reply;
        }

        public ValueTask DisposeAsync() => session.DisposeAsync();
    }
}
