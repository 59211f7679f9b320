using System.Collections.Concurrent;

namespace Reconciler.Remote;

/// <summary>One session per server, kept until the end, or until the server is to be reached in another way.</summary>
internal sealed class SshServerSessions(SshOptions options, TimeProvider time) : IServerSessions, IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, SshServerSession> sessions = new();

    public IServerSession For(ServerAddress server) => sessions.GetOrAdd(Key(server), _ => new SshServerSession(server, options, time));

    public async ValueTask DisposeAsync()
    {
        foreach (var session in sessions.Values)
            await session.DisposeAsync();
    }

    // The record itself compares its keys by reference.
    private static string Key(ServerAddress server) => $"{server} {server.IdentityFile} {string.Join(' ', server.HostKeys)}";
}
