using System.Collections.Concurrent;

namespace Reconciler.Remote;

/// <summary>
/// One session per server, whose connection is kept until the end, until the server is to be reached in another way, or until too many others are in use.
/// </summary>
internal sealed class SshServerSessions(SshOptions options, TimeProvider time) : IServerSessions, IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, SshServerSession> sessions = new();
    private readonly OpenSessions open = new(options.MostOpen);

    public IServerSession For(ServerAddress server) => sessions.GetOrAdd(Key(server), _ => new SshServerSession(server, options, time, open));

    public async ValueTask DisposeAsync()
    {
        foreach (var session in sessions.Values)
            await session.DisposeAsync();
    }

    // The record itself compares its keys by reference.
    private static string Key(ServerAddress server) => $"{server} {server.IdentityFile} {string.Join(' ', server.HostKeys)}";
}
