using Reconciler.Documents.Expansion;
using Reconciler.Journaling;
using Reconciler.Model;
using Reconciler.Reporting;

namespace Reconciler.Turns;

/// <summary>A verdict in the words of the field: sync and health apart, conditions Ready, Reconciling and Stalled.</summary>
internal static class VerdictStatus
{
    /// <param name="seen">What the looks before made of each resource; null where none was kept.</param>
    public static ApplicationStatus Of(
        ExpandedEnvironment environment, Unit unit, Verdict verdict, ApplicationStatus? before, DateTimeOffset now,
        IReadOnlyDictionary<ResourceId, SeenResource>? seen = null)
    {
        var nowhere = unit.RunsNowhere && verdict.Standing == Standing.Synced;
        var stalled = nowhere || verdict.Standing is Standing.Refused or Standing.SetAside or Standing.Held or Standing.Fenced or Standing.Unseen;
        var ready = !nowhere && verdict.Standing == Standing.Synced && verdict.Ailments.Count == 0 && verdict.Alarm is null;
        var (reason, sentence) = nowhere ? ("OnNoServer", Nowhere) : (ReasonOf(verdict), verdict.Sentence);
        Condition Condition(string type, bool status) => StatusBuilder.Condition(type, status, reason, sentence, before, now);
        return new(
            environment.Name, unit.Application, environment.Revision, unit.Refusal?.Commit ?? unit.CodeCommit, SyncOf(verdict), nowhere ? Health.Missing : HealthOf(verdict),
            [Condition("Ready", ready), Condition("Reconciling", verdict.Standing is Standing.Deferred or Standing.Failed), Condition("Stalled", stalled)],
            [.. verdict.Diff.All.Select(difference =>
                Report(environment, unit, verdict, difference, seen?.GetValueOrDefault(difference.Resource)))],
                [.. verdict.Ailments.Select(ailment => $"{ailment.Key.Server}: {ailment.Value}"), .. Alarm(verdict)], now,
            verdict.Deferral?.Sentence, verdict.Deferral?.Until)
        {
            Fault = unit.Refusal?.Why,
            RunningCommits = verdict.Live?.Commits ?? [],
            Covered = verdict.Live?.Covered,
            Flag = unit.Times is not null,
            GoOn = WaysOn.Of(environment, unit, verdict),
            Unmanaged = [.. verdict.Diff.Beside.Select(thing => new ReportedUnmanaged(
                thing.Resource.Server, thing.Resource.MarkerKey, thing.What, thing.Sentence, thing.Loud, thing.Since, thing.Advice))],
            Unseen = [.. verdict.Diff.Unknown.Select(unknown => $"{unknown.Resource.Id}: {unknown.Why}")],
        };
    }

    private const string Nowhere = "it runs nowhere: no service of its services.yaml is on a server in use";

    private static ReportedDifference Report(
        ExpandedEnvironment environment, Unit unit, Verdict verdict, Difference difference, SeenResource? seen)
    {
        var words = DriftWords.Of(environment, unit, verdict, difference, seen?.Cause);
        var report = StatusBuilder.Report(difference, seen);
        if (unit.Refusal is not null)
            report = report with
            {
                Sentence = report.Sentence.Replace("git says", "what was converged last says", StringComparison.Ordinal),
            };
        return report with { Does = words.Does, Command = words.Command };
    }

    /// <summary>
    /// An application that could not even be expanded (its commit is not run, or a secret is not to be had) and of which no state was
    /// converged that could be looked at instead: nobody knows how it is.
    /// </summary>
    public static ApplicationStatus OfFault(ExpandedEnvironment environment, string application, string why, ApplicationStatus? before, DateTimeOffset now)
    {
        Condition Condition(string type, bool status) => StatusBuilder.Condition(type, status, "Refused", why, before, now);
        return new(environment.Name, application, environment.Revision, environment.Refused.GetValueOrDefault(application)?.CodeCommit,
            SyncStatus.OutOfSync, Health.Unknown,
            [Condition("Ready", false), Condition("Reconciling", false), Condition("Stalled", true)], [], [],
            before?.Verified, null, null)
        {
            Fault = why,
        };
    }

    private static string ReasonOf(Verdict verdict) => verdict.Standing switch
    {
        Standing.Synced when verdict.Alarm is not null => "MaintenanceOverdue",
        Standing.Synced => verdict.Ailments.Count == 0 ? "Converged" : "ChecksFail",
        Standing.Incomplete => "ServersMissing",
        Standing.Deferred => $"WaitingFor{char.ToUpperInvariant(verdict.Deferral!.Gate[0])}{verdict.Deferral.Gate[1..]}",
        Standing.SetAside when verdict.Reason.StartsWith("FirstDeployFailed", StringComparison.Ordinal) => "FirstDeployFailed",
        var standing => $"{standing}",
    };

    /// <summary>Once: where it is the reason, it stands there.</summary>
    private static IEnumerable<string> Alarm(Verdict verdict) => verdict.Alarm is { } alarm && alarm != verdict.Reason ? [alarm] : [];

    private static SyncStatus SyncOf(Verdict verdict) => verdict.Diff.Unknown.Count > 0
        ? SyncStatus.Unknown
        : verdict.Diff.ByResource.Count == 0 && verdict.Standing is not (Standing.SetAside or Standing.Held or Standing.Refused)
            ? SyncStatus.Synced : SyncStatus.OutOfSync;

    private static Health HealthOf(Verdict verdict) => verdict.Standing switch
    {
        Standing.Unseen => Health.Unknown,
        Standing.Refused when verdict.Diff.Unknown.Count > 0 => Health.Unknown,
        Standing.NeverConverged or Standing.Suspended => Health.Suspended,
        // What is held before Cover goes on serving; health is what is seen, and nobody sees a hold.
        Standing.Held when verdict.Diff.Unknown.Count > 0 => Health.Unknown,
        Standing.Held when verdict.Live is null or { Covered: true } => Health.Degraded,
        Standing.Incomplete => Health.Degraded,
        _ when verdict.Ailments.Count > 0 || verdict.Alarm is not null => Health.Degraded,
        _ => Health.Healthy,
    };
}
