using Reconciler.Documents.Expansion;
using Reconciler.Journaling;

namespace Reconciler.Turns;

/// <summary>What lies over a verdict, whatever it is: a hold, a suspension.</summary>
internal static class Overlays
{
    /// <summary>
    /// A hold outlasts whatever became of a newer desired state until that one was brought about: who holds, why, and what the newer one met.
    /// </summary>
    public static Verdict Under(Run held, Unit unit, Verdict verdict)
    {
        var reason = (held.Reason ?? "held").Split('\n', 2);
        var now = held.Digest == unit.Digest && verdict.Standing is Standing.Held ? "" : $" What git says now: {verdict.Reason}";
        return verdict with
        {
            Standing = Standing.Held,
            Run = held.Id,
            Reason = string.Join('\n', [$"{reason[0]} Held by run {held.Id}, begun {held.StartedAt:yyyy-MM-ddTHH:mm:ssZ}.{now}", .. reason[1..]]),
        };
    }

    /// <summary>What is suspended is looked at, and not even mended.</summary>
    public static Verdict Under(Suspension suspension, Verdict verdict)
    {
        var left = verdict.Diff.All.Count() is var count and > 0 ? $" {count} difference(s) from git are left as they are." : "";
        var end = suspension.Until is null ? " until" : ", until then or until";
        var sentence = $"{suspension}. Nothing is changed here{end} `{suspension.Lift}`.{left}";
        return verdict with
        {
            Standing = Standing.Suspended,
            Reason = sentence,
            Suspension = suspension,
            Deferral = suspension.Until is { } until ? new("suspended", sentence, until) : null,
        };
    }
}
