using System.Diagnostics;
using System.Text;

namespace Reconciler.Remote;

/// <summary>Keeps one ssh process per server open: an exchange then costs no new connection.</summary>
/// <param name="start">From the command for the login shell to how ssh is called (tests call sh instead).</param>
/// <param name="open">Which sessions have a connection; null: nobody counts.</param>
internal sealed class SshServerSession(
    ServerAddress server, SshOptions options, Func<string, ProcessStartInfo> start, TimeProvider time, OpenSessions? open = null) : IServerSession
{
    private readonly SemaphoreSlim one = new(1, 1);
    private SshConnection? connection;
    private (long Process, string Token)? leftover;

    public SshServerSession(ServerAddress server, SshOptions options, TimeProvider time, OpenSessions? open = null)
        : this(server, options, command => Ssh(server, options, command), time, open)
    {
    }

    public ServerAddress Server => server;

    public async Task<ShellReply> RunAsync(ShellRequest request, CancellationToken cancellation)
    {
        await one.WaitAsync(cancellation);
        try
        {
            await OpenAsync(cancellation);
            open?.Used(this);
            return await ExchangeAsync(request, cancellation);
        }
        finally
        {
            one.Release();
        }
    }

    /// <summary>Gives up the connection, which is opened anew when somebody asks again; false when it is in use.</summary>
    public bool TryClose()
    {
        if (!one.Wait(0))
            return false;
        connection?.Dispose();
        connection = null;
        one.Release();
        return true;
    }

    public async ValueTask DisposeAsync()
    {
        await one.WaitAsync();
        connection?.Dispose();
        connection = null;
        one.Release();
        open?.Closed(this);
    }

    private static ProcessStartInfo Ssh(ServerAddress server, SshOptions options, string command) =>
        new(options.Program, SshArguments.For(server, options, SshArguments.WriteKnownHosts(server, options), command));

    private async Task OpenAsync(CancellationToken cancellation)
    {
        if (connection is { Ended: true })
            Abandon(mayLinger: false);
        if (connection is not null)
            return;
        using var late = new CancellationTokenSource(options.ConnectTimeout + options.ReadyTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellation);
        try
        {
            connection = await SshConnection.OpenAsync(server, start, either.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new SessionException(SessionFailure.TimedOut,
                $"{server}: no shell was ready within {(options.ConnectTimeout + options.ReadyTimeout).TotalSeconds:0} s: "
                + "is the server up, does its profile wait for something");
        }
        if (leftover is { } left)
        {
            leftover = null;
            await ExchangeAsync(new ShellRequest(RemoteLoop.EndLeftover(left.Process, left.Token), options.ReadyTimeout), cancellation);
        }
    }

    private async Task<ShellReply> ExchangeAsync(ShellRequest request, CancellationToken cancellation)
    {
        var current = connection!;
        var output = new CappedBytes(options.OutputCap);
        using var late = new CancellationTokenSource(request.Deadline, time);
        using var silent = new CancellationTokenSource(request.Silence ?? Timeout.InfiniteTimeSpan, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, silent.Token, cancellation);
        try
        {
            var exitCode = await SendAndReceiveAsync(current, request, output, () => Heard(silent, request), either.Token);
            return new ShellReply(exitCode, output.Bytes, output.Truncated);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            Abandon(mayLinger: true);
            var limit = late.IsCancellationRequested ? request.Deadline : request.Silence;
            throw new SessionException(SessionFailure.TimedOut, $"{server}: no answer within {limit}") { Sent = true, Partial = output.Bytes };
        }
        catch (Exception fault) when (fault is EndOfStreamException or IOException)
        {
            var lost = await current.LostAsync(output.Bytes);
            Abandon(mayLinger: true);
            throw lost;
        }
        catch
        {
            Abandon(mayLinger: true);
            throw;
        }
    }

    private static async Task<int> SendAndReceiveAsync(
        SshConnection connection, ShellRequest request, CappedBytes output, Action heard, CancellationToken cancellation)
    {
        var marker = RemoteLoop.NewMarker();
        var head = request.Kept is not null && connection.Kept == request.Kept ? RemoteLoop.Again(marker)
            : RemoteLoop.Request(marker, Encoding.UTF8.GetBytes(request.Script), request.Payload.Sum(part => part.Length), request.Kept is not null);
        if (request.Kept is not null)
            connection.Kept = request.Kept;
        using var abort = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var send = connection.SendAsync(head, request.Payload, abort.Token);
        var receive = connection.ReceiveAsync(marker, output, heard, abort.Token);
        try
        {
            // A send that fails would leave the server waiting for the rest for ever.
            if (await Task.WhenAny(send, receive) == send)
                await send;
            var exitCode = await receive;
            await send;
            return exitCode;
        }
        catch
        {
            await abort.CancelAsync();
            await Task.WhenAll(send, receive).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            throw;
        }
    }

    private static void Heard(CancellationTokenSource silent, ShellRequest request)
    {
        if (request.Silence is { } limit)
            silent.CancelAfter(limit);
    }

    private void Abandon(bool mayLinger)
    {
        if (connection is null)
            return;
        if (mayLinger)
            leftover = (connection.RemoteProcess, connection.Token);
        connection.Dispose();
        connection = null;
        open?.Closed(this);
    }
}
