using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Reconciler.Tests.Simulation;

/// <summary>
/// Thousands of deploys with seeded faults. <c>RECONCILER_SIMULATE=SEED</c> runs one seed and tells its story; <c>RECONCILER_SIMULATIONS=NUMBER</c>
/// runs so many instead of the few of every day.
/// </summary>
public sealed partial class SimulationTests(ITestOutputHelper output)
{
    private const int EveryDay = 150;

    [Fact]
    public void Whatever_fails_nothing_is_done_twice_or_lost_and_all_comes_to_an_end()
    {
        var runs = Number("RECONCILER_SIMULATIONS") ?? EveryDay;
        var chance = Number("RECONCILER_SIMULATE") ?? Random.Shared.Next(1_000_000, int.MaxValue - runs);
        IEnumerable<int> seeds = Number("RECONCILER_SIMULATE") is { } one ? [one] : [.. Enumerable.Range(1, runs / 2), .. Enumerable.Range(chance, runs - runs / 2)];
        var watch = Stopwatch.StartNew();
        var failed = new List<string>();
        Parallel.ForEach(seeds, new ParallelOptions { MaxDegreeOfParallelism = 2 }, seed =>
        {
            var (faults, story) = Simulation.Of(seed);
            if (faults.Count == 0 && Number("RECONCILER_SIMULATE") is null)
                return;
            lock (failed)
                failed.Add($"seed {seed}: {string.Join("; ", faults)}\n{string.Join('\n', story)}");
        });
        output.WriteLine($"{seeds.Count()} runs, the second half from seed {chance} on, in {watch.Elapsed.TotalSeconds:0.0} s; RECONCILER_SIMULATE=SEED runs one");
        foreach (var story in failed.Take(3))
            output.WriteLine(story);
        failed.Select(story => story.Split('\n')[0]).Take(20).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(nameof(Weakness.Fence), "a lower fencing number acts")]
    [InlineData(nameof(Weakness.Receipts), "counts as not started and had its effect")]
    [InlineData(nameof(Weakness.BeforeCheck), "an effect came twice")]
    [InlineData(nameof(Weakness.Intent), "an effect came twice")]
    public void Without_one_of_the_safeguards_it_is_noticed(string weakness, string fault)
    {
        var faults = new ConcurrentBag<string>();
        Parallel.ForEach(Enumerable.Range(1, 400), new ParallelOptions { MaxDegreeOfParallelism = 2 }, (seed, state) =>
        {
            foreach (var found in Simulation.Of(seed, Enum.Parse<Weakness>(weakness)).Faults)
                faults.Add(found);
            if (faults.Any(found => found.Contains(fault, StringComparison.Ordinal)))
                state.Stop();
        });
        faults.ShouldContain(found => found.Contains(fault, StringComparison.Ordinal));
    }

    [Fact]
    public void A_seed_tells_the_same_story_again()
    {
        static IEnumerable<string> Told(int seed) => Simulation.Of(seed).Story.Select(line => RunId().Replace(line, "RUN"));

        foreach (var seed in Enumerable.Range(1, 5))
            Told(seed).ShouldBe(Told(seed));
    }

    // Its second part is chance, and nothing else is.
    [GeneratedRegex(@"\b\d+-[0-9a-f]{8}\b")]
    private static partial Regex RunId();

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
