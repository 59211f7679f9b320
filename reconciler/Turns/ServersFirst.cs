using Reconciler.Documents.Expansion;
using Reconciler.Model;
using Reconciler.Observing;

namespace Reconciler.Turns;

/// <summary>Applications wait for their servers: for a turn of theirs that has not come through, and for a database that is gone.</summary>
internal static class ServersFirst
{
    private const string First = "the servers themselves come first: ";

    /// <summary>
    /// The turn of the applications, after that of the servers. They are looked at all the same: else status would tell what was true
    /// before.
    /// </summary>
    public static TurnOptions After(Verdict host, ExpandedEnvironment desired, TurnOptions options) =>
        host.Standing is Standing.Synced or Standing.Drifted or Standing.Incomplete || (host.Standing == Standing.Suspended && host.Diff.IsEmpty)
            ? options
            : options with { Hindrance = First + ReasonOf(host, desired, options), WaitsForServers = true, MayMend = LeavesServersWell(host) };

    /// <summary>A window, a notice, an edit that a person has to judge, a change that was gone back from: none of them took anything from what runs.</summary>
    private static bool LeavesServersWell(Verdict host) => host.Standing is Standing.Deferred or Standing.Refused or Standing.SetAside && host.Diff.Unknown.Count == 0;


    /// <summary>Drift of a database may be only reported; whoever needs that database could do nothing but fail.</summary>
    public static TurnOptions For(Unit unit, ExpandedEnvironment desired, Observed observed, TurnOptions options)
    {
        if ((options.Hindrance is not null && !options.WaitsForServers) || AilingDatabase(unit, observed) is not var (database, ailment))
            return options;
        return options with
        {
            Hindrance = options.Hindrance
                ?? $"{First}on {database.Server} {ailment}; `reconciler status {desired.Name}` says under {ResourceId.Host} what to do",
            WaitsForServers = true,
            MayMend = false,
            MayCover = true,
        };
    }

    private static (ResourceId Database, string Ailment)? AilingDatabase(Unit unit, Observed observed) => unit.Borrowed
        .Where(resource => resource.Id.Kind == "Database")
        .Select(resource => (resource.Id, observed.Resources.GetValueOrDefault(resource.Id)?.FactsOf<ResourceFacts>()?.Ailment))
        .Where(entry => entry.Ailment is not null)
        .Select(entry => ((ResourceId, string)?)(entry.Id, entry.Ailment!))
        .FirstOrDefault();

    private static string ReasonOf(Verdict host, ExpandedEnvironment desired, TurnOptions options) =>
        options.LeavesOthers && host.Standing == Standing.Planned
            ? $"`reconciler plan {desired.Name} {ResourceId.Host}` says what they lack; converge {ResourceId.Host}, or {desired.Name} as "
                + "a whole"
            : host.Reason;
}
