namespace Reconciler.Model;

/// <summary>One journalled action on one server, as data.</summary>
/// <param name="Phase">Its slot in the safe order.</param>
/// <param name="Resource">Whose difference it removes.</param>
/// <param name="Summary">One line, imperative, for plan and log: "switch virtualenv to 3f9d1c07". Never a secret.</param>
/// <param name="Request">What the runner is asked to do; null for a step that only proves something (a page check).</param>
internal sealed record Step(Phase Phase, ResourceId Resource, string Summary, RunnerRequest? Request)
{
    /// <summary>
    /// A read-only fragment, run as the login before and after the step: exit 0 when the effect is there. Before: the step is skipped.
    /// After: anything but 0 is a failure, whatever the step's exit code was; 99 says that it cannot come true any more, which ends
    /// <see cref="ProofWithin"/>. Null for what has no effect of its own to look at.
    /// </summary>
    public string? Proof { get; init; }

    /// <summary>
    /// A read-only fragment, run as the login before the step is sent, for as long as it takes; whatever comes of it, the step follows.
    /// </summary>
    public string? Lead { get; init; }

    /// <summary>Whether <see cref="Proof"/> alone may skip the step. A migration or a restart is never skipped on a look.</summary>
    public bool SkipWhenProven { get; init; } = true;

    /// <summary>How long after the step the proof may take to come true (services that need a moment to answer).</summary>
    public TimeSpan ProofWithin { get; init; } = TimeSpan.Zero;

    /// <summary>The runner ends the step's process group after this time.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How often it may be tried in all; only steps up to Wait and those safe to repeat have more than one.</summary>
    public int Attempts { get; init; } = 1;

    /// <summary>
    /// Order within a phase: a rank begins on any server when the lower ones are through on all (a barrier within the phase).
    /// Equal ones run server by server in parallel, on one server in the order of their resources' names. <see cref="Ranks"/> has those of Prepare.
    /// </summary>
    public int Rank { get; init; }

    /// <summary>Null where nothing is told to end.</summary>
    public Ending? Ending { get; init; }

    /// <summary>Of a rolling plan: the batch that it belongs to, from 1; 0 for what comes before the first. The last number comes after all of them.</summary>
    public int Batch { get; init; }

    /// <summary>What the batch goes through with it.</summary>
    public BatchPart Part { get; init; } = BatchPart.Work;

    /// <summary>Begun when servers of its batch get no requests.</summary>
    public bool IsAmidBatch => Batch > 0 && Part != BatchPart.Drain;

    /// <summary>A reading request for what the program behind the step wrote to its own log; asked when the step failed, for a person to read.</summary>
    public RunnerRequest? Logs { get; init; }

    /// <summary>Changes what cannot be taken back by going back to the desired state of before: after it, a failure holds the run.</summary>
    public bool Irreversible { get; init; }

    /// <summary>Its phase says when it is done, and no more: that alone is no reason to tell users, to cover, or to start anything again.</summary>
    public bool IsQuiet { get; init; }

    /// <summary>Users would see an error page if the site were not covered: stopping what answers them, or its end that a proof finds.</summary>
    public bool TakesSiteDown { get; init; }

    /// <summary>
    /// nginx answers for the site without our cover until this is done: of a site that people set up by hand. It then goes before the cover is put up.
    /// </summary>
    public bool BringsCover { get; init; }

    /// <summary>What others read stays as it is (only its mode or owner is set): nobody who reads it is restarted for this.</summary>
    public bool LeavesContent { get; init; }

    /// <summary>
    /// Left out of a plan, rather than the whole plan refused, where a reload of nginx could put somebody else's site into force: without it the
    /// rest is done all the same. It brings nothing about that git asks for in this plan.
    /// </summary>
    public bool IsDispensable { get; init; }

    /// <summary>Part of the backup that a plan takes before what cannot be undone, whoever the database belongs to, and whatever its phase.</summary>
    public bool Secures { get; init; }

    /// <summary>Its failure is told and journalled, and the plan goes on: what comes after it proves by itself whether it was needed.</summary>
    public bool MayFail { get; init; }

    /// <summary>A sentence for the person who reads the plan: why this is done.</summary>
    public string? Because { get; init; }
}
