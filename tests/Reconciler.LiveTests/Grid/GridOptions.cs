namespace Reconciler.LiveTests.Grid;

/// <summary>What was asked for on the command line.</summary>
internal sealed record GridOptions
{
    public const string Usage = """
        usage: tests/Grid/run [--shard I/N] [--resume] [--seed S --sample K] [--only STEP/POINT/FAULT]... [--without SAFEGUARD] [--results FILE]

          --shard I/N         every Nth case, beginning with the Ith
          --resume            leaves out the cases that are in the results file already
          --seed S            of a sample; without it, one is drawn and printed
          --sample K          so many cases, drawn by the seed
          --only CASE         STEP is a number or a word of the step's name, and each part may be *; POINT is before-intent, after-intent, after-sending,
                              middle, after-receipt or after-verify; FAULT is killed, cut, rebooted, or overtaken (by a newer controller; at after-intent)
          --without SAFEGUARD takes one out: fence, receipt, before-check or intent
          --results FILE      JSON lines, one for each case (grid-results.jsonl); beside it FILE.md sums up
        """;

    public static readonly string[] Safeguards = ["fence", "receipt", "before-check", "intent"];

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

    /// <summary>The cases that are asked for, in their order; the same ones for the same seed and shard.</summary>
    public IReadOnlyList<GridCase> Of(IReadOnlyList<GridStep> steps)
    {
        var wanted = GridCase.All(steps).Where(one => Only.Count == 0 || Only.Any(one.Matches)).ToArray();
        if (Sample is { } most)
        {
            new Random(Seed).Shuffle(wanted);
            wanted = [.. wanted.Take(most).OrderBy(one => one.Step.Number)];
        }
        return [.. wanted.Where((_, number) => number % Shard.Of == Shard.Index - 1)];
    }

    private static (int, int) ShardOf(string value) =>
        value.Split('/') is [var index, var of] && int.TryParse(index, out var i) && int.TryParse(of, out var n) && i >= 1 && i <= n
            ? (i, n) : throw new FormatException($"--shard {value}: I/N, as 1/3");

    private static int NumberOf(string name, string value) =>
        int.TryParse(value, out var number) && number >= 0 ? number : throw new FormatException($"{name} {value}: a whole number");
}
