using System.Diagnostics;
using Reconciler.Journaling;
using Reconciler.Model;
using Reconciler.Tests.Git;

namespace Reconciler.Tests.Journaling;

/// <summary>A writer in another process, killed in the middle of its writes: what it said was written is there.</summary>
public sealed class KilledWriterTests : IDisposable
{
    private readonly ScratchFolder _scratch = new();

    private string Folder => _scratch.In("controller");

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData(5)]
    [InlineData(40)]
    public async Task Every_intent_that_a_killed_writer_reported_is_there(int steps)
    {
        using (var writer = StartWriter())
        {
            await SaidAsync(steps);
            Should.Throw<LedgerException>(() => SqliteLedger.OpenForWriting(Folder, TimeProvider.System)).Message.ShouldContain($"process {writer.Id} ");
            writer.Kill();
            await writer.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
        var said = File.ReadAllLines(Path.Combine(Folder, "said"));
        using (var reader = SqliteLedger.OpenForReading(Folder, TimeProvider.System))
            Check(reader, said);
        using var ledger = SqliteLedger.OpenForWriting(Folder, TimeProvider.System);
        Check(ledger, said);
        ledger.FencingOf("production").ShouldBe(2);
    }

    private static void Check(ILedgerReader ledger, string[] said)
    {
        var run = ledger.OpenRuns().ShouldHaveSingleItem();
        var steps = ledger.Steps(run.Id);
        steps.Select(step => step.Operation.ToString()).Take(said.Length).ShouldBe(said);
        steps.Count.ShouldBeInRange(said.Length, said.Length + 1);
        steps.SkipLast(1).ShouldAllBe(step => step.State == StepState.Verified);
    }

    private Process StartWriter()
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, ["-method", $"{typeof(LedgerWriter)}.{nameof(LedgerWriter.Steps_are_journalled_one_after_the_other)}"])
        {
            RedirectStandardOutput = true,
        };
        start.Environment[LedgerWriter.FolderVariable] = Folder;
        var process = Process.Start(start)!;
        process.BeginOutputReadLine();
        return process;
    }

    private async Task SaidAsync(int steps)
    {
        var path = Path.Combine(Folder, "said");
        for (var i = 0; i < 600 && (!File.Exists(path) || File.ReadAllText(path).Count(c => c == '\n') < steps); i++)
            await Task.Delay(50, TestContext.Current.CancellationToken);
    }
}

/// <summary>
/// The other process, which this assembly's own program runs by name: it writes until it is killed. By itself it is a test of a few steps, because one
/// that is left out would count as skipped.
/// </summary>
public sealed class LedgerWriter
{
    internal const string FolderVariable = "RECONCILER_TEST_LEDGER";

    [Fact]
    public void Steps_are_journalled_one_after_the_other()
    {
        using var scratch = new ScratchFolder();
        var asked = Environment.GetEnvironmentVariable(FolderVariable);
        var folder = asked ?? scratch.In("controller");
        using var ledger = SqliteLedger.OpenForWriting(folder, TimeProvider.System);
        var run = ledger.BeginRun("production", "coralnet", "revision", "digest");
        for (var step = 1; asked is not null || step <= 3; step++)
        {
            var operation = ledger.Intend(run.Id, step, Phase.Stop, new ResourceId("web1", "coralnet", "Service", "web"), "stop");
            File.AppendAllText(Path.Combine(folder, "said"), $"{operation}\n");
            ledger.Receive(operation, 0, "");
            ledger.Settle(operation, StepState.Verified);
        }
        ledger.Steps(run.Id).Select(step => $"{step.Operation}").ShouldBe(File.ReadAllLines(Path.Combine(folder, "said")));
    }
}
