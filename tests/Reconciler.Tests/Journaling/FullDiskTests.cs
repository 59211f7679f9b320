using System.Diagnostics;
using Reconciler.Journaling;
using Reconciler.Model;
using Reconciler.Tests.Git;

namespace Reconciler.Tests.Journaling;

/// <summary>A ledger on a disk that is really full (a small tmpfs, which only root may mount; skipped for others).</summary>
public sealed class FullDiskTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();
    private readonly bool _mounted;

    public FullDiskTests() => _mounted = Run("mount", "-t", "tmpfs", "-o", "size=2m,mode=0700", "tmpfs", _scratch.Path);

    public void Dispose()
    {
        if (_mounted)
            Run("umount", _scratch.Path).ShouldBeTrue();
        _scratch.Dispose();
    }

    [Fact]
    public void No_intent_is_taken_when_the_disk_is_full_and_all_goes_on_when_there_is_space()
    {
        Assert.SkipUnless(_mounted, "a small tmpfs cannot be mounted here");
        using var ledger = SqliteLedger.OpenForWriting(_scratch.In("controller"), TimeProvider.System);
        var run = ledger.BeginRun("production", "coralnet", "revision", "digest");
        Fill(_scratch.In("filler"));
        var e = Should.Throw<LedgerException>(() =>
        {
            for (var step = 1; step < 1000; step++)
                Intend(ledger, run, step);
        });
        e.Fault.ShouldBe(LedgerFault.Full);
        e.WorthRetrying.ShouldBeTrue();
        var taken = ledger.Steps(run.Id).Count;
        File.Delete(_scratch.In("filler"));
        Intend(ledger, run, taken + 1);
        ledger.Steps(run.Id).Count.ShouldBe(taken + 1);
    }

    private static void Intend(ILedger ledger, Run run, int step) =>
        ledger.Intend(run.Id, step, Phase.Stop, new ResourceId("web1", "coralnet", "Service", "web"), new string('x', 500));

    private static void Fill(string path)
    {
        using var file = File.Create(path);
        Should.Throw<IOException>(() =>
        {
            while (true)
            {
                file.Write(new byte[4096]);
                file.Flush();
            }
        });
    }

    private static bool Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
