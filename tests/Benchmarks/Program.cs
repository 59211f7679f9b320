using System.Globalization;
using Reconciler.Benchmarks.Deploy;
using Reconciler.Benchmarks.NoChange;
using Reconciler.Benchmarks.Start;

const string Results = "benchmark-results";

switch (args)
{
    case ["check", .. var counts] when counts.All(count => int.TryParse(count, out var number) && number is > 0 and <= 200):
        return await CheckCommand.RunAsync(counts.Length == 0 ? [1, 5, 20] : [.. counts.Select(int.Parse)], Results);
    case ["start"]:
        return await StartCommand.RunAsync(Results);
    case ["deploy", .. var rest] when DeployOptions(rest) is var (rounds, only):
        return await DeployCommand.RunAsync(rounds, only, Results);
    default:
        Console.Error.WriteLine("usage: tests/Benchmarks/run check [SERVERS...] | start | deploy [ROUNDS] [demo|heavy]\n\n"
            + "  check   what it costs to see that nothing has changed, on 1, 5 and 20 servers unless said otherwise\n"
            + "  start   how long the published program takes to start\n"
            + "  deploy  for how long users are without the site while a migration and a new package are deployed\n\n"
            + $"The table and its numbers are written to ./{Results}.");
        return 64;
}

static (int Rounds, string? Only)? DeployOptions(string[] rest) => rest switch
{
    [] => (5, null),
    [var rounds, .. var only] when int.TryParse(rounds, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is > 0 and <= 100
        && only is [] or ["demo"] or ["heavy"] => (number, only.FirstOrDefault()),
    _ => null,
};
