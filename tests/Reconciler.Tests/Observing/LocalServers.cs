using System.Collections.Concurrent;
using Reconciler.Remote;
using Reconciler.Tests.Remote;

namespace Reconciler.Tests.Observing;

/// <summary>This machine under several names and addresses, each with a real shell; some of them dead.</summary>
internal sealed class LocalServers : IServerSessions, IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, Session> _sessions = new();

    /// <summary>By name.</summary>
    public ConcurrentDictionary<string, SessionException> Dead { get; } = new();

    /// <summary>How many round trips, by name.</summary>
    public ConcurrentDictionary<string, int> Asked { get; } = new();

    public ConcurrentQueue<ShellRequest> Requests { get; } = new();

    public IServerSession For(ServerAddress server) => _sessions.GetOrAdd($"{server}", _ => new(this, server, LocalShell.Open()));

    /// <summary>All their shells end.</summary>
    public async Task BreakAsync()
    {
        foreach (var session in _sessions.Values)
            await Should.ThrowAsync<SessionException>(session.RunAsync(new ShellRequest("kill -9 $$", TimeSpan.FromSeconds(5)), TestContext.Current.CancellationToken));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var session in _sessions.Values)
            await session.DisposeAsync();
    }

    private sealed class Session(LocalServers servers, ServerAddress server, SshServerSession shell) : IServerSession
    {
        public ServerAddress Server => server;

        public Task<ShellReply> RunAsync(ShellRequest request, CancellationToken cancellation)
        {
            servers.Asked.AddOrUpdate(server.Name, 1, (_, count) => count + 1);
            servers.Requests.Enqueue(request);
            return servers.Dead.TryGetValue(server.Name, out var fault) ? throw fault : shell.RunAsync(request, cancellation);
        }

        public ValueTask DisposeAsync() => shell.DisposeAsync();
    }
}
