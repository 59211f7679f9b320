using System.Text;

namespace Reconciler.Benchmarks.NoChange;

/// <summary>The floor: one <c>ssh host sh</c> held open for each server, fed the lean script by a bare loop.</summary>
internal sealed class BareLoop : IAsyncDisposable
{
    // In a subshell, as it changes its folder and may exit.
    private static readonly byte[] Script = Encoding.UTF8.GetBytes($"(\n{LeanScript}\n) 2>&1\necho\necho END\n");

    private readonly List<RootShell> _shells = [];

    public IEnumerable<int> SshProcesses => _shells.Select(shell => shell.Id);

    public static async Task<BareLoop> OpenAsync(BenchSite site)
    {
        var loop = new BareLoop();
        foreach (var server in site.All.Values)
            loop._shells.Add(await RootShell.OpenAsync(site, server));
        return loop;
    }

    public async Task CycleAsync() => await Task.WhenAll(_shells.Select(ExchangeAsync));

    public async ValueTask DisposeAsync()
    {
        foreach (var shell in _shells)
            await shell.DisposeAsync();
    }

    private static async Task ExchangeAsync(RootShell shell)
    {
        await shell.SendAsync(Script);
        var (buffer, filled) = (new byte[64 * 1024], 0);
        while (!buffer.AsSpan(0, filled).EndsWith("\nEND\n"u8))
            filled += await shell.ReadAsync(buffer.AsMemory(filled));
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
