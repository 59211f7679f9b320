namespace Reconciler.Journaling;

internal sealed partial class Ledger
{
    private const string ConvergedColumns = "environment, application, digest, revision, code_commit, at";
    private const string RequestColumns =
        "id, kind, environment, application, arguments, asked_by, at, done_at, outcome, taken_at, shown_at";

    public Accepted? AcceptedIn(string environment) =>
        One("SELECT environment, revision, at FROM accepted WHERE environment = @environment", ToAccepted, ("@environment", environment));

    public IReadOnlyList<Accepted> AllAccepted() => _store.Query("SELECT environment, revision, at FROM accepted ORDER BY environment", ToAccepted);

    public void Accept(string environment, string revision) => Write(environment,
        """
        INSERT INTO accepted VALUES (@environment, @revision, @at) ON CONFLICT (environment) DO UPDATE
        SET revision = excluded.revision, at = excluded.at WHERE accepted.revision <> excluded.revision
        """,
        ("@environment", environment), ("@revision", revision), ("@at", Now));

    public Admission? AdmissionOf(string environment) => One("SELECT environment, why, at FROM admitted WHERE environment = @environment",
        row => new Admission(row.Text(0), row.Text(1), row.Time(2)), ("@environment", environment));

    public void Admit(string environment, string why) => Write(environment,
        "INSERT INTO admitted VALUES (@environment, @why, @at) ON CONFLICT DO NOTHING",
        ("@environment", environment), ("@why", why), ("@at", Now));

    public Converged? LastConverged(string environment, string application) =>
        One($"SELECT {ConvergedColumns} FROM converged WHERE environment = @environment AND application = @application",
            row => new Converged(row.Text(0), row.Text(1), row.Text(2), row.Text(3), row.TextOrNull(4), row.Time(5)),
            ("@environment", environment), ("@application", application));

    public void RecordConverged(string environment, string application, string digest, string revision, string? codeCommit) => Put(environment,
        "converged", "environment, application", ("environment", environment), ("application", application), ("digest", digest),
        ("revision", revision), ("code_commit", codeCommit), ("at", Now));

    public void RecordSameAt(string environment, string application, string revision) => Write(environment,
        "UPDATE converged SET revision = @revision WHERE environment = @environment AND application = @application",
        ("@environment", environment), ("@application", application), ("@revision", revision));

    public Announcement? AnnouncementFor(string environment, string application) =>
        One("SELECT environment, application, digest, announced_at, starts_at FROM announcements WHERE environment = @environment AND application = @application",
            row => new Announcement(row.Text(0), row.Text(1), row.Text(2), row.Time(3), row.Time(4)),
            ("@environment", environment), ("@application", application));

    public Announcement Announce(string environment, string application, string digest, DateTimeOffset startsAt) => Guarded(environment, () =>
    {
        var before = AnnouncementFor(environment, application);
        var announcedAt = before is not null && before.StartsAt == startsAt ? before.AnnouncedAt : Now;
        Put(environment, "announcements", "environment, application", ("environment", environment), ("application", application),
            ("digest", digest), ("announced_at", announcedAt), ("starts_at", startsAt));
        return new Announcement(environment, application, digest, announcedAt, startsAt.ToUniversalTime());
    });

    public void WithdrawAnnouncement(string environment, string application) =>
        Write(environment, "DELETE FROM announcements WHERE environment = @environment AND application = @application",
            ("@environment", environment), ("@application", application));

    public JudgedFlag? FlagOf(string environment, string application) =>
        One("SELECT environment, application, asked_for, starts_at, why, at FROM flags "
            + "WHERE environment = @environment AND application = @application",
            row => new JudgedFlag(row.Text(0), row.Text(1), row.TimeOrNull(2), row.Time(3), row.TextOrNull(4), row.Time(5)),
            ("@environment", environment), ("@application", application));

    public JudgedFlag KeepFlag(string environment, string application, DateTimeOffset? askedFor, DateTimeOffset startsAt, string? why)
    {
        Put(environment, "flags", "environment, application", ("environment", environment), ("application", application),
            ("asked_for", askedFor), ("starts_at", startsAt), ("why", why), ("at", Now));
        return FlagOf(environment, application)!;
    }

    public void ForgetFlag(string environment, string application) =>
        Write(environment, "DELETE FROM flags WHERE environment = @environment AND application = @application",
            ("@environment", environment), ("@application", application));

    public StatusSnapshot? StatusOf(string environment, string application) =>
        One("SELECT environment, application, body, at, seen_again FROM status WHERE environment = @environment AND application = @application", ToStatus,
            ("@environment", environment), ("@application", application));

    public IReadOnlyList<StatusSnapshot> AllStatus() =>
        _store.Query("SELECT environment, application, body, at, seen_again FROM status ORDER BY environment, application", ToStatus);

    public void SaveStatus(string environment, string application, string body) =>
        Put(environment, "status", "environment, application", ("environment", environment), ("application", application),
            ("body", body), ("at", Now), ("seen_again", null));

    public void SaveSeenAgain(string environment) => Guarded(environment, () =>
    {
        _store.Execute("UPDATE status SET seen_again = @at WHERE environment = @environment", ("@environment", environment), ("@at", Now));
        return _store.Execute("UPDATE servers_seen SET looked_at = @at, verified_at = @at WHERE environment = @environment",
            ("@environment", environment), ("@at", Now));
    });

    public IReadOnlyList<Request> OpenRequests() =>
        _store.Query($"SELECT {RequestColumns} FROM requests WHERE done_at IS NULL ORDER BY id", ToRequest);

    public IReadOnlyList<Request> Requests(int most) =>
        _store.Query($"SELECT {RequestColumns} FROM requests ORDER BY id DESC LIMIT @most", ToRequest, ("@most", most));

    public bool TakeRequest(long id) => OfRequest(id, _ => true, () => _store.Execute(
        "UPDATE requests SET taken_at = @at WHERE id = @id AND taken_at IS NULL AND done_at IS NULL", ("@id", id), ("@at", Now))) > 0;

    // What nobody has begun with, any controller may refuse: it is the same refusal whoever says it.
    public void CloseRequest(long id, string outcome) => OfRequest(id, request => request.TakenAt is not null, () => _store.Execute(
        "UPDATE requests SET done_at = @at, outcome = @outcome WHERE id = @id AND done_at IS NULL",
        ("@id", id), ("@outcome", outcome), ("@at", Now)));

    private int OfRequest(long id, Func<Request, bool> isGuarded, Func<int> work) => _store.Transact(() =>
        One($"SELECT {RequestColumns} FROM requests WHERE id = @id", ToRequest, ("@id", id)) is { Environment: { } environment } request
            && isGuarded(request) ? Guarded(environment, work) : work());

    public LookSnapshot? LastLook() => One("SELECT body, at FROM look", row => new LookSnapshot(row.Text(0), row.Time(1)));

    public void SaveLook(string body) => Put(null, "look", "one", ("one", 1), ("body", body), ("at", Now));

    private static Accepted ToAccepted(LedgerRow row) => new(row.Text(0), row.Text(1), row.Time(2));

    private static StatusSnapshot ToStatus(LedgerRow row) => new(row.Text(0), row.Text(1), row.Text(2), row.Time(3), row.TimeOrNull(4));

    private static Request ToRequest(LedgerRow row) => new(
        row.Number(0), row.Text(1), row.TextOrNull(2), row.TextOrNull(3), row.Text(4), row.Text(5), row.Time(6), row.TimeOrNull(7), row.TextOrNull(8))
    {
        TakenAt = row.TimeOrNull(9),
        ShownAt = row.TimeOrNull(10),
    };
}
