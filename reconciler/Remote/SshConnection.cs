using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Reconciler.Remote;

/// <summary>One ssh process with <see cref="RemoteLoop"/> at its other end. After any fault it is thrown away.</summary>
internal sealed class SshConnection : IDisposable
{
    private readonly ServerAddress server;
    private readonly Process process;
    private readonly FrameReader reader;
    private readonly CappedBytes errors = new(16 * 1024);
    private readonly Task draining;

    private SshConnection(ServerAddress server, Process process, string token)
    {
        (this.server, this.process, Token) = (server, process, token);
        reader = new FrameReader(process.StandardOutput.BaseStream);
        draining = DrainErrorsAsync();
    }

    /// <summary>The name that the loop carries among the server's processes.</summary>
    public string Token { get; }

    /// <summary>The loop's process id on the server, where it leads its process group.</summary>
    public long RemoteProcess { get; private set; }

    /// <summary>The script that the loop keeps; null for none.</summary>
    public KeptScript? Kept { get; set; }

    public bool Ended => process.HasExited;

    /// <summary>Starts ssh and waits until the loop is ready. What comes before (banner, noisy profile) is skipped.</summary>
    /// <param name="start">From the command for the login shell to how ssh is called.</param>
    public static async Task<SshConnection> OpenAsync(ServerAddress server, Func<string, ProcessStartInfo> start, CancellationToken cancellation)
    {
        var token = RemoteLoop.NewMarker();
        var connection = new SshConnection(server, Start(server, start(RemoteLoop.Command(token))), token);
        try
        {
            await connection.WaitUntilReadyAsync(cancellation);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public async Task SendAsync(byte[] head, IReadOnlyList<PayloadContent> payload, CancellationToken cancellation)
    {
        var input = process.StandardInput.BaseStream;
        await input.WriteAsync(head, cancellation);
        foreach (var part in payload)
            await CopyExactlyAsync(part, input, cancellation);
        await input.FlushAsync(cancellation);
    }

    /// <exception cref="EndOfStreamException">The session ended first.</exception>
    public async Task<int> ReceiveAsync(string marker, CappedBytes output, Action arrived, CancellationToken cancellation)
    {
        reader.Arrived = arrived;
        await reader.ReadToAsync(RemoteLoop.Begin(marker), null, cancellation);
        await reader.ReadToAsync(RemoteLoop.End(marker), output, cancellation);
        return (int)await ReadNumberAsync(cancellation);
    }

    public async Task<SessionException> LostAsync(ReadOnlyMemory<byte> partial)
    {
        await WaitForEndAsync();
        return SshFault.Lost(server, ErrorText, partial);
    }

    public void Dispose()
    {
        try
        {
            process.Kill();
        }
        catch (Exception fault) when (fault is InvalidOperationException or Win32Exception)
        {
            // It has ended already.
        }
        process.Dispose();
    }

    private string ErrorText => Encoding.UTF8.GetString(errors.Bytes.Span);

    private static Process Start(ServerAddress server, ProcessStartInfo how)
    {
        how.RedirectStandardInput = how.RedirectStandardOutput = how.RedirectStandardError = true;
        try
        {
            return Process.Start(how)!;
        }
        catch (Win32Exception fault)
        {
            throw new SessionException(SessionFailure.SshMissing, $"{server}: {how.FileName} could not be started ({fault.Message}): install openssh-client");
        }
    }

    private async Task WaitUntilReadyAsync(CancellationToken cancellation)
    {
        var noise = new CappedBytes(16 * 1024);
        try
        {
            await reader.ReadToAsync(RemoteLoop.Ready(Token), noise, cancellation);
            RemoteProcess = await ReadNumberAsync(cancellation);
        }
        catch (EndOfStreamException)
        {
            await WaitForEndAsync();
            throw SshFault.BeforeReady(server, process.HasExited ? process.ExitCode : 255, ErrorText, noise.Bytes.Span);
        }
    }

    private async Task<long> ReadNumberAsync(CancellationToken cancellation)
    {
        var digits = new CappedBytes(20);
        await reader.ReadToAsync(RemoteLoop.NewLine, digits, cancellation);
        return long.TryParse(digits.Bytes.Span, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1;
    }

    // Both pipes close a moment before the process is reaped, and its last words come through the second one.
    private async Task WaitForEndAsync()
    {
        using var soon = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        try
        {
            await draining.WaitAsync(soon.Token);
            await process.WaitForExitAsync(soon.Token);
        }
        catch (OperationCanceledException)
        {
            // Its words so far must do.
        }
    }

    private async Task DrainErrorsAsync()
    {
        var bytes = new byte[4096];
        try
        {
            while (await process.StandardError.BaseStream.ReadAsync(bytes) is > 0 and var count)
                errors.Append(bytes.AsSpan(0, count));
        }
        catch (Exception fault) when (fault is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // The process was thrown away.
        }
    }

    private async Task CopyExactlyAsync(PayloadContent part, Stream input, CancellationToken cancellation)
    {
        var bytes = new byte[64 * 1024];
        for (var left = part.Length; left > 0;)
        {
            var count = await part.Stream.ReadAsync(bytes.AsMemory(0, (int)Math.Min(bytes.Length, left)), cancellation);
            if (count == 0)
                throw new SessionException(SessionFailure.PayloadCutShort, $"{server}: what was to be sent ended {left} bytes early; nothing was done") { Sent = true };
            await input.WriteAsync(bytes.AsMemory(0, count), cancellation);
            left -= count;
        }
    }
}
