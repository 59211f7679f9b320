using System.Text;
using BenchmarkDotNet.Attributes;
using Reconciler.Benchmarks.Recording;
using Reconciler.Cli;
using Reconciler.Diffing;
using Reconciler.Documents;
using Reconciler.Documents.Expansion;
using Reconciler.Documents.Reading;
using Reconciler.Journaling;
using Reconciler.Model;
using Reconciler.Observing;
using Reconciler.Remote;
using Reconciler.Resources;
using Reconciler.Turns;
using Planner = Reconciler.Planning.Planner;

namespace Reconciler.Benchmarks.Parts;

/// <summary>The pure parts by themselves: one environment of ten servers that answered as the recorded ones did, and frames as they come from ssh.</summary>
[MemoryDiagnoser]
public class PartsBenchmarks
{
    private const int Servers = 10;
    private const int Frames = 20;

    private static readonly byte[] Marker = "\nEND-OF-FRAME "u8.ToArray();
    private readonly byte[] _fromPipe = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat($"{new string('x', 500)}\nEND-OF-FRAME 0\n", Frames)));

    private readonly ProbeScript _script = new(Enumerable.Range(0, Frames).Select(number => new Probe($"echo {number}")));
    private readonly Differ _differ = new(ResourceKinds.All);
    private SimulatedWorld _world = null!;
    private ILedger _ledger = null!;
    private UnitPlanning _planning = null!;
    private DocumentTree _tree = null!;
    private ExpandedEnvironment _same = null!, _next = null!;
    private Observed _seen = null!;
    private byte[] _answer = null!;

    /// <summary>Where <c>record</c> keeps what real servers answered.</summary>
    internal static string Recording { get; set; } = "";

    [GlobalSetup]
    public async Task SetupAsync()
    {
        _world = await SimulatedWorld.MakeAsync(Recording, 1, Servers);
        _tree = FolderTree.Read(_world.Desired);
        _answer = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, Frames).Select(number => $"{new string('x', 500)}\n{_script.Frames.Marker} {number} \n")));
        _same = (await _world.ExpandAsync()).Environments[0];
        var observer = new Observer(new ReplayedSessions(_world.Recorded, SimulatedWorld.SitesIn(_world.Folder), delays: false), ResourceKinds.All, TimeProvider.System);
        _seen = await observer.LookAsync(new ServerAddresses(null).Of(_same), _same.Units.SelectMany(unit => unit.Resources), CancellationToken.None);
        _ledger = SqliteLedger.OpenForWriting(_world.State, TimeProvider.System);
        foreach (var unit in _same.Units)
            _ledger.RecordConverged(_same.Name, unit.Application, unit.Digest, _same.Revision, unit.CodeCommit);
        _planning = new(_differ, new Planner(ResourceKinds.All), _ledger, TimeProvider.System);
        await _world.DeployNextAsync();
        _next = (await _world.ExpandAsync()).Environments[0];
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _ledger.Dispose();
        _world.Dispose();
    }

    /// <summary>All documents of the environment's git tree.</summary>
    [Benchmark(Description = "YAML to model")]
    public object ReadDocuments() => DocumentReader.Read(_tree, ReadOptions.Default);

    [Benchmark(Description = "diff, nothing to do", OperationsPerInvoke = Servers)]
    public int Diff() => _same.Units.Sum(unit => _differ.Compare(unit.Resources, _seen.Resources).ByResource.Count);

    [Benchmark(Description = "diff and plan, nothing to do", OperationsPerInvoke = Servers)]
    public int PlanNothing() => Steps(_same);

    [Benchmark(Description = "diff and plan, a new commit", OperationsPerInvoke = Servers)]
    public int PlanCommit() => Steps(_next);

    /// <summary>From the pipe, of ssh, up to the end marker.</summary>
    [Benchmark(Description = "a frame of 500 bytes, from the pipe", OperationsPerInvoke = Frames)]
    public async Task<int> ReceiveFrames()
    {
        using var pipe = new MemoryStream(_fromPipe);
        var (reader, kept) = (new FrameReader(pipe), new CappedBytes(1024 * 1024));
        for (var frame = 0; frame < Frames; frame++)
            await reader.ReadToAsync(Marker, kept, CancellationToken.None);
        return kept.Bytes.Length;
    }

    [Benchmark(Description = "a frame of 500 bytes, as an answer", OperationsPerInvoke = Frames)]
    public int ReadFrames() => _script.Read(_answer).Count;

    private int Steps(ExpandedEnvironment environment) =>
        environment.Units.Sum(unit => _planning.Make(environment, unit, _seen, healKinds: null).Plan.Steps.Count);
}
