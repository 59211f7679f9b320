namespace Reconciler.Journaling;

internal sealed partial class Ledger
{
    private const string SuspensionColumns = "environment, application, reason, asked_by, at, until";

    public IReadOnlyList<Suspension> Suspensions(string environment)
    {
        // In the table the whole environment is the empty name.
        var all = _store.Query(
            $"SELECT {SuspensionColumns} FROM suspensions WHERE environment = @environment ORDER BY application",
            row => new Suspension(
                row.Text(0), row.Text(1) is { Length: > 0 } application ? application : null, row.Text(2), row.Text(3), row.Time(4),
                    row.TimeOrNull(5)),
            ("@environment", environment));
        var now = Now;
        return [.. all.Where(suspension => suspension.Until is not { } until || until > now)];
    }

    public Suspension? SuspensionOf(string environment, string application) =>
        Suspensions(environment).FirstOrDefault(suspension => suspension.Application is null || suspension.Application == application);

    public void Suspend(string environment, string? application, string reason, string by, DateTimeOffset? until) => Put(environment,
        "suspensions", "environment, application", ("environment", environment), ("application", application ?? ""), ("reason", reason),
        ("asked_by", by), ("at", Now), ("until", until));

    public int Resume(string environment, string? application) => Write(environment,
        "DELETE FROM suspensions WHERE environment = @environment AND (@application IS NULL OR application = @application)",
        ("@environment", environment), ("@application", application));
}
