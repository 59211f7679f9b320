namespace Reconciler.LiveTests.Grid;

/// <summary>The crash grid as a command.</summary>
public static class GridCommand
{
    public static async Task<int> RunAsync(string[] args)
    {
        var site = new GridSite();
        await site.InitializeAsync();
        var recording = new Recording(site, Console.WriteLine);
        await recording.RecordAsync();
        foreach (var left in recording.Left) Console.WriteLine($"left {left}");
        var all = GridCase.All(recording.Steps).ToDictionary(one => one.Name);
        Console.WriteLine($"{all.Count} cases");
        foreach (var name in args)
        {
            var parts = name.Split(':');
            var result = await new CaseRun(site, recording, parts.ElementAtOrDefault(1) ?? "").RunAsync(all[parts[0]]);
            Console.WriteLine($"{name} {result.Step}: {result.End} {result.Seconds} s\n    {string.Join("\n    ", result.Wrong)}");
        }
        await File.WriteAllTextAsync("/tmp/grid-outputs", await File.ReadAllTextAsync(site.Outputs));
        await site.DisposeAsync();
        return 0;
    }
}
