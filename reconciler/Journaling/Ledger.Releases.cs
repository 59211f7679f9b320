namespace Reconciler.Journaling;

internal sealed partial class Ledger
{
    private const string SetAsideColumns = "environment, application, digest, reason, run, at, lost_server";

    public Release? ReleaseOf(string environment, string application, string codeCommit, string baseDigest) => One(
        """
        SELECT environment, application, code_commit, base_digest, healthy_since, set_aside_at FROM released
        WHERE environment = @environment AND application = @application AND code_commit = @commit AND base_digest = @base
        """,
        row => new Release(row.Text(0), row.Text(1), row.Text(2), row.Text(3), row.TimeOrNull(4), row.TimeOrNull(5)),
        ("@environment", environment), ("@application", application), ("@commit", codeCommit), ("@base", baseDigest));

    public void RecordHealthy(string environment, string application, string codeCommit, string baseDigest) => Released(
        "@at, NULL", "healthy_since = coalesce(released.healthy_since, @at), set_aside_at = NULL",
        environment, application, codeCommit, baseDigest);

    public void RecordNoLongerHealthy(string environment, string application, string codeCommit, string baseDigest) => Released(
        "NULL, NULL", "healthy_since = NULL",
        environment, application, codeCommit, baseDigest);

    public void RecordFailedRelease(string environment, string application, string codeCommit, string baseDigest) => Released(
        "NULL, @at", "healthy_since = NULL, set_aside_at = @at",
        environment, application, codeCommit, baseDigest);

    public SetAside? SetAsideAs(string environment, string application, string digest) =>
        One($"SELECT {SetAsideColumns} FROM set_aside WHERE environment = @environment AND application = @application "
            + "AND digest = @digest AND lapsed_at IS NULL",
            ToSetAside,
            ("@environment", environment), ("@application", application), ("@digest", digest));

    public IReadOnlyList<SetAside> AllSetAside(string environment) =>
        _store.Query($"SELECT {SetAsideColumns} FROM set_aside WHERE environment = @environment AND lapsed_at IS NULL ORDER BY at",
            ToSetAside, ("@environment", environment));

    public void PutAside(string environment, string application, string digest, string reason, string? run, string? lostServer = null) =>
        Write(environment,
            $"""
            INSERT INTO set_aside ({SetAsideColumns}) VALUES (@environment, @application, @digest, @reason, @run, @at, @lost)
            ON CONFLICT (environment, application, digest) DO UPDATE SET reason = @reason, run = @run, at = @at, lapsed_at = NULL,
                lost_server = CASE WHEN set_aside.tried_again = 1 THEN NULL ELSE @lost END
            """,
            ("@environment", environment), ("@application", application), ("@digest", digest), ("@reason", reason), ("@run", run),
            ("@at", Now), ("@lost", lostServer));

    public void Lapse(string environment, string application, string digest) => Write(environment,
        """
        UPDATE set_aside SET lapsed_at = @at, tried_again = 1
        WHERE environment = @environment AND application = @application AND digest = @digest
        """,
        ("@environment", environment), ("@application", application), ("@digest", digest), ("@at", Now));

    public bool TakeBack(string environment, string application, string digest) => Write(environment,
        "DELETE FROM set_aside WHERE environment = @environment AND application = @application AND digest = @digest",
        ("@environment", environment), ("@application", application), ("@digest", digest)) > 0;

    private void Released(
        string first, string change, string environment, string application, string codeCommit, string baseDigest) => Write(environment,
        $"""
        INSERT INTO released (environment, application, code_commit, base_digest, healthy_since, set_aside_at)
        VALUES (@environment, @application, @commit, @base, {first})
        ON CONFLICT (environment, application, code_commit, base_digest) DO UPDATE SET {change}
        """,
        ("@environment", environment), ("@application", application), ("@commit", codeCommit), ("@base", baseDigest), ("@at", Now));

    private static SetAside ToSetAside(LedgerRow row) => new(row.Text(0), row.Text(1), row.Text(2), row.Text(3), row.TextOrNull(4),
        row.Time(5),
        row.TextOrNull(6));
}
