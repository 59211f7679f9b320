namespace Reconciler.LiveTests.Grid;

/// <summary>What was asked for on the command line.</summary>
internal sealed record GridOptions
{
    public const string Usage = """
        usage: tests/Grid/run [--beside N] [--shard I/N] [--resume] [--seed S --sample K] [--only STEP/POINT/FAULT]... [--without SAFEGUARD] [--results FILE]

          --beside N          so many cases at a time, each on a server of its own (4)
          --shard I/N         every Nth case, beginning with the Ith
          --resume            leaves out the cases that are in the results file already
          --seed S            of a sample; without it, one is drawn and printed
          --sample K          so many cases, drawn by the seed, in the order in which they were drawn
          --only CASE         STEP is a number or a word of the step's name, and each part may be *; POINT is before-intent, after-intent, after-sending,
                              middle, after-receipt or after-verify; FAULT is killed, cut, rebooted, or overtaken (by a newer controller; at after-intent)
          --without SAFEGUARD takes one out: fence, receipt, before-check or intent
          --results FILE      JSON lines, one for each case (grid-results.jsonl); beside it FILE.md sums up,
                              and FILE.red holds what controllers and users of each red case saw
        """;

    public static readonly string[] Safeguards = ["fence", "receipt", "before-check", "intent"];

    /// <summary>How many cases are run at a time.</summary>
    public int Beside { get; init; } = 4;

    public (int Index, int Of) Shard { get; init; } = (1, 1);

    public bool Resume { get; init; }

    public int Seed { get; init; } = Random.Shared.Next(1_000_000);

    /// <summary>Null for the whole grid.</summary>
    public int? Sample { get; init; }

    public IReadOnlyList<string> Only { get; init; } = [];

    public string Without { get; init; } = "";

    public string Results { get; init; } = "grid-results.jsonl";

    /// <exception cref="FormatException">What is asked for is not understood; the message says what.</exception>
    public static GridOptions Parse(IReadOnlyList<string> args)
    {
        var options = new GridOptions();
        for (var at = 0; at < args.Count; at++)
        {
            var name = args[at];
            if (name == "--resume")
            {
                options = options with { Resume = true };
                continue;
            }
            var value = at + 1 < args.Count ? args[++at] : throw new FormatException($"{name} needs a value, or is no option");
            options = name switch
            {
                "--beside" => options with { Beside = Math.Max(1, NumberOf(name, value)) },
                "--shard" => options with { Shard = ShardOf(value) },
                "--seed" => options with { Seed = NumberOf(name, value) },
                "--sample" => options with { Sample = NumberOf(name, value) },
                "--only" when value.Split('/').Length == 3 => options with { Only = [.. options.Only, value] },
                "--without" when Safeguards.Contains(value) => options with { Without = value },
                "--results" => options with { Results = value },
                _ => throw new FormatException($"{name} {value} is not understood"),
            };
        }
        return options;
    }

    /// <summary>Whether some case of a step is asked for, as far as that can be told before all steps are known.</summary>
    public bool Keeps(int number, string name) => Only.Count == 0 || Only.Any(only => GridCase.IsOf(only, number, name));

    /// <summary>The cases that are asked for, in their order; the same ones for the same seed and shard.</summary>
    public IReadOnlyList<GridCase> Of(IReadOnlyList<GridStep> steps)
    {
        var wanted = GridCase.All(steps).Where(one => Only.Count == 0 || Only.Any(one.Matches)).ToArray();
        if (Sample is { } most)
        {
            new Random(Seed).Shuffle(wanted);
            wanted = [.. wanted.Take(most)];
        }
        return [.. wanted.Where((_, number) => number % Shard.Of == Shard.Index - 1)];
    }

    private static (int, int) ShardOf(string value) =>
        value.Split('/') is [var index, var of] && int.TryParse(index, out var i) && int.TryParse(of, out var n) && i >= 1 && i <= n
            ? (i, n) : throw new FormatException($"--shard {value}: I/N, as 1/3");

    private static int NumberOf(string name, string value) =>
        int.TryParse(value, out var number) && number >= 0 ? number : throw new FormatException($"{name} {value}: a whole number");
}
