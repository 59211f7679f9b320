using System.Globalization;
using Reconciler.Benchmarks.Deploy;
using Reconciler.Benchmarks.NoChange;
using Reconciler.Benchmarks.Parts;
using Reconciler.Benchmarks.Planning;
using Reconciler.Benchmarks.Push;
using Reconciler.Benchmarks.Recording;
using Reconciler.Benchmarks.Scale;
using Reconciler.Benchmarks.Share;
using Reconciler.Benchmarks.Start;

const string Results = "benchmark-results";
const string Recording = $"{Results}/recording";

static bool AreNumbers(IEnumerable<string> words, int most) => words.All(word => int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 && number <= most);
static int[] Numbers(IEnumerable<string> words) => [.. words.Select(word => int.Parse(word, CultureInfo.InvariantCulture))];

switch (args)
{
    case ["check", .. var counts] when AreNumbers(counts, 200):
        return await CheckCommand.RunAsync(counts.Length == 0 ? [1, 5, 20] : Numbers(counts), Results);
    case ["start"]:
        return await StartCommand.RunAsync(Results);
    case ["record"]:
        return await RecordCommand.RunAsync(Recording);
    case ["parts"]:
        await RecordCommand.MakeSureAsync(Recording);
        return PartsCommand.Run(Recording, Results);
    case ["plan"]:
        await RecordCommand.MakeSureAsync(Recording);
        return await PlanCommand.RunAsync(Recording, [(10, 100), (100, 100), (500, 100), (1, 1000), (1, 4000)], Results);
    case ["plan", .. { Length: 2 } shape] when AreNumbers(shape, 100_000):
        await RecordCommand.MakeSureAsync(Recording);
        return await PlanCommand.RunAsync(Recording, [(Numbers(shape)[0], Numbers(shape)[1])], Results);
    case [PlanRow.Name, var recording, .. { Length: 2 } size] when AreNumbers(size, 100_000):
        return await PlanRow.MeasureAsync(recording, Numbers(size)[0], Numbers(size)[1]);
    case ["scale"]:
        await RecordCommand.MakeSureAsync(Recording);
        return await ScaleCommand.RunAsync(Recording, [(100, 10), (100, 100), (3, 3000)], ScaleCommand.Minutes, Results);
    case ["scale", var environments, var servers, var minutes] when AreNumbers([environments, servers, minutes], 100_000):
        await RecordCommand.MakeSureAsync(Recording);
        return await ScaleCommand.RunAsync(Recording, [(Numbers([environments])[0], Numbers([servers])[0])], Numbers([minutes])[0], Results);
    case ["share"]:
        await RecordCommand.MakeSureAsync(Recording);
        return await ShareCommand.RunAsync(Recording, 100, 10, Results);
    case [SimulatedProgram.Name, var folder, .. var arguments]:
        return await SimulatedProgram.RunAsync(folder, arguments);
    case ["push"]:
        return await PushCommand.RunAsync(5, Results);
    case ["push", var rounds] when AreNumbers([rounds], 100):
        return await PushCommand.RunAsync(Numbers([rounds])[0], Results);
    case ["deploy", .. var rest] when DeployOptions(rest) is var (rounds, only):
        return await DeployCommand.RunAsync(rounds, only, Results);
    default:
        Console.Error.WriteLine("usage: tests/Benchmarks/run check [SERVERS...] | start | record | parts | plan [ENVIRONMENTS SERVERS] | scale [ENVIRONMENTS SERVERS MINUTES] | share | push [ROUNDS] | deploy [ROUNDS] [demo|heavy]\n\n"
            + "  check   what it costs to see that nothing has changed, on 1, 5 and 20 servers unless said otherwise\n"
            + "  start   how long the published program takes to start\n"
            + "  record  what two full Django servers answer, for the following, which do it themselves the first time\n"
            + "  parts   the pure parts by themselves: documents, diff, plan, frames\n"
            + "  plan    diff and plan of 1000, 10 000 and 50 000 servers in environments of 100, and of 1000 and 4000 in one\n"
            + "  scale   a controller with 10 000 simulated servers, at one check a minute\n"
            + "  share   three controllers on one PostgreSQL, and one of them dies\n"
            + "  push    how long it takes from a push to the first step, and what a poll costs that finds nothing; five rounds\n"
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
