namespace Reconciler.LiveTests.Grid;

/// <summary>A safeguard that nothing misses is not tested: without each, a named case of the grid is red, and with all of them green.</summary>
public sealed class SafeguardTests(ITestOutputHelper output)
{
    /// <summary>Safeguard, case, and what is then wrong.</summary>
    private static readonly (string Without, string Case, string Wrong)[] Missed =
    [
        ("before-check", "Prepare|grid1/coralnet/VirtualEnvironment/after-intent/killed", "directories made: "),
        ("intent", "dump database/after-sending/killed", "and the journal has no intent of it"),
        ("receipt", "Code|/middle/cut", ""),
        ("fence", "Code|/after-intent/overtaken", "the older controller was not refused"),
    ];

    [Fact, Trait("Category", "long")]
    public async Task Without_each_safeguard_a_case_of_the_grid_is_red()
    {
        await using var site = new GridSite();
        await site.InitializeAsync();
        var recording = new Recording(site, (_, name) => Missed.Any(each => name.Contains(StepOf(each.Case), StringComparison.Ordinal)), output.WriteLine);
        await recording.RecordAsync();
        var failed = new List<string>();
        foreach (var (without, pattern, expected) in Missed)
        {
            var parts = pattern.Split('/');
            var step = recording.Steps.First(each => each.Name.Contains(StepOf(pattern), StringComparison.Ordinal));
            var one = new GridCase(step, parts[^2], parts[^1]);
            var red = await new CaseRun(site, recording, without).RunAsync(one);
            output.WriteLine($"without {without}: {red.Case} {red.Step}: {red.End}, {red.Seconds} s: {string.Join("; ", red.Wrong)}");
            if (!red.Wrong.Any(wrong => wrong.Contains(expected, StringComparison.Ordinal)))
                failed.Add($"nothing misses {without}");
            var green = await new CaseRun(site, recording, "").RunAsync(one);
            output.WriteLine($"with all: {green.Case} {green.Step}: {green.End}, {green.Seconds} s: {string.Join("; ", green.Wrong)}");
            failed.AddRange(green.Wrong.Select(wrong => $"{green.Case}: {wrong}"));
        }
        failed.ShouldBeEmpty();
    }

    /// <summary>The same, of the text alone: a runner that has changed is seen at once.</summary>
    [Theory]
    [InlineData("fence")]
    [InlineData("receipt")]
    public void What_is_taken_out_of_the_runner_is_there(string safeguard) => Should.NotThrow(() => RunnerWithout.Of(safeguard));

    private static string StepOf(string pattern) => string.Join('/', pattern.Split('/').SkipLast(2));
}
