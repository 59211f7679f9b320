using System.Globalization;
using System.Security.Cryptography;
using Reconciler.Model;

namespace Reconciler.Journaling;

internal sealed partial class Ledger
{
    private const string RunColumns =
        "id, environment, application, revision, digest, fencing, state, started_at, ended_at, phase, reason, "
        + "code_commit, cause, failed_in";

    public Run? OpenRun(string environment, string application) =>
        One($"SELECT {RunColumns} FROM runs WHERE environment = @environment AND application = @application AND ended_at IS NULL AND state <> @held", ToRun,
            ("@environment", environment), ("@application", application), ("@held", RunState.Held));

    public Run? HeldRun(string environment, string application) =>
        One($"SELECT {RunColumns} FROM runs WHERE environment = @environment AND application = @application AND state = @held", ToRun,
            ("@environment", environment), ("@application", application), ("@held", RunState.Held));

    public IReadOnlyList<Run> OpenRuns() => _store.Query($"SELECT {RunColumns} FROM runs WHERE ended_at IS NULL ORDER BY number", ToRun);

    public Run? FindRun(string id) =>
        One($"SELECT {RunColumns} FROM runs WHERE id = @id OR CAST(number AS TEXT) = @id", ToRun, ("@id", id));

    public IReadOnlyList<Run> Runs(string environment, string? application, int most) => _store.Query(
        $"""
        SELECT {RunColumns} FROM runs WHERE environment = @environment AND (@application IS NULL OR application = @application)
        ORDER BY number DESC LIMIT @most
        """,
        ToRun, ("@environment", environment), ("@application", application), ("@most", most));

    public Run BeginRun(
        string environment, string application, string revision, string digest, string? codeCommit = null, string? cause = null) =>
            Guarded(environment, () =>
    {
        _store.OneAtATime();
        if (OpenRun(environment, application) is { } open)
            throw new IllegalTransitionException($"Run {open.Id} of {application} in {environment} is {open.State}; a second one cannot begin.");
        var number = _store.Query("SELECT coalesce(max(number), 0) + 1 FROM runs", row => row.Number(0))[0];
        var id = string.Create(CultureInfo.InvariantCulture, $"{number}-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}");
        _store.Execute(
            $"""
            INSERT INTO runs (number, {RunColumns})
            VALUES (@number, @id, @environment, @application, @revision, @digest, @fencing, @state, @at, NULL, NULL, NULL, @commit, @cause, NULL)
            """,
            ("@number", number), ("@id", id), ("@environment", environment), ("@application", application), ("@revision", revision),
            ("@digest", digest), ("@fencing", FencingOf(environment)), ("@state", RunState.Running), ("@at", Now), ("@commit", codeCommit), ("@cause", cause));
        return Known(id);
    });

    public void MoveRun(string run, RunState to, string? reason) => GuardedRun(run, moved =>
    {
        if (to is RunState.Held or RunState.Succeeded or RunState.Incomplete && HeldRun(moved.Environment, moved.Application) is { } hold && hold.Id != run)
            Move(hold, RunState.Superseded, $"run {run} took over");
        return Move(moved, to, reason);
    });

    private int Move(Run run, RunState to, string? reason)
    {
        Transitions.Check(run.Id, run.State, to);
        if (!Transitions.IsOpen(to))
            Transitions.CheckEnd(run.Id, to, Steps(run.Id));
        if (run.State == RunState.Held && to == RunState.Superseded)
            reason = Overtaken(run, reason);
        return _store.Execute("UPDATE runs SET state = @state, reason = @reason, ended_at = @ended WHERE id = @id",
            ("@id", run.Id), ("@state", to), ("@reason", reason), ("@ended", Transitions.IsOpen(to) ? null : Now));
    }

    /// <summary>What it was held for is what people ask for later, more than who came after it.</summary>
    private static string Overtaken(Run hold, string? then)
    {
        var reason = (hold.Reason ?? "no reason given").Split('\n', 2);
        var phase = hold.FailedIn ?? hold.Phase;
        return string.Join('\n', [$"Held{(phase is null ? "" : $" in {phase}")}: {reason[0]}, then {then}", .. reason[1..]]);
    }

    public void ReachPhase(string run, Phase phase) => GuardedRun(run, known =>
    {
        if (known.Phase is not { } reached || reached < phase)
            _store.Execute("UPDATE runs SET phase = @phase WHERE id = @id", ("@id", run), ("@phase", phase));
        return 0;
    });

    public void NoteFailure(string run, Phase phase) =>
        GuardedRun(run, _ =>
            _store.Execute("UPDATE runs SET failed_in = coalesce(failed_in, @phase) WHERE id = @id", ("@id", run), ("@phase", phase)));

    public void LeaveOpen(string run, string reason) =>
        GuardedRun(run, _ => _store.Execute("UPDATE runs SET reason = @reason WHERE id = @id AND state = @running",
            ("@id", run), ("@reason", reason), ("@running", RunState.Running)));

    /// <summary>Under the lease of its environment.</summary>
    private T GuardedRun<T>(string id, Func<Run, T> work, bool durable = true) => _store.Transact(() =>
    {
        var run = Known(id);
        return Guarded(run.Environment, () => work(run));
    }, durable);

    private Run Known(string id) => FindRun(id) ?? throw new IllegalTransitionException($"There is no run {id}.");

    private static Run ToRun(LedgerRow row) => new(
        row.Text(0), row.Text(1), row.Text(2), row.Text(3), row.Text(4), row.Number(5), row.Name<RunState>(6), row.Time(7), row.TimeOrNull(8),
        row.NameOrNull<Phase>(9), row.TextOrNull(10))
    {
        CodeCommit = row.TextOrNull(11),
        Cause = row.TextOrNull(12),
        FailedIn = row.NameOrNull<Phase>(13),
    };
}
