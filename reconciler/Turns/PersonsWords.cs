using Reconciler.Documents.Expansion;
using Reconciler.Journaling;

namespace Reconciler.Turns;

/// <summary>
/// A person's word (<c>retry</c>, <c>converge</c>) lasts until the run that it began is over: over the turns that a notice, a window or a
/// flag takes, and over a controller that is started again. It is about one desired state: with a newer one it lapses.
/// </summary>
internal static class PersonsWords
{
    /// <summary>The turn as it was asked for, with what was asked for before and is not over yet.</summary>
    public static TurnOptions Of(ILedgerReader ledger, string environment, Unit unit, TurnOptions options)
    {
        if (ledger.WordOf(environment, unit.Application) is not { } kept || kept.Digest != unit.Digest)
            return options;
        return options.ByPerson
            ? options with { HealAll = options.HealAll || kept.HealAll }
            : options with { ByPerson = true, HealAll = kept.HealAll, By = kept.By, IsKept = true };
    }

    public static void Keep(ILedger ledger, string environment, Unit unit, TurnOptions options)
    {
        if (options is { ByPerson: true, IsKept: false })
            ledger.KeepWord(new(environment, unit.Application, unit.Digest, options.By, options.HealAll));
    }

    /// <summary>What waits, or is tried again by itself, goes on with it; what could only not be looked at now leaves it as it is.</summary>
    public static void After(ILedger ledger, string environment, Unit unit, TurnOptions options, Standing standing)
    {
        if (standing is Standing.Deferred or Standing.Failed)
            Keep(ledger, environment, unit, options);
        if (ledger.WordOf(environment, unit.Application) is { } kept && (kept.Digest != unit.Digest || IsOver(standing)))
            ledger.ForgetWord(environment, unit.Application);
    }

    private static bool IsOver(Standing standing) =>
        standing is Standing.Synced or Standing.Drifted or Standing.Refused or Standing.SetAside or Standing.Held or Standing.Fenced;
}
