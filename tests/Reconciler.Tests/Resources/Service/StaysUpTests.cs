using System.Diagnostics;
using Reconciler.Model;
using Reconciler.Resources.Service;
using Reconciler.Tests.Git;

namespace Reconciler.Tests.Resources.Service;

/// <summary>The proof that a service stays up, on real processes, noted as the runner notes them.</summary>
public sealed class StaysUpTests : IDisposable
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(2, 99)]
    [InlineData(60, 0)]
    public async Task A_program_that_ends_after_two_seconds_does_not_stay_up_and_one_that_goes_on_does(int seconds, int code)
    {
        using var process = Process.Start("sleep", $"{seconds}");
        var ticks = File.ReadAllText($"/proc/{process.Id}/stat").Split(") ")[1].Split(' ')[19];
        File.WriteAllText(_folder.In(Given.Gunicorn.FullName), $"pid {process.Id} {ticks}\nboot {File.ReadAllText("/proc/sys/kernel/random/boot_id")}");
        var proof = ServiceProofs.StaysUp(Given.Gunicorn).Replace(StartedProcess.Folder, _folder.Path, StringComparison.Ordinal);

        using var over = new CancellationTokenSource(Soon);
        int proven;
        // 1: not yet.
        while ((proven = Sh.Run(proof).Code) == 1)
            await Task.Delay(100, over.Token);
        process.Kill();

        proven.ShouldBe(code);
    }
}
