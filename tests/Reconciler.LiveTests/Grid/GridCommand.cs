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
        var site = new GridSite();
        try
        {
            await site.InitializeAsync();
            return await RunAsync(site, options);
        }
        finally
        {
            await site.DisposeAsync();
        }
    }

    private static async Task<int> RunAsync(GridSite site, GridOptions options)
    {
        var results = new GridResults(options.Results);
        if (options.Resume)
            results.Load();
        else
            File.Delete(options.Results);
        bool IsWanted(int number, string name) => options.Only.Count == 0 || options.Only.Any(only => GridCase.IsOf(only, number, name));
        var recording = new Recording(site, IsWanted, Console.WriteLine);
        await recording.RecordAsync();
        var done = results.All.Select(result => result.Case).ToHashSet();
        var wanted = options.Of(recording.Steps).Where(one => !done.Contains(one.Name)).ToList();
        var what = $"{wanted.Count} of {GridCase.All(recording.Steps).Count()} cases, shard {options.Shard.Index}/{options.Shard.Of}"
            + (options.Sample is null ? "" : $", seed {options.Seed} (--seed {options.Seed} --sample {options.Sample} replays them)")
            + (options.Without.Length == 0 ? "" : $", without {options.Without}");
        Console.WriteLine(what);
        foreach (var one in wanted)
        {
            var result = await RunAsync(new CaseRun(site, recording, options.Without), one);
            results.Add(result);
            Console.WriteLine($"{(result.Wrong.Count == 0 ? "green" : "RED  ")} {result.Case} {result.Step}: {result.End}, {result.Seconds} s{string.Concat(result.Wrong.Select(wrong => $"\n      {wrong}"))}");
        }
        var summary = results.Summary($"Crash grid: {what}");
        await File.WriteAllTextAsync($"{options.Results}.md", summary);
        Console.WriteLine(summary);
        if (Environment.GetEnvironmentVariable("RECONCILER_GRID_OUTPUTS") is { } outputs)
            File.Copy(site.Outputs, outputs, overwrite: true);
        return results.All.Any(result => result.Wrong.Count > 0) ? 1 : 0;
    }

    /// <summary>A case that cannot be brought to its end is red; the others go on.</summary>
    private static async Task<CaseResult> RunAsync(CaseRun run, GridCase one)
    {
        try
        {
            return await run.RunAsync(one);
        }
        catch (Exception fault) when (fault is InvalidOperationException or TimeoutException or IOException)
        {
            return new(one.Name, one.Step.ToString(), "broken off", 0, [fault.Message[..Math.Min(1000, fault.Message.Length)]]);
        }
    }
}
