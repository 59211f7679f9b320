using Reconciler.Model;

namespace Reconciler.Journaling;

internal sealed partial class Ledger
{
    private const int MostOutput = 4000;
    private const string StepColumns = "run, step, attempt, phase, resource, summary, state, intent_at, receipt_at, exit_code, output, settled_at";

    public IReadOnlyList<StepRecord> Steps(string run) =>
        _store.Query($"SELECT {StepColumns} FROM steps WHERE run = @run ORDER BY rowid", ToStep, ("@run", run));

    public IReadOnlyList<StepRecord> OpenIntents() =>
        _store.Query($"SELECT {StepColumns} FROM steps WHERE state = @state ORDER BY rowid", ToStep, ("@state", StepState.Intended));

    public IReadOnlySet<string> TasksDone(string environment, string application) => _store.Query(
        """
        SELECT DISTINCT steps.resource FROM steps JOIN runs ON runs.id = steps.run
        WHERE runs.environment = @environment AND runs.application = @application AND steps.resource LIKE '%/Tasks/%'
            AND (steps.state = @verified OR steps.state = @received AND steps.exit_code = 0)
        """,
        row => row.Text(0).Split('/')[^1], ("@environment", environment), ("@application", application), ("@verified", StepState.Verified),
        // Its controller died between the receipt and the look.
        ("@received", StepState.Received)).ToHashSet();

    public IReadOnlySet<string> CopiesLeft(string environment, string application) => _store.Query(
        """
        SELECT DISTINCT steps.resource FROM steps JOIN runs ON runs.id = steps.run
        WHERE runs.environment = @environment AND runs.application = @application AND steps.state <> @notStarted AND steps.state <> @skipped
            AND steps.resource LIKE '%/SecretsFile/%' AND steps.phase = @secrets AND steps.summary LIKE 'replace %'
            AND runs.number > (SELECT coalesce(max(number), 0) FROM runs WHERE environment = @environment AND application = @application AND state = @succeeded)
            AND NOT EXISTS (
                SELECT 1 FROM steps later WHERE later.resource = steps.resource AND later.phase = @tidy AND later.state = @verified
                    AND later.rowid > steps.rowid)
        """,
        row => row.Text(0), ("@environment", environment), ("@application", application), ("@verified", StepState.Verified), ("@secrets", Phase.Secrets),
        ("@notStarted", StepState.NotStarted), ("@skipped", StepState.Skipped), ("@tidy", Phase.Tidy), ("@succeeded", RunState.Succeeded)).ToHashSet();

    public OperationId Intend(string run, int step, Phase phase, ResourceId resource, string summary, bool acts) =>
        Begin(run, step, phase, resource, summary, StepState.Intended, acts);

    public OperationId Skip(string run, int step, Phase phase, ResourceId resource, string summary) =>
        Begin(run, step, phase, resource, summary, StepState.Skipped, durable: false);

    // Neither waits for the disk: what became of a step the server's receipt tells again, and the next intent brings both there.
    public void Receive(OperationId operation, int exitCode, string output) => GuardedRun(operation.Run, _ =>
    {
        Transitions.Check(operation, Known(operation).State, StepState.Received);
        return Update(operation, "state = @state, receipt_at = @at, exit_code = @exit, output = @output",
            ("@state", StepState.Received), ("@at", Now), ("@exit", exitCode), ("@output", Excerpt(output)));
    }, durable: false);

    public void Settle(OperationId operation, StepState state) => GuardedRun(operation.Run, _ =>
    {
        if (state is StepState.Received)
            throw new IllegalTransitionException($"Step {operation}: a receipt is given by {nameof(Receive)}.");
        Transitions.Check(operation, Known(operation).State, state);
        return Update(operation, "state = @state, settled_at = @at", ("@state", state), ("@at", Now));
    }, durable: false);

    private OperationId Begin(string run, int step, Phase phase, ResourceId resource, string summary, StepState state, bool durable) =>
        GuardedRun(run, known =>
    {
        Transitions.CheckActs(run, known.State);
        var last = Steps(run).LastOrDefault(record => record.Operation.Step == step);
        if (last is not null)
            Transitions.CheckRepeat(last.Operation, last.State);
        var operation = new OperationId(run, step, (last?.Operation.Attempt ?? 0) + 1);
        _store.Execute(
            $"INSERT INTO steps ({StepColumns}) VALUES (@run, @step, @attempt, @phase, @resource, @summary, @state, @at, NULL, NULL, NULL, @settled)",
            ("@run", run), ("@step", step), ("@attempt", operation.Attempt), ("@phase", phase), ("@resource", resource.ToString()), ("@summary", summary),
            ("@state", state), ("@at", Now), ("@settled", state == StepState.Skipped ? Now : null));
        ReachPhase(run, phase);
        return operation;
    }, durable);

    private int Update(OperationId operation, string change, params ReadOnlySpan<(string, object?)> values) =>
        _store.Execute($"UPDATE steps SET {change} WHERE run = @run AND step = @step AND attempt = @attempt",
            [.. values, ("@run", operation.Run), ("@step", operation.Step), ("@attempt", operation.Attempt)]);

    private StepRecord Known(OperationId operation) =>
        One($"SELECT {StepColumns} FROM steps WHERE run = @run AND step = @step AND attempt = @attempt", ToStep,
            ("@run", operation.Run), ("@step", operation.Step), ("@attempt", operation.Attempt))
        ?? throw new IllegalTransitionException($"There is no step {operation}.");

    private static string Excerpt(string output)
    {
        var kept = output.Length <= MostOutput ? output : output[^MostOutput..];
        return string.Concat(kept.Select(c => char.IsControl(c) && c != '\n' || char.IsSurrogate(c) ? '\uFFFD' : c));
    }

    private static StepRecord ToStep(LedgerRow row) => new(
        new OperationId(row.Text(0), (int)row.Number(1), (int)row.Number(2)), row.Name<Phase>(3), row.Text(4), row.Text(5), row.Name<StepState>(6),
        row.Time(7), row.TimeOrNull(8), row.IntegerOrNull(9), row.TextOrNull(10), row.TimeOrNull(11));
}
