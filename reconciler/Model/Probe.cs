namespace Reconciler.Model;

/// <summary>
/// A read-only shell fragment (POSIX sh). All fragments for a server run in one script, each in a subshell of its own with stdin
/// from /dev/null, as the ordinary login; what must be read with more rights is asked of the runner (<see cref="Request"/>).
/// Its stdout is what the kind reads; stderr is dropped. It must leave nothing behind, not even a file date.
/// </summary>
internal sealed record Probe(string Script)
{
    /// <summary>
    /// For a dearer look: a reading verb of the runner, or <c>run</c> with a script that only reads, whose stdout is appended to the fragment's.
    /// It is sent without an operation id: the runner then takes no lock and no fencing number and writes no receipt.
    /// </summary>
    public RunnerRequest? Request { get; init; }

    /// <summary>Nothing to look at: the answer is the empty string.</summary>
    public static Probe Nothing { get; } = new(":");
}

/// <summary>What a kind makes of a probe's answer.</summary>
internal abstract record Reading
{
    public sealed record Observed(Observation Observation) : Reading;

    /// <summary>The cheap probe did not suffice; at most one dearer round is asked.</summary>
    public sealed record NeedsMore(Probe Probe) : Reading;

    public static Reading Found(ResourceFacts facts) => new Observed(new Observation.Found(facts));

    public static Reading Absent { get; } = new Observed(new Observation.Absent());

    public static Reading Unknown(string why) => new Observed(new Observation.Unknown(why));
}
