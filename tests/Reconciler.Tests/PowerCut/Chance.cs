namespace Reconciler.Tests.PowerCut;

/// <summary>Which of what was not synced has reached the disk all the same.</summary>
internal sealed class Chance
{
    private static readonly double[] _howLikely = [0.2, 0.5, 0.8];

    private readonly Random? _random;
    private readonly double _likely;

    private Chance(string name, double likely, Random? random) => (Name, _likely, _random) = (name, likely, random);

    public static Chance OnlyWhatWasSynced { get; } = new("only what was synced", 0, null);

    public static Chance Everything { get; } = new("everything", 1, null);

    public static Chance Some(int seed)
    {
        var random = new Random(seed);
        return new($"some of what was not synced, seed {seed}", _howLikely[random.Next(_howLikely.Length)], random);
    }

    public string Name { get; }

    public bool Reached() => _random is null ? _likely == 1 : _random.NextDouble() < _likely;

    /// <summary>Sometimes only the beginning, and sometimes the length without the data.</summary>
    public byte[] Torn(byte[] data) => _random?.Next(6) switch
    {
        0 => data[.._random.Next(data.Length + 1)],
        1 => new byte[data.Length],
        _ => data,
    };
}
