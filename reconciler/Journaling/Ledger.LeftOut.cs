namespace Reconciler.Journaling;

internal sealed partial class Ledger
{
    public IReadOnlyList<LeftOut> LeftOut(string environment, string application) => _store.Query(
        "SELECT environment, application, server, digest, why, at FROM left_out WHERE environment = @environment AND application = @application ORDER BY server",
        row => new LeftOut(row.Text(0), row.Text(1), row.Text(2), row.Text(3), row.Text(4), row.Time(5)),
        ("@environment", environment), ("@application", application));

    public IReadOnlyList<StepRecord> StepsGivenUp(LeftOut server) => _store.Query(
        $"""
        SELECT {StepColumns} FROM steps WHERE state = @state AND settled_at >= @at AND resource LIKE @server || '/%'
            AND run IN (SELECT id FROM runs WHERE environment = @environment) ORDER BY intent_at
        """,
        ToStep, ("@state", StepState.Lost), ("@at", server.At), ("@server", server.Server), ("@environment", server.Environment));

    public void LeaveOut(string environment, string application, string server, string digest, string why) => Write(environment,
        """
        INSERT INTO left_out VALUES (@environment, @application, @server, @digest, @why, @at) ON CONFLICT (environment, application, server) DO UPDATE
        SET digest = excluded.digest, why = excluded.why
        """,
        ("@environment", environment), ("@application", application), ("@server", server), ("@digest", digest), ("@why", why), ("@at", Now));

    public void TakeIn(string environment, string application, string server) => Write(environment,
        "DELETE FROM left_out WHERE environment = @environment AND application = @application AND server = @server",
        ("@environment", environment), ("@application", application), ("@server", server));
}
