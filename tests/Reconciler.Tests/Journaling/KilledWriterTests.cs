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
        ledger.Fencing.ShouldBe(2);
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
        var start = new ProcessStartInfo(Environment.ProcessPath!, ["-method", $"{typeof(LedgerWriter)}.{nameof(LedgerWriter.Writes_until_it_is_killed)}", "-explicit", "only"])
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

/// <summary>Not a test: the other process, which this assembly's own program runs by name.</summary>
public sealed class LedgerWriter
{
    internal const string FolderVariable = "RECONCILER_TEST_LEDGER";

    [Fact(Explicit = true)]
    public void Writes_until_it_is_killed()
    {
        var folder = Environment.GetEnvironmentVariable(FolderVariable)!;
        using var ledger = SqliteLedger.OpenForWriting(folder, TimeProvider.System);
        var run = ledger.BeginRun("production", "coralnet", "revision", "digest");
        for (var step = 1; ; step++)
        {
            var operation = ledger.Intend(run.Id, step, Phase.Stop, new ResourceId("web1", "coralnet", "Service", "web"), "stop");
            File.AppendAllText(Path.Combine(folder, "said"), $"{operation}\n");
            ledger.Receive(operation, 0, "");
            ledger.Settle(operation, StepState.Verified);
        }
    }
}
