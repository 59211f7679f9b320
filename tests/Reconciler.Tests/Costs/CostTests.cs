using System.Globalization;
using System.Text;
using System.Text.Json;
using Reconciler.Documents.Reading;
using Reconciler.Model;
using Reconciler.Remote;
using Reconciler.Tests.Documents;
using Reconciler.Tests.Planning;

namespace Reconciler.Tests.Costs;

/// <summary>
/// What the pure parts cost for each server, counted in allocated bytes: the same on every machine, however busy. Nothing may take 30 % more than is kept in
/// <c>expected.json</c>, and nothing more for each of many servers than for each of few.
/// </summary>
public sealed class CostTests
{
    private const int Few = 100;
    private const int Many = 1000;
    private const double Most = 1.3;

    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true };

    [Fact]
    public void No_part_costs_more_for_each_server_than_it_did_nor_more_when_there_are_many()
    {
        Costs(Few);
        var (few, many) = (Costs(Few), Costs(Many));
        foreach (var (part, bytes) in many)
            (bytes / few[part]).ShouldBeLessThan(Most, $"{part}: {few[part]:0} bytes for each of {Few} servers, {bytes:0} for each of {Many}");
        CompareWithExpected(few);
    }

    [Fact]
    public void A_frame_costs_what_its_text_does()
    {
        var script = new ProbeScript(Enumerable.Range(0, 20).Select(number => new Probe($"echo {number}")));
        var output = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 20).Select(number => $"{new string('x', 500)}\n{script.Frames.Marker} {number} \n")));
        script.Read(output).Count.ShouldBe(20);
        CompareWithExpected(new() { ["frame of 500 bytes, read"] = Allocated(() => script.Read(output)) / 20 });
    }

    /// <returns>Bytes for each server, by part.</returns>
    private static Dictionary<string, double> Costs(int servers)
    {
        var tree = Fleet.TreeOf(servers);
        var fleet = Fleet.Of(servers);
        World? same = null, next = null;
        var costs = new Dictionary<string, double>
        {
            ["documents, read"] = Allocated(() => DocumentReader.Read(tree, ReadOptions.Default)),
            ["documents, read and expanded"] = Allocated(() => fleet.Expand()),
        };
        same = new World(fleet);
        next = new World(fleet, fleet.At(Documents.Expansion.Expanded.NewCommit));
        costs["diff and plan, nothing to do"] = Allocated(() => same.PlanFor("coralnet").IsEmpty.ShouldBeTrue());
        costs["diff and plan, a new commit"] = Allocated(() => next.PlanFor("coralnet").IsEmpty.ShouldBeFalse());
        return costs.ToDictionary(cost => cost.Key, cost => cost.Value / servers);
    }

    private static double Allocated(Action work)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        work();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static void CompareWithExpected(Dictionary<string, double> costs)
    {
        var path = Path.Combine(Trees.Repository, "tests", "Reconciler.Tests", "Costs", "expected.json");
        var expected = File.Exists(path) ? JsonSerializer.Deserialize<SortedDictionary<string, long>>(File.ReadAllText(path))! : [];
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
        {
            foreach (var (part, bytes) in costs)
                expected[part] = (long)bytes;
            File.WriteAllText(path, JsonSerializer.Serialize(expected, Json) + "\n");
        }
        foreach (var (part, bytes) in costs)
            bytes.ShouldBeLessThan(expected[part] * Most, string.Create(CultureInfo.InvariantCulture,
                $"{part}: {bytes:0} bytes, {bytes / expected[part]:0.00} times what is kept in {path}; rewrite it with UPDATE_GOLDEN=1 ./test fast where that is meant"));
    }
}
