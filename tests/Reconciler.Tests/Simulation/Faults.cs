namespace Reconciler.Tests.Simulation;

/// <summary>What goes wrong with one call to a server.</summary>
internal enum CallFault
{
    None,

    /// <summary>No session; nothing is sent.</summary>
    Unreachable,

    /// <summary>The connection ends within the payload: the runner refuses what it got.</summary>
    CutShort,

    /// <summary>It ends after that, and the request never arrives.</summary>
    Swallowed,

    /// <summary>The same, and the request arrives later all the same.</summary>
    Late,

    /// <summary>The request arrives, its answer does not.</summary>
    AnswerLost,

    KilledBefore,
    KilledMeanwhile,
    KilledAfter,

    /// <summary>The controller is stopped (SIGSTOP) before it sends, and goes on when another one has taken over.</summary>
    Paused,
    Reboot,
}

/// <summary>How a step goes on the server.</summary>
/// <param name="TakesEffect">Else it ends before it changed anything.</param>
internal sealed record Course(TimeSpan UntilEffect, bool TakesEffect, TimeSpan Afterwards, int Code, string Output);

/// <summary>What goes wrong, and when: all of it follows from the seed.</summary>
internal sealed class Faults
{
    private static readonly CallFault[] Kinds = [.. Enum.GetValues<CallFault>().Skip(1)];

    private readonly Random _chance;
    private readonly CallFault[] _kinds;
    private readonly double _calls;
    private readonly double _steps;
    private readonly double _writes;
    private readonly Weakness _weakness;

    /// <param name="weakness">What goes wrong is then what the safeguard is there for.</param>
    public Faults(int seed, Weakness weakness)
    {
        (_chance, _weakness) = (new(seed), weakness);
        // Few faults go deeper into a run than many; one kind alone shows itself better than all.
        double[] rates = [0, 0.01, 0.03, 0.08];
        (_calls, _steps, _writes) = (Pick(rates), Pick(rates), Pick([0, 0, 0.002, 0.01]));
        (_calls, _steps) = weakness switch { Weakness.None => (_calls, _steps), Weakness.BeforeCheck => (0, 0.08), _ => (0.08, 0) };
        _kinds = weakness switch
        {
            Weakness.Fence => [CallFault.Paused],
            Weakness.Receipts => [CallFault.AnswerLost],
            Weakness.Intent => [CallFault.KilledMeanwhile],
            _ => SomeKinds(),
        };
    }

    private CallFault[] SomeKinds() =>
        _chance.Next(3) == 0 ? Kinds : [.. Kinds.Where(_ => _chance.Next(3) == 0).Append(Pick(Kinds))];

    /// <summary>While false all is well, but what has begun goes on.</summary>
    public bool Strike { get; set; } = true;

    public bool Happens(double probability) => _chance.NextDouble() < probability;

    public int Number(int below) => _chance.Next(below);

    public TimeSpan Time(double fromSeconds, double toSeconds) => TimeSpan.FromSeconds(fromSeconds + _chance.NextDouble() * (toSeconds - fromSeconds));

    public T Pick<T>(IReadOnlyList<T> among) => among[_chance.Next(among.Count)];

    public CallFault OfCall() => Strike && Happens(_calls) ? Pick(_kinds) : CallFault.None;

    public LedgerStrike OfWrite() => !Strike || !Happens(_writes) ? LedgerStrike.None : Pick([LedgerStrike.Full, LedgerStrike.KilledBefore, LedgerStrike.KilledAfter]);

    /// <summary>Mostly quick and good; some are slow, some fail, some run past their deadline.</summary>
    public Course CourseOf(SentRequest request)
    {
        var slow = Strike && Happens(0.15);
        // Still at work when the next controller comes, and soon no more.
        if (Strike && _weakness == Weakness.Intent)
            return new(Time(20, 70), true, TimeSpan.Zero, 0, "");
        var (until, after) = (Time(0.05, slow ? Pick([40, 150]) : 4), Time(0.01, slow ? 60 : 1));
        if (!Strike || !Happens(_steps))
            return new(until, true, after, 0, "");
        var output = Pick(["Connection refused", "no such thing", "could not get lock"]);
        return new(until, Happens(0.5), after, 1, output + "\n");
    }
}

/// <summary>What goes wrong with one write to the ledger.</summary>
internal enum LedgerStrike
{
    None,
    Full,
    KilledBefore,
    KilledAfter,
}
