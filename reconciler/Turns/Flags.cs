using Reconciler.Documents.Contracts;
using Reconciler.Documents.Expansion;
using Reconciler.Journaling;
using Reconciler.Model;
using Reconciler.Resources.Maintenance;

namespace Reconciler.Turns;

/// <summary>
/// When each maintenance flag covers (A2). Judged once, in the first turn that sees it, and kept in the ledger: so a controller that is
/// started again
/// promises the same time. Before that time the flag is a notice, from then on a cover.
/// </summary>
/// <param name="writer">Null when nothing may be changed.</param>
internal sealed class Flags(ILedgerReader ledger, ILedger? writer, TimeProvider clock)
{
    /// <param name="keeps">False for a dry run: what would be judged, and nothing is kept.</param>
    public ExpandedEnvironment Judge(ExpandedEnvironment environment, bool keeps)
    {
        var units = environment.Units.Select(unit => Judged(environment, unit, keeps ? writer : null)).ToList();
        var covers = units.SelectMany(unit => unit.Resources).Where(resource => resource.Spec is MaintenanceSpec)
            .ToDictionary(resource => resource.Id);
        return environment with
        {
            Units = [.. units.Select(unit =>
                unit with { Borrowed = [.. unit.Borrowed.Select(resource => covers.GetValueOrDefault(resource.Id) ?? resource)] })],
        };
    }

    private Unit Judged(ExpandedEnvironment environment, Unit unit, ILedger? keeper)
    {
        var now = clock.GetUtcNow();
        if (unit.Times is not { } times)
        {
            if (ledger.FlagOf(environment.Name, unit.Application) is not null)
                keeper?.ForgetFlag(environment.Name, unit.Application);
            return unit;
        }
        var (begins, why) = IsTold(environment, unit) ? JudgedTime(environment, unit, times, keeper, now) : (now, null);
        return begins > now
            ? With(unit, spec => spec with { Enabled = false, Begins = begins }) with { Flag = false, Begins = begins, BeginsBecause = why }
            : With(unit, spec => spec with { RetryAfter = RetryAfter(spec, times, now) });
    }

    /// <summary>Nobody is warned of the first deploy, nor where the profile says so, nor when a person waived it for this commit.</summary>
    private bool IsTold(ExpandedEnvironment environment, Unit unit) =>
        ledger.LastConverged(environment.Name, unit.Application) is not null
        && !environment.Policy.Skip.ContainsKey(Phase.Announce) && !environment.Policy.Skip.ContainsKey(Phase.Wait)
        && !unit.Acknowledged.Contains("notice");

    private (DateTimeOffset Begins, string? Why) JudgedTime(
        ExpandedEnvironment environment, Unit unit, FlagTimes times, ILedger? keeper, DateTimeOffset now)
    {
        // What has begun is not put off by another time; a time that is still to come may be moved.
        if (ledger.FlagOf(environment.Name, unit.Application) is { } known && (known.AskedFor == times.StartsAt || known.StartsAt <= now))
            return (known.StartsAt, known.Why);
        var notice = environment.Policy.Notice;
        var soonest = ledger.AnnouncementFor(environment.Name, unit.Application) is { } promised && promised.StartsAt > now
            ? promised.StartsAt : now + notice;
        var (begins, why) = times.StartsAt switch
        {
            null => (soonest, null),
            { } asked when asked <= now =>
                (soonest, $"git asks for {asked.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}, which was past when the commit came"),
            { } asked when asked < now + notice && asked < soonest =>
                (soonest, $"git asks for {asked.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}, which left less than the notice of {DurationConverter.Format(notice)}"),
            { } asked => (asked, (string?)null),
        };
        keeper?.KeepFlag(environment.Name, unit.Application, times.StartsAt, begins, why);
        return (begins, why);
    }

    /// <summary>Until it should be over; when that is past or not said, soon.</summary>
    private static int RetryAfter(MaintenanceSpec spec, FlagTimes times, DateTimeOffset now) =>
        times.EndsAt is { } ends && ends > now ? Math.Max(spec.RetryAfter, (int)Math.Min((ends - now).TotalSeconds, int.MaxValue))
            : spec.RetryAfter;

    private static Unit With(Unit unit, Func<MaintenanceSpec, MaintenanceSpec> change) => unit with
    {
        Resources = [.. unit.Resources.Select(resource =>
            resource.Spec is MaintenanceSpec spec ? resource with { Spec = change(spec) } : resource)],
    };
}
