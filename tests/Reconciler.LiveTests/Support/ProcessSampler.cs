using System.Text;
using Reconciler.Tests.Canaries;

namespace Reconciler.LiveTests.Support;

/// <summary>
/// What anybody could have read of the processes of a deploy: arguments and environment of each, on both sides, every few hundredths of a second. Processes of
/// test hosts are processes of this machine too.
/// </summary>
internal sealed class ProcessSampler : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(25);
    private readonly string _folder;
    private readonly string[] _cgroups;
    private readonly HashSet<int> _ours = [];
    private readonly HashSet<string> _seen = [];
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stop = new();
    private TaskCompletionSource _round = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _sampling;

    /// <param name="folder">Stands in the arguments of the controller; those that it starts are told by their parent.</param>
    /// <param name="hosts">The servers.</param>
    public ProcessSampler(string folder, params IEnumerable<TestHost> hosts)
    {
        _folder = folder;
        _cgroups = [.. hosts.Select(host => host.Cgroup())];
        _sampling = Task.Run(SampleAsync);
    }

    /// <summary>Whether a process of either side (<c>controller</c>, <c>server</c>) was seen with this in its arguments or environment.</summary>
    public bool HasSeen(string side, string word)
    {
        lock (_gate)
            return _seen.Any(text => text.StartsWith(side, StringComparison.Ordinal) && text.Contains(word, StringComparison.Ordinal));
    }

    /// <summary>All canaries in what was seen until now.</summary>
    public List<CanaryFinding> Find(CanaryHunt hunt)
    {
        lock (_gate)
            return [.. _seen.SelectMany(text => hunt.In(new MemoryStream(Encoding.Latin1.GetBytes(text)), text[..text.IndexOf('\n')]))];
    }

    /// <summary>Until it has looked once more.</summary>
    public Task MoreAsync(CancellationToken cancellation)
    {
        lock (_gate)
            return _round.Task.WaitAsync(cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _sampling;
        _stop.Dispose();
    }

    private async Task SampleAsync()
    {
        using var timer = new PeriodicTimer(Interval);
        while (!_stop.IsCancellationRequested)
        {
            foreach (var folder in Directory.EnumerateDirectories("/proc"))
                if (int.TryParse(Path.GetFileName(folder), out var process))
                    Look(process);
            EndRound();
            try
            {
                await timer.WaitForNextTickAsync(_stop.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private void EndRound()
    {
        lock (_gate)
        {
            _round.SetResult();
            _round = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    private void Look(int process)
    {
        try
        {
            var arguments = Read(process, "cmdline");
            if (SideOf(process, arguments) is not { } side)
                return;
            Keep($"{side}, arguments of {Read(process, "comm").Trim()}\n{arguments}");
            Keep($"{side}, environment of {Read(process, "comm").Trim()}\n{Read(process, "environ")}");
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            // It ended while it was looked at.
        }
    }

    private string? SideOf(int process, string arguments)
    {
        if (process == Environment.ProcessId)
            return null;
        var cgroup = Read(process, "cgroup");
        if (_cgroups.Any(host => cgroup.Contains(host, StringComparison.Ordinal)))
            return "server";
        if (!_ours.Contains(process) && !arguments.Contains(_folder, StringComparison.Ordinal) && !_ours.Contains(Parent(process)))
            return null;
        _ours.Add(process);
        return "controller";
    }

    private static int Parent(int process) => int.Parse(Read(process, "stat").Split(')')[^1].Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]);

    private static string Read(int process, string what) => Encoding.Latin1.GetString(File.ReadAllBytes($"/proc/{process}/{what}"));

    private void Keep(string text)
    {
        lock (_gate)
            _seen.Add(text);
    }
}
