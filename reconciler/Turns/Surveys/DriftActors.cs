using Reconciler.Reporting;

namespace Reconciler.Turns.Surveys;

/// <summary>Who is likely to have changed something: whoever was at work there between the look that found it right and the one that did
/// not.</summary>
internal static class DriftActors
{
    /// <summary>The server's clock and ours are two.</summary>
    public static TimeSpan Margin { get; } = TimeSpan.FromSeconds(30);

    private const int Most = 8;

    /// <summary>What git moved, nobody did on the server; and of what never was as git said nobody knows when.</summary>
    public static bool AreAskedFor(DriftedThing thing) =>
        thing is { Cause: "corrective" or "both", Since: not null, LastSynced: not null };

    /// <returns>The newest first; null where nobody could be asked.</returns>
    public static IReadOnlyList<DriftActor>? Of(DriftedThing thing, IReadOnlyDictionary<string, SurveyFacts> facts)
    {
        var asked = thing.Servers.Where(facts.ContainsKey).ToList();
        if (!AreAskedFor(thing) || asked.Count == 0)
            return null;
        var (from, to) = (thing.LastSynced - Margin, thing.Since + Margin);
        return
        [
            .. asked.SelectMany(server => facts[server].Doings.Where(doing => doing.At >= from && doing.At <= to)
                    .Select(doing => new DriftActor(server, doing.At, doing.User, doing.What)))
                .OrderByDescending(actor => actor.At).ThenBy(actor => actor.Server, StringComparer.Ordinal).Take(Most),
        ];
    }
}
