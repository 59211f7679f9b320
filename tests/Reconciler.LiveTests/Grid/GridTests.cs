namespace Reconciler.LiveTests.Grid;

/// <summary>
/// A few cases of the crash grid, the same each time unless RECONCILER_GRID_SEED draws others: chance is for tests/Grid/run, where a red case keeps nobody's
/// commit from landing.
/// </summary>
public sealed class GridTests(ITestOutputHelper output)
{
    private const int Cases = 3;

    // As many as the deploy had when this was written; what is beyond its last one is simply not drawn.
    private const int Steps = 46;

    /// <summary>By words of their steps' names, as numbers move when a deploy gets another step.</summary>
    private static readonly string[] Usual =
    [
        "collect static files/after-intent/killed", "apply gallery/before-intent/cut", "as users see it/before-intent/killed",
    ];

    [Fact]
    public async Task Whatever_happens_at_any_point_of_a_step_the_deploy_comes_to_its_end_once()
    {
        var patterns = int.TryParse(Environment.GetEnvironmentVariable("RECONCILER_GRID_SEED"), out var seed) ? Drawn(new(seed)) : Usual;
        output.WriteLine(string.Join(", ", patterns));
        await using var site = new GridSite();
        await site.InitializeAsync();
        var recording = new Recording(site, (number, name) => patterns.Any(pattern => GridCase.IsOf(pattern, number, name)), output.WriteLine);
        await recording.RecordAsync();
        var cases = GridCase.All(recording.Steps).Where(one => patterns.Any(one.Matches)).ToList();
        cases.Count.ShouldBeGreaterThanOrEqualTo(patterns == Usual ? Cases : 1);
        var wrong = new List<string>();
        foreach (var one in cases)
        {
            var result = await new CaseRun(site, recording, "").RunAsync(one);
            output.WriteLine($"{result.Case} {result.Step}: {result.End}, {result.Seconds} s");
            wrong.AddRange(result.Wrong.Select(each => $"{result.Case} {result.Step}: {each}"));
        }
        wrong.ShouldBeEmpty($"of {string.Join(", ", patterns)}");
    }

    // Each has these points, and is not overtaken at most of them.
    private static string[] Drawn(Random random) =>
        [.. Enumerable.Range(0, Cases).Select(_ => $"{random.Next(1, Steps + 1)}/{OfAll[random.Next(OfAll.Length)]}/{GridCase.Faults[random.Next(3)]}")];

    private static readonly string[] OfAll = [.. GridCase.Points.Where(point => point is not ("after-sending" or "middle"))];
}
