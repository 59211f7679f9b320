using Reconciler.Model;

namespace Reconciler.Journaling;

/// <summary>What the controller remembers. It is never the source of truth about a server.</summary>
internal interface ILedgerReader : IDisposable
{
    /// <summary>Random, 32 hex digits: a server obeys one ledger.</summary>
    string Id { get; }

    /// <summary>64 hex digits of chance, the key of every <c>KeyedDigest</c>; used as this text. Nothing but digests of it may leave the controller and its servers.</summary>
    string DigestKey { get; }

    /// <summary>
    /// The number that servers know the holder of an environment by: a lower one is refused. It rises each time the ledger is opened for writing, or, where
    /// several controllers share it, each time the environment's lease is taken.
    /// </summary>
    /// <exception cref="LedgerException"><see cref="LedgerFault.LeaseLost"/>: a writer that does not hold the environment.</exception>
    long FencingOf(string environment);

    /// <summary>Who works on which environment now; null where one controller has the whole ledger.</summary>
    IReadOnlyList<HeldLease>? LeasesHeld();

    Accepted? AcceptedIn(string environment);

    IReadOnlyList<Accepted> AllAccepted();

    Converged? LastConverged(string environment, string application);

    Release? ReleaseOf(string environment, string application, string codeCommit, string baseDigest);

    /// <summary>The run that acts or waits; null when there is none.</summary>
    Run? OpenRun(string environment, string application);

    /// <summary>The run that is held; null when there is none. One that is to replace it may be open beside it.</summary>
    Run? HeldRun(string environment, string application);

    /// <summary>All that act, wait or are held.</summary>
    IReadOnlyList<Run> OpenRuns();

    /// <param name="id">Whole, or its number alone.</param>
    Run? FindRun(string id);

    /// <summary>Newest first.</summary>
    /// <param name="application">Null for all.</param>
    IReadOnlyList<Run> Runs(string environment, string? application, int most);

    /// <summary>In the order in which they were intended.</summary>
    IReadOnlyList<StepRecord> Steps(string run);

    /// <summary>What may have happened, or be happening: a controller that starts asks the runners about each, before it ends their runs.</summary>
    IReadOnlyList<StepRecord> OpenIntents();

    /// <summary>Those that a run saw done, on whichever server, as <c>NAME@RUN</c>.</summary>
    IReadOnlySet<string> TasksDone(string environment, string application);

    /// <summary>
    /// Secrets files that a run has replaced since the last one that succeeded, without the copies having been forgotten since: resources, as text.
    /// </summary>
    IReadOnlySet<string> CopiesLeft(string environment, string application);

    /// <summary>Servers that runs went without and that are not as git says yet, by name.</summary>
    IReadOnlyList<LeftOut> LeftOut(string environment, string application);

    /// <summary>Steps on it that nobody could be asked about since it was left out: they may take effect yet.</summary>
    IReadOnlyList<StepRecord> StepsGivenUp(LeftOut server);

    SetAside? SetAsideAs(string environment, string application, string digest);

    IReadOnlyList<SetAside> AllSetAside(string environment);

    Announcement? AnnouncementFor(string environment, string application);

    /// <summary>Null: nobody asked, or what was asked for is over.</summary>
    PersonsWord? WordOf(string environment, string application);

    /// <summary>Null: the flag is off, or nobody has judged it yet.</summary>
    JudgedFlag? FlagOf(string environment, string application);

    StatusSnapshot? StatusOf(string environment, string application);

    IReadOnlyList<StatusSnapshot> AllStatus();

    /// <summary>Null: first contact, so observe and report only.</summary>
    Admission? AdmissionOf(string environment);

    /// <summary>Those that are not answered yet, oldest first.</summary>
    IReadOnlyList<Request> OpenRequests();

    /// <summary>Newest first, answered or not.</summary>
    IReadOnlyList<Request> Requests(int most);

    /// <summary>Null: nobody looked at the repository yet.</summary>
    LookSnapshot? LastLook();

    /// <summary>What the last looks made of each resource of an application, or of the servers themselves.</summary>
    IReadOnlyList<SeenResource> Seen(string environment, string application);

    /// <summary>Differences that ended since then, the newest first.</summary>
    IReadOnlyList<EndedDrift> DriftEnded(string environment, DateTimeOffset since);

    /// <param name="environment">Null for all.</param>
    IReadOnlyList<SeenServer> ServersSeen(string? environment);

    /// <summary>Those in force now.</summary>
    IReadOnlyList<Suspension> Suspensions(string environment);

    /// <summary>What was last told elsewhere about a subject; null for nothing.</summary>
    string? Told(string subject);

    /// <summary>The one in force now for this application, be it for the whole environment; null when there is none.</summary>
    Suspension? SuspensionOf(string environment, string application);

    /// <summary>As last noted.</summary>
    IReadOnlyList<SecretInForce> SecretsInForce(string environment);
}

/// <summary>The writing side. Every write is durable before the method returns, and times come from the ledger's clock, UTC.</summary>
/// <remarks>Safe to call from several threads. Every member may throw <see cref="LedgerException"/>.</remarks>
internal interface ILedger : ILedgerReader
{
    /// <summary>What this process may act on.</summary>
    ILeases Leases { get; }

    void Accept(string environment, string revision);

    /// <summary>It admits nothing: a unit may have been as git says before anybody ran the tool.</summary>
    void RecordConverged(string environment, string application, string digest, string revision, string? codeCommit);

    /// <summary>
    /// What was converged is the same at a newer revision: that one is gone back to, with the sources of secrets as it names them. The time stays.
    /// </summary>
    void RecordSameAt(string environment, string application, string revision);

    /// <summary>It runs and its checks pass: keeps the earliest time until <see cref="RecordNoLongerHealthy"/>.</summary>
    void RecordHealthy(string environment, string application, string codeCommit, string baseDigest);

    /// <summary>It fails its checks, or something else runs now: its soak begins anew.</summary>
    void RecordNoLongerHealthy(string environment, string application, string codeCommit, string baseDigest);

    /// <summary>It failed there: no longer proven, until healthy again.</summary>
    void RecordFailedRelease(string environment, string application, string codeCommit, string baseDigest);

    /// <summary>A hold of the same application stays in force beside it.</summary>
    /// <param name="cause">Who or what begins it, a few words after "because".</param>
    /// <exception cref="IllegalTransitionException">One of this application in this environment acts or waits.</exception>
    Run BeginRun(string environment, string application, string revision, string digest, string? codeCommit = null, string? cause = null);

    /// <summary>
    /// A run ends only when no intent of it is open, and succeeds only when every receipt was followed by a look at the effect. One that succeeds, or is held
    /// itself, takes the place of the hold beside it, in the same write.
    /// </summary>
    /// <exception cref="IllegalTransitionException"/>
    void MoveRun(string run, RunState to, string? reason);

    /// <summary>The first one of a run stays.</summary>
    void NoteFailure(string run, Phase phase);

    /// <summary>It does nothing any more, and cannot end before it is known what became of a step.</summary>
    void LeaveOpen(string run, string reason);

    /// <summary>For phases without steps; a step's own phase is noted by <see cref="Intend"/> and <see cref="Skip"/>. Never goes back.</summary>
    void ReachPhase(string run, Phase phase);

    /// <summary>Durable when this returns, where it acts; only then may the step be sent.</summary>
    /// <param name="step">Number within the run, from 1. Asked again for the same step, the attempt grows.</param>
    /// <param name="acts">False for a step that only looks: it is on the disk with the next one that acts.</param>
    /// <exception cref="IllegalTransitionException">The run does not act, or the attempt before may still be running or was good.</exception>
    OperationId Intend(string run, int step, Phase phase, ResourceId resource, string summary, bool acts = true);

    /// <summary>Nothing is sent: it was so already.</summary>
    OperationId Skip(string run, int step, Phase phase, ResourceId resource, string summary);

    /// <param name="output">Cut to its last 4000 characters; control characters but newlines become U+FFFD.</param>
    void Receive(OperationId operation, int exitCode, string output);

    /// <param name="state"><see cref="StepState.Verified"/>, <see cref="StepState.Failed"/>, <see cref="StepState.NotStarted"/> or <see cref="StepState.Lost"/>.</param>
    void Settle(OperationId operation, StepState state);

    /// <param name="lostServer">The server that was lost, where that alone is why; null also where it was tried again after that
    /// already.</param>
    void PutAside(string environment, string application, string digest, string reason, string? run, string? lostServer = null);

    /// <summary>The lost server answers: it is tried again, once.</summary>
    void Lapse(string environment, string application, string digest);

    /// <returns>Whether it was set aside.</returns>
    bool TakeBack(string environment, string application, string digest);

    /// <summary>A promise made before keeps its times unless <paramref name="startsAt"/> differs.</summary>
    Announcement Announce(string environment, string application, string digest, DateTimeOffset startsAt);

    void WithdrawAnnouncement(string environment, string application);

    /// <summary>In place of what was asked for before.</summary>
    void KeepWord(PersonsWord word);

    void ForgetWord(string environment, string application);

    JudgedFlag KeepFlag(string environment, string application, DateTimeOffset? askedFor, DateTimeOffset startsAt, string? why);

    void ForgetFlag(string environment, string application);

    void SaveStatus(string environment, string application, string body);

    /// <summary>All servers of an environment answered now, and everything is as the status that was saved last says.</summary>
    void SaveSeenAgain(string environment);

    /// <summary>A run goes, or went, without it. The time of the first stays.</summary>
    void LeaveOut(string environment, string application, string server, string digest, string why);

    /// <summary>It is as git says again, and so are those that pass requests on to it; or git has it no more.</summary>
    void TakeIn(string environment, string application, string server);

    void Admit(string environment, string why);

    /// <returns>Whether it was there to be taken: one is taken once.</returns>
    bool TakeRequest(long id);

    void CloseRequest(long id, string outcome);

    void SaveLook(string body);

    /// <summary>Writes what is there already, durably.</summary>
    /// <exception cref="LedgerException">Nothing could be written now.</exception>
    void RequireWritable();

    /// <summary>In place of what was said before about the same.</summary>
    /// <param name="application">Null for the whole environment.</param>
    void Suspend(string environment, string? application, string reason, string by, DateTimeOffset? until);

    /// <param name="application">Null for all that is suspended in the environment.</param>
    /// <returns>How many were lifted, those that were over included.</returns>
    int Resume(string environment, string? application);

    /// <summary>In place of all that was known of this application in this environment.</summary>
    /// <param name="ended">Differences that are no more; kept for 90 days.</param>
    void SaveSeen(string environment, string application, IReadOnlyCollection<SeenResource> seen,
        IReadOnlyCollection<EndedDrift>? ended = null);

    /// <summary>In place of what was told before. What was told more than 90 days ago is forgotten.</summary>
    void KeepTold(string subject, string content);

    /// <summary>In place of all that was known of this environment's servers.</summary>
    void SaveServersSeen(string environment, IReadOnlyCollection<SeenServer> seen);

    /// <summary>The time stays while the digest does.</summary>
    void NoteSecretInForce(SecretReference secret, string digest);
}
