namespace Reconciler.Remote;

/// <summary>A way to run scripts on one server. One request at a time; further callers wait. Opened, and reopened, on demand.</summary>
internal interface IServerSession : IAsyncDisposable
{
    ServerAddress Server { get; }

    /// <exception cref="SessionException">
    /// No session, or no end marker in time. <see cref="SessionException.Sent"/> then says whether the script may have run.
    /// </exception>
    Task<ShellReply> RunAsync(ShellRequest request, CancellationToken cancellation);
}

/// <summary>Where sessions come from; one per server is kept and shared.</summary>
internal interface IServerSessions
{
    IServerSession For(ServerAddress server);
}
