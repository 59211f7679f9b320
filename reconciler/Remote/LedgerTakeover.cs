namespace Reconciler.Remote;

/// <summary>Which ledger a server obeys.</summary>
/// <param name="Ledger">Its id; null for none yet, or when the server did not say.</param>
/// <param name="Fence">The highest fencing number that the server has seen of it.</param>
/// <param name="Trouble">Why the server did not say, or was not taken over; null when nothing was in the way.</param>
internal sealed record ObeyedLedger(string Server, string? Ledger, long Fence, string? Trouble);

/// <summary>
/// From one ledger to another, for a controller whose ledger is lost or that is replaced: a server obeys one ledger alone, so that two
/// controllers never collide, and only a person knows that the other one is gone.
/// </summary>
/// <param name="ledger">Ours.</param>
/// <param name="fence">Our fencing number.</param>
internal sealed class LedgerTakeover(IServerSessions sessions, string ledger, long fence)
{
    /// <summary>Asks all at once; changes nothing.</summary>
    public async Task<IReadOnlyList<ObeyedLedger>> LookAsync(IEnumerable<ServerAddress> servers, CancellationToken cancellation) =>
        [.. await Task.WhenAll(servers.OrderBy(server => server.Name, StringComparer.Ordinal).Select(server => LookAsync(server, cancellation)))];

    /// <summary>Makes the servers that obey <paramref name="from"/> obey our ledger; all others are left as they are.</summary>
    /// <returns>How all of them stand afterwards.</returns>
    public async Task<IReadOnlyList<ObeyedLedger>> TakeAsync(IEnumerable<ServerAddress> servers, string from, CancellationToken cancellation) =>
        [.. await Task.WhenAll(servers.OrderBy(server => server.Name, StringComparer.Ordinal).Select(server => TakeAsync(server, from, cancellation)))];

    private async Task<ObeyedLedger> LookAsync(ServerAddress server, CancellationToken cancellation)
    {
        try
        {
            return await RunnerQuestions.HelloAsync(sessions.For(server), cancellation) is { } hello
                ? new(server.Name, hello.Ledger, hello.Fence, null)
                : new(server.Name, null, 0, $"no runner answers on {server}: `reconciler doctor` says why");
        }
        catch (SessionException fault)
        {
            return new(server.Name, null, 0, fault.Message);
        }
    }

    private async Task<ObeyedLedger> TakeAsync(ServerAddress server, string from, CancellationToken cancellation)
    {
        var before = await LookAsync(server, cancellation);
        if (before.Ledger != from)
            return before;
        try
        {
            var refused = await RunnerQuestions.TakeOverAsync(sessions.For(server), from, ledger, fence, cancellation);
            return refused is null ? new(server.Name, ledger, fence, null) : before with { Trouble = refused.Sentence };
        }
        catch (SessionException fault)
        {
            return before with { Trouble = fault.Message };
        }
    }
}
