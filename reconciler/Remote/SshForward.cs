using System.ComponentModel;
using System.Diagnostics;
using System.Net.Sockets;
using System.Text;

namespace Reconciler.Remote;

/// <summary>
/// A port that only the server itself can reach, as a unix socket in a 0700 folder of ours, for as long as this lives. Each connection is
/// an
/// ssh of its own; what a user's ssh_config forwards is not opened with it.
/// </summary>
internal sealed class SshForward : IAsyncDisposable
{
    private readonly Func<ProcessStartInfo> _start;
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly CancellationTokenSource _ended = new();
    private readonly StringBuilder _errors = new();
    private readonly Task _accepting;

    private SshForward(string socket, Func<ProcessStartInfo> start)
    {
        _start = start;
        // 0700 from the beginning, and in a folder that nobody else could have made.
        Folder = Directory.CreateTempSubdirectory("reconciler-forward-").FullName;
        _listener.Bind(new UnixDomainSocketEndPoint(Path.Combine(Folder, socket)));
        _listener.Listen();
        _accepting = AcceptAsync();
    }

    /// <summary>In which the socket lies.</summary>
    public string Folder { get; }

    /// <summary>What ssh said on stderr, if anything.</summary>
    public string Errors
    {
        get
        {
            lock (_errors)
                return _errors.ToString().Trim();
        }
    }

    /// <param name="socket">The socket's name.</param>
    public static SshForward Open(ServerAddress server, SshOptions options, int port, string socket) => new(socket,
        () => new(options.Program, SshArguments.ToPort(server, options, SshArguments.WriteKnownHosts(server, options), port)));

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        _listener.Dispose();
        await _accepting;
        Directory.Delete(Folder, recursive: true);
        _ended.Dispose();
    }

    private async Task AcceptAsync()
    {
        var open = new List<Task>();
        try
        {
            while (true)
                open.Add(CarryAsync(await _listener.AcceptAsync(_ended.Token)));
        }
        catch (Exception fault) when (fault is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(open);
        }
    }

    private async Task CarryAsync(Socket accepted)
    {
        await using var near = new NetworkStream(accepted, ownsSocket: true);
        try
        {
            var how = _start();
            how.RedirectStandardInput = how.RedirectStandardOutput = how.RedirectStandardError = true;
            using var ssh = Process.Start(how)!;
            try
            {
                var errors = ssh.StandardError.ReadToEndAsync(_ended.Token);
                var there = near.CopyToAsync(ssh.StandardInput.BaseStream, _ended.Token);
                var back = ssh.StandardOutput.BaseStream.CopyToAsync(near, _ended.Token);
                await Task.WhenAny(there, back);
                if (back.IsCompleted)
                    Note(await errors);
            }
            finally
            {
                ssh.Kill();
            }
        }
        catch (Win32Exception fault)
        {
            Note($"ssh could not be started ({fault.Message}): install openssh-client");
        }
        catch (Exception fault) when (fault is OperationCanceledException or IOException)
        {
            // Whoever uses the socket sees that the connection has ended.
        }
    }

    private void Note(string error)
    {
        lock (_errors)
            _errors.Append(error);
    }
}
