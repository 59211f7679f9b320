using System.Diagnostics;
using System.Text;

namespace Reconciler.Benchmarks.NoChange;

/// <summary>The floor: one <c>ssh host sh</c> held open for each server, fed the lean script by a bare loop.</summary>
internal sealed class BareLoop : IAsyncDisposable
{
    // In a subshell, as it changes its folder and may exit.
    private static readonly byte[] Script = Encoding.UTF8.GetBytes($"(\n{LeanScript}\n) 2>&1\necho\necho END\n");

    private readonly List<Process> _shells = [];

    public IEnumerable<int> SshProcesses => _shells.Select(shell => shell.Id);

    public static async Task<BareLoop> OpenAsync(BenchSite site)
    {
        var loop = new BareLoop();
        foreach (var server in site.Servers.Values)
        {
            var known = Path.Combine(site.World, $"known-{server.Host.Name}");
            await File.WriteAllTextAsync(known, $"{server.Host.Address} {server.Host.HostKey}\n");
            var start = new ProcessStartInfo("ssh", ["-T", "-o", "BatchMode=yes", "-o", $"UserKnownHostsFile={known}", "-o", "GlobalKnownHostsFile=/dev/null", "-i", site.AdminKey,
                $"admin@{server.Host.Address}", "sudo -n sh"])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
            };
            loop._shells.Add(Process.Start(start)!);
        }
        return loop;
    }

    public async Task CycleAsync() => await Task.WhenAll(_shells.Select(ExchangeAsync));

    public ValueTask DisposeAsync()
    {
        foreach (var shell in _shells)
        {
            shell.Kill();
            shell.Dispose();
        }
        return ValueTask.CompletedTask;
    }

    private static async Task ExchangeAsync(Process shell)
    {
        var input = shell.StandardInput.BaseStream;
        await input.WriteAsync(Script);
        await input.FlushAsync();
        var (buffer, filled) = (new byte[64 * 1024], 0);
        while (!buffer.AsSpan(0, filled).EndsWith("\nEND\n"u8))
        {
            var count = await shell.StandardOutput.BaseStream.ReadAsync(buffer.AsMemory(filled));
            if (count == 0)
                throw new InvalidOperationException("The shell ended.");
            filled += count;
        }
    }

    public static string LeanScript
    {
        get
        {
            using var reader = new StreamReader(typeof(BareLoop).Assembly.GetManifestResourceStream("lean.sh")!);
            return reader.ReadToEnd();
        }
    }
}
