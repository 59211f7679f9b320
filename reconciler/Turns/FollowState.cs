using Reconciler.Journaling;

namespace Reconciler.Turns;

/// <summary>What the ledger remembers of an application that is followed.</summary>
internal static class FollowState
{
    /// <returns>Null where nothing is followed.</returns>
    public static string? Of(ILedgerReader ledger, string environment, string application) =>
        ledger.Told($"follow {environment}/{application}") is { Length: > 0 } said ? said : null;

    /// <summary>For status.</summary>
    public static void Say(ILedger ledger, string environment, string application, string sentence)
    {
        if (ledger.Told($"follow {environment}/{application}") != sentence)
            ledger.KeepTold($"follow {environment}/{application}", sentence);
    }

    /// <summary>A person's commit moved what is followed: it stops there, unless somebody said `resume` since.</summary>
    /// <returns>Whether it stands still.</returns>
    public static bool StopsAt(ILedger ledger, string environment, string application, string commit)
    {
        if (ledger.Told($"follow-resumed {environment}/{application}") == commit)
            return false;
        if (ledger.Told($"follow-stopped {environment}/{application}") != commit)
            ledger.KeepTold($"follow-stopped {environment}/{application}", commit);
        return true;
    }

    /// <summary>A person's word: from the commit on that stopped it.</summary>
    /// <returns>False when nothing had stopped it.</returns>
    public static bool Resume(ILedger ledger, string environment, string application)
    {
        if (ledger.Told($"follow-stopped {environment}/{application}") is not { Length: > 0 } commit
            || ledger.Told($"follow-resumed {environment}/{application}") == commit)
            return false;
        ledger.KeepTold($"follow-resumed {environment}/{application}", commit);
        return true;
    }

    /// <summary>The commit that was last proposed by a pull request.</summary>
    public static string? Proposed(ILedger ledger, string environment, string application) => ledger.Told($"follow-proposed {environment}/{application}");

    public static void KeepProposed(ILedger ledger, string environment, string application, string commit) =>
        ledger.KeepTold($"follow-proposed {environment}/{application}", commit);
}
