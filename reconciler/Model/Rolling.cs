namespace Reconciler.Model;

/// <summary><c>strategy: rolling</c> (seeds/001: 49-56): servers get what is new a few at a time, and no requests meanwhile.</summary>
/// <param name="Batch">How many at a time, at most.</param>
/// <param name="Settle">How long a drained server is waited for to answer what it has begun, at most.</param>
/// <param name="CoversMigrations">A commit with migrations goes behind the maintenance page; else a person decides.</param>
internal sealed record Rolling(int Batch, TimeSpan Settle, bool CoversMigrations)
{
    /// <summary>Opened by an acknowledgement for a commit with migrations, which is covered for then.</summary>
    public const string Gate = "rolling";
}

/// <summary>What a batch of a rolling plan goes through, in this order.</summary>
internal enum BatchPart
{
    /// <summary>Out of the upstreams, and what they have begun to answer is waited for.</summary>
    Drain,

    /// <summary>The phases of the safe order, from Stop to Check.</summary>
    Work,

    /// <summary>Back into the upstreams.</summary>
    Return,
}

/// <summary>What an upstream is told in a rolling plan.</summary>
/// <param name="Out">Servers that get no more requests now; empty where some get them again.</param>
/// <param name="Back">Those that get them again.</param>
/// <param name="Settle">As in <see cref="Rolling"/>.</param>
internal sealed record Passing(IReadOnlyList<string> Out, IReadOnlyList<string> Back, TimeSpan Settle);
