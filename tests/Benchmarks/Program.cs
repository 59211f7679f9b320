using Reconciler.Benchmarks.NoChange;
using Reconciler.Benchmarks.Start;

const string Results = "benchmark-results";

switch (args)
{
    case ["check", .. var counts] when counts.All(count => int.TryParse(count, out var number) && number is > 0 and <= 200):
        return await CheckCommand.RunAsync(counts.Length == 0 ? [1, 5, 20] : [.. counts.Select(int.Parse)], Results);
    case ["start"]:
        return await StartCommand.RunAsync(Results);
    default:
        Console.Error.WriteLine("usage: tests/Benchmarks/run check [SERVERS...] | start\n\n"
            + "  check   what it costs to see that nothing has changed, on 1, 5 and 20 servers unless said otherwise\n"
            + "  start   how long the published program takes to start\n\n"
            + $"The table and its numbers are written to ./{Results}.");
        return 64;
}
