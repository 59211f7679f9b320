using Microsoft.Data.Sqlite;
using Reconciler.Journaling;
using Reconciler.Model;
using Reconciler.Tests.Git;

namespace Reconciler.Tests.PowerCut;

/// <summary>
/// The power is cut while the ledger is made and written (safety.md, fault 19): what it said was durable is there. What became of a step need be only when
/// the next is intended: until then the server's receipt tells it again.
/// </summary>
public sealed class LedgerPowerCutTests(ITestOutputHelper output) : IDisposable
{
    private const int Seed = 19;

    private readonly ScratchFolder _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task Whenever_the_power_goes_every_intent_that_was_reported_is_there()
    {
        var recording = await RecordAsync();
        var cuts = recording.Cuts(Seed, subsets: 2, share: 0.2).ToList();
        output.WriteLine($"{recording.Syncs.Count} syncs, {cuts.Count} power cuts, seed {Seed}");
        cuts.Count(cut => cut.Said.Contains("intended ", StringComparison.Ordinal)).ShouldBeGreaterThan(20, recording.Said);
        cuts.Select(cut => (cut, Fault: FaultOf(cut))).Where(found => found.Fault is not null).Select(found => $"{found.cut}: {found.Fault}").ShouldBeEmpty();
    }

    [Fact]
    public async Task A_step_waits_for_the_disk_once()
    {
        var recording = await RecordAsync();
        // For each of the two sessions: the tables or the fence, the fence's number, the run, four intents, and the log taken into the file.
        recording.Syncs.Count(IsOfTheLog).ShouldBeInRange(ReportingLedgerWriter.Steps, ReportingLedgerWriter.Steps + 8);
    }

    [Fact]
    public async Task Without_the_syncs_of_each_commit_it_is_noticed()
    {
        var recording = await RecordAsync();
        var hasty = recording.Without(IsOfTheLog);
        hasty.Syncs.Count.ShouldBeLessThan(recording.Syncs.Count);
        hasty.Cuts(Seed, subsets: 0, share: 0.2).Any(cut => FaultOf(cut) is not null).ShouldBeTrue();
    }

    private static bool IsOfTheLog(SystemCall call) =>
        call.Syncs && call.Arguments.Count > 0 && SystemCall.PathOf(call.Arguments[0])?.EndsWith("-wal", StringComparison.Ordinal) == true;

    private Task<Recording> RecordAsync()
    {
        var disk = Directory.CreateDirectory(_scratch.In("disk")).FullName;
        return Recording.OfAsync(disk, "", path => path.EndsWith("-shm", StringComparison.Ordinal),
            new Dictionary<string, string> { [ReportingLedgerWriter.FolderVariable] = $"{disk}/state/controller" },
            Environment.ProcessPath!, "-method", $"{typeof(ReportingLedgerWriter)}.{nameof(ReportingLedgerWriter.All_that_is_written_is_reported)}");
    }

    private string? FaultOf(PowerCut cut)
    {
        var disk = _scratch.In("after");
        cut.Image.WriteTo(disk);
        var folder = $"{disk}/state/controller";
        var said = cut.Said.Split('\n').Where(line => line.StartsWith("said ", StringComparison.Ordinal)).Select(line => line.Split(' ')[1..]).ToList();
        try
        {
            if (File.Exists($"{folder}/ledger.db") && Checked($"{folder}/ledger.db") is { } damage)
                return damage;
            using var ledger = SqliteLedger.OpenForWriting(folder, TimeProvider.System);
            return FaultOf(ledger, said);
        }
        catch (LedgerException e)
        {
            return e.Message;
        }
    }

    private static string? FaultOf(ILedger ledger, List<string[]> said)
    {
        foreach (var opened in said.Where(words => words[0] == "opened"))
        {
            if (ledger.Id != opened[1] || ledger.FencingOf("production") <= long.Parse(opened[2]))
                return $"ledger {ledger.Id} with fence {ledger.FencingOf("production")} was {opened[1]} with {opened[2]}";
        }
        var runs = ledger.OpenRuns().Select(run => run.Id).ToList();
        if (said.Where(words => words[0] == "run").Select(words => words[1]).Except(runs).Any())
            return "the run is gone";
        var steps = runs.SelectMany(ledger.Steps).ToList();
        var states = steps.ToDictionary(step => $"{step.Operation}", step => step.State);
        var intended = said.Where(words => words[0] == "intended").Select(words => words[1]).ToList();
        if (intended.Find(operation => !states.ContainsKey(operation)) is { } lost)
            return $"{lost} was reported, and is gone";
        if (said.SkipLast(1).FirstOrDefault(words => words[0] == "verified" && states[words[1]] != StepState.Verified) is { } forgotten)
            return $"{forgotten[1]} was verified, and is {states[forgotten[1]]}";
        return steps.Count > intended.Count + 1 || steps.SkipLast(1).Any(step => step.State != StepState.Verified) ? "there is more than was written" : null;
    }

    private static string? Checked(string path)
    {
        using var store = SqliteStore.Open(path, SqliteOpenMode.ReadWrite);
        return store.Query("PRAGMA integrity_check", row => row.Text(0)) is ["ok"] ? null : "its integrity check fails";
    }
}

/// <summary>
/// The process that writes, which this assembly's own program runs by name. It opens the ledger twice, so that what SQLite does at the end of one
/// (all goes from the log into the file, and the log goes away) is in it.
/// </summary>
public sealed class ReportingLedgerWriter
{
    internal const string FolderVariable = "RECONCILER_TEST_POWER_LEDGER";

    internal const int Steps = 8;

    [Fact]
    public void All_that_is_written_is_reported()
    {
        using var scratch = new ScratchFolder();
        var folder = Environment.GetEnvironmentVariable(FolderVariable) ?? scratch.In("controller");
        var said = Environment.GetEnvironmentVariable(Recording.SaidVariable) ?? scratch.In("said");
        for (var session = 0; session < 2; session++)
        {
            using var ledger = SqliteLedger.OpenForWriting(folder, TimeProvider.System);
            File.AppendAllText(said, $"\nsaid opened {ledger.Id} {ledger.FencingOf("production")}\n");
            var run = session == 0 ? ledger.BeginRun("production", "coralnet", "revision", "digest") : ledger.OpenRuns().Single();
            File.AppendAllText(said, $"said run {run.Id}\n");
            for (var step = 1; step <= Steps / 2; step++)
            {
                var operation = ledger.Intend(run.Id, session * 10 + step, Phase.Stop, new ResourceId("web1", "coralnet", "Service", "web"), "stop");
                File.AppendAllText(said, $"said intended {operation}\n");
                ledger.Receive(operation, 0, "");
                ledger.Settle(operation, StepState.Verified);
                File.AppendAllText(said, $"said verified {operation}\n");
            }
        }
        File.ReadAllLines(said).Count(line => line.StartsWith("said verified", StringComparison.Ordinal)).ShouldBe(Steps);
    }
}
