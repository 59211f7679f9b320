using Reconciler.Journaling;
using Reconciler.Model;
using Reconciler.Reporting;
using Reconciler.Turns;

namespace Reconciler.Serving;

/// <summary>What the metrics count from turn to turn; the rest of them stands in the ledger and is read when somebody asks.</summary>
internal sealed class TurnMetrics(ILedgerReader ledger, TimeProvider clock)
{
    private static readonly string[] Worse = ["error", "stalled", "waiting"];

    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, Histogram> _durations = new(StringComparer.Ordinal);
    private readonly SortedDictionary<(string Environment, string Result), long> _totals = [];
    private readonly Dictionary<string, IReadOnlyDictionary<(string Server, string Kind), int>> _drift = [];
    private readonly SortedDictionary<string, DateTimeOffset> _lastSuccess = new(StringComparer.Ordinal);

    /// <summary>A turn has ended.</summary>
    /// <param name="verdicts">Null when it broke off.</param>
    public void TurnEnded(string environment, TimeSpan took, IReadOnlyList<UnitVerdict>? verdicts)
    {
        var result = ResultOf(verdicts);
        var drift = verdicts is null ? null : DriftIn(verdicts);
        lock (_gate)
        {
            if (!_durations.TryGetValue(environment, out var durations))
                _durations[environment] = durations = new();
            durations.Add(took.TotalSeconds);
            _totals[(environment, result)] = _totals.GetValueOrDefault((environment, result)) + 1;
            if (drift is not null)
                _drift[environment] = drift;
            if (result == "success")
                _lastSuccess[environment] = clock.GetUtcNow();
        }
    }

    /// <summary>All metrics as Prometheus reads them.</summary>
    /// <param name="interval">Between two looks: an older verdict is none.</param>
    /// <exception cref="LedgerException">The ledger cannot be read.</exception>
    public string Text(TimeSpan interval)
    {
        var now = clock.GetUtcNow();
        var known = ledger.AllAccepted().Select(accepted => accepted.Environment).ToList();
        var statuses = ledger.AllStatus().Where(snapshot => known.Contains(snapshot.Environment))
            .Select(snapshot => StatusBuilder.Of(snapshot)?.AsOf(now, interval)).OfType<ApplicationStatus>().ToList();
        var text = new PrometheusText();
        WriteInfo(text, statuses);
        lock (_gate)
            WriteTurns(text, known);
        text.Family("reconciler_held", "gauge",
            "1 while a run of the application is held: stopped on purpose, page on, until a person or a newer commit.");
        foreach (var status in statuses)
            text.Sample("reconciler_held", ledger.HeldRun(status.Environment, status.Application) is null ? 0 : 1,
                ("environment", status.Environment), ("application", status.Application));
        WriteSoftware(text, known, now, interval);
        return text.ToString();
    }

    /// <summary>Of servers that were seen in time, and for which git names packages.</summary>
    private void WriteSoftware(PrometheusText text, List<string> known, DateTimeOffset now, TimeSpan interval)
    {
        var seen = new StatusReader(ledger, null, now, interval).ServersOf(null)
            .Where(server => !server.Unknown && server.Software is not null && known.Contains(server.Environment)).ToList();
        void Write(string name, string help, Func<ServerSoftware, int?> count)
        {
            text.Family(name, "gauge", help);
            foreach (var server in seen)
                if (count(server.Software!) is { } number)
                    text.Sample(name, number, ("environment", server.Environment), ("server", server.Server));
        }
        Write("reconciler_upgrades_pending", "Packages of the server that apt would upgrade, by the lists that the server has.",
            software => software.Upgrades?.All);
        Write("reconciler_security_upgrades_pending", "Those of them that come from the distribution's security archive.",
            software => software.Upgrades?.Security);
        Write("reconciler_reboot_required", "1 while a package asks for a reboot of the server (/run/reboot-required).",
            software => software.RebootRequired is null ? 0 : 1);
    }

    private void WriteInfo(PrometheusText text, IReadOnlyList<ApplicationStatus> statuses)
    {
        text.Family("reconciler_environment_info", "gauge",
            "Always 1: the revision in force, and the worst sync status and health of the environment's applications and servers.");
        foreach (var environment in statuses.GroupBy(status => status.Environment, StringComparer.Ordinal))
            text.Sample("reconciler_environment_info", 1, ("environment", environment.Key),
                ("revision", ledger.AcceptedIn(environment.Key)?.Revision ?? ""),
                ("sync", $"{environment.Max(status => status.Sync)}"), ("health", $"{environment.Max(status => status.Health)}"));
    }

    private void WriteTurns(PrometheusText text, List<string> known)
    {
        text.Family("reconciler_reconcile_duration_seconds", "histogram",
            "How long the turns of an environment took, looking and converging.");
        foreach (var (environment, durations) in _durations)
            durations.Write(text, "reconciler_reconcile_duration_seconds", ("environment", environment));
        text.Family("reconciler_reconcile_total", "counter", "Turns by result: success, waiting, stalled (a person is needed), error.");
        foreach (var ((environment, result), count) in _totals)
            text.Sample("reconciler_reconcile_total", count, ("environment", environment), ("result", result));
        text.Family("reconciler_drift", "gauge",
            "Differences on servers while git says what it said when they were last converged, by resource kind.");
        foreach (var environment in known)
            foreach (var (about, count) in _drift.GetValueOrDefault(environment) ?? new Dictionary<(string, string), int>())
                text.Sample("reconciler_drift", count, ("environment", environment), ("server", about.Server), ("kind", about.Kind));
        text.Family("reconciler_last_success_timestamp_seconds", "gauge",
            "When a turn of the environment last ended with all as git says, or as policy lets it be.");
        foreach (var (environment, at) in _lastSuccess)
            text.Sample("reconciler_last_success_timestamp_seconds", at.ToUnixTimeMilliseconds() / 1000.0, ("environment", environment));
    }

    private static string ResultOf(IReadOnlyList<UnitVerdict>? verdicts)
    {
        if (verdicts is null)
            return "error";
        var results = verdicts.Select(verdict => verdict.Verdict.Standing switch
        {
            Standing.Synced or Standing.Drifted => "success",
            Standing.Failed or Standing.Unseen or Standing.Incomplete => "error",
            Standing.Refused or Standing.SetAside or Standing.Held or Standing.Fenced => "stalled",
            _ => "waiting",
        }).ToHashSet();
        if (verdicts.Any(verdict => verdict.Environment.Faults.Count > 0))
            results.Add("stalled");
        return Worse.FirstOrDefault(results.Contains) ?? "success";
    }

    /// <summary>Zero where nothing differs: a series that was there stays, and falls.</summary>
    private static SortedDictionary<(string, string), int> DriftIn(IReadOnlyList<UnitVerdict> verdicts)
    {
        var counts = new SortedDictionary<(string, string), int>();
        foreach (var turn in verdicts)
        {
            var (_, unit, verdict) = turn;
            // Where git has moved on, a difference is a deploy that is due, and no drift.
            bool IsDue(Difference difference) => turn.Seen.GetValueOrDefault(difference.Resource)?.Cause == DriftCause.Intentional;
            foreach (var about in unit.Resources.Select(resource => resource.Id).DistinctBy(id => (id.Server, id.Kind)))
                counts[(about.Server, $"{about.Kind}")] = counts.GetValueOrDefault((about.Server, $"{about.Kind}"));
            foreach (var difference in verdict.Diff.All.Where(difference => !IsDue(difference)))
                counts[KeyOf(difference)] = counts.GetValueOrDefault(KeyOf(difference)) + 1;
        }
        return counts;
    }

    private static (string, string) KeyOf(Difference difference) => (difference.Resource.Server, $"{difference.Resource.Kind}");
}
