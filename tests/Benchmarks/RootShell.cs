using System.Diagnostics;
using System.Text;
using Reconciler.LiveTests.Deploys;
using Reconciler.LiveTests.Support;

namespace Reconciler.Benchmarks;

/// <summary>One <c>ssh host sudo sh</c> held open.</summary>
internal sealed class RootShell : IAsyncDisposable
{
    private readonly Process _ssh;

    private RootShell(Process ssh) => _ssh = ssh;

    public int Id => _ssh.Id;

    public static async Task<RootShell> OpenAsync(Site site, TestHost host)
    {
        var known = Path.Combine(site.World, $"known-{host.Address}");
        await File.WriteAllTextAsync(known, $"{host.Address} {host.HostKey}\n");
        var start = new ProcessStartInfo("ssh", ["-T", "-o", "BatchMode=yes", "-o", $"UserKnownHostsFile={known}", "-o", "GlobalKnownHostsFile=/dev/null", "-i", site.AdminKey,
            $"admin@{host.Address}", "sudo -n sh"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        var shell = new RootShell(Process.Start(start)!);
        await shell.RunAsync(":\n");
        return shell;
    }

    /// <summary>Ended by a line of its own, so the script's last line must have been ended.</summary>
    public async Task<string> RunAsync(string script)
    {
        await SendAsync(Encoding.UTF8.GetBytes($"{script}echo\necho END\n"));
        var (buffer, filled) = (new byte[1024 * 1024], 0);
        while (!buffer.AsSpan(0, filled).EndsWith("\nEND\n"u8))
            filled += await ReadAsync(buffer.AsMemory(filled));
        return Encoding.UTF8.GetString(buffer, 0, filled - "\nEND\n".Length);
    }

    public async Task SendAsync(byte[] script)
    {
        var input = _ssh.StandardInput.BaseStream;
        await input.WriteAsync(script);
        await input.FlushAsync();
    }

    /// <exception cref="InvalidOperationException">The shell ended.</exception>
    public async Task<int> ReadAsync(Memory<byte> buffer) =>
        await _ssh.StandardOutput.BaseStream.ReadAsync(buffer) is > 0 and var count ? count : throw new InvalidOperationException("The shell ended.");

    public ValueTask DisposeAsync()
    {
        _ssh.Kill();
        _ssh.Dispose();
        return ValueTask.CompletedTask;
    }
}
