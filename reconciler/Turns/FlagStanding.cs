using Reconciler.Documents.Expansion;

namespace Reconciler.Turns;

/// <summary>What the maintenance flag adds to where a unit stands: it waits for its time, or goes on longer than it should.</summary>
internal static class FlagStanding
{
    public static Verdict Of(ExpandedEnvironment environment, Unit unit, Verdict verdict, DateTimeOffset now)
    {
        if (unit.Begins is { } begins && verdict is { Standing: Standing.Synced or Standing.Drifted, Deferral: null })
        {
            var because = unit.BeginsBecause is { } why ? $": {why}" : "";
            var sentence = $"the maintenance flag covers at {begins.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}{because}";
            verdict = verdict with { Deferral = new("notice", sentence, begins) };
            return verdict.Standing == Standing.Drifted ? verdict : verdict with { Standing = Standing.Deferred, Reason = sentence };
        }
        if (!unit.Flag || unit.Times?.EndsAt is not { } ends || ends > now)
            return verdict;
        var alarm = $"maintenance was to end at {ends.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}, and the flag is still on: take it back in "
            + $"{environment.Name}/{unit.Application}/maintenance.yaml, or move `endsAt`";
        return verdict with { Alarm = alarm, Reason = verdict.Standing == Standing.Synced ? alarm : verdict.Reason };
    }
}
