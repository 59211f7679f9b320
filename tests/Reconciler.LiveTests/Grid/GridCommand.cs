using System.Collections.Concurrent;
using System.Diagnostics;

namespace Reconciler.LiveTests.Grid;

/// <summary>The crash grid as a command.</summary>
public static class GridCommand
{
    /// <returns>0 when all that was run is green, 1 when not, 64 for bad usage.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        GridOptions options;
        try
        {
            options = GridOptions.Parse(args);
        }
        catch (FormatException fault)
        {
            Console.Error.WriteLine($"grid: {fault.Message}\n\n{GridOptions.Usage}");
            return 64;
        }
        var began = Stopwatch.GetTimestamp();
        var benches = await Bench.SetUpAsync(options.Beside, options.Keeps, Console.WriteLine);
        try
        {
            return await RunAsync(benches, options, Stopwatch.GetElapsedTime(began));
        }
        finally
        {
            await Bench.TakeDownAsync(benches);
        }
    }

    private static async Task<int> RunAsync(IReadOnlyList<Bench> benches, GridOptions options, TimeSpan recording)
    {
        var (began, steps) = (Stopwatch.GetTimestamp(), benches[0].Steps);
        var results = new GridResults(options.Results);
        if (options.Resume)
            results.Load();
        else
            File.Delete(options.Results);
        var done = results.All.Select(result => result.Case).ToHashSet();
        var wanted = new ConcurrentQueue<GridCase>(options.Of(steps).Where(one => !done.Contains(one.Name)));
        var what = $"{wanted.Count} of {GridCase.All(steps).Count()} cases, shard {options.Shard.Index}/{options.Shard.Of}"
            + (options.Sample is null ? "" : $", seed {options.Seed} (--seed {options.Seed} --sample {options.Sample} replays them)")
            + (options.Without.Length == 0 ? "" : $", without {options.Without}");
        Console.WriteLine(what);
        await Task.WhenAll(benches.Select(async bench =>
        {
            while (wanted.TryDequeue(out var one))
                results.Add(await bench.RunAsync(one, options.Without));
        }));
        var time = $"{benches.Count} cases at a time: recorded in {recording:m\\:ss}, run in {Stopwatch.GetElapsedTime(began):h\\:mm\\:ss}.";
        var summary = results.Summary($"Crash grid: {what}", time);
        await File.WriteAllTextAsync($"{options.Results}.md", summary);
        Console.WriteLine(summary);
        return results.All.Any(result => result.Wrong.Count > 0) ? 1 : 0;
    }
}
