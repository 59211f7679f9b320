using System.Text.Json;
using Reconciler.Journaling;
using Reconciler.Model;

namespace Reconciler.Turns;

/// <summary>A person's <c>hold</c>, taken by the run that it is about before its next phase.</summary>
internal static class RunHold
{
    // How the reason of a run begins that a person held: one that acted, and one that waited.
    private const string Word = "held before";
    private const string WhileWaiting = "held by";

    /// <summary>A person stopped it; nothing failed.</summary>
    public static bool IsPersons(string reason) =>
        reason.StartsWith(Word, StringComparison.Ordinal) || reason.StartsWith(WhileWaiting, StringComparison.Ordinal);

    public static Request? AskedOf(ILedgerReader ledger, string environment, string application) => ledger.OpenRequests().FirstOrDefault(
        request => request.Kind == NewRequest.Hold && request.Environment == environment && request.Application == application);

    /// <summary>Nothing was stopped, and nothing is left that a new run would have to finish.</summary>
    public static bool IsBeforeCover(Run held) => held.Phase is null or <= Phase.Wait;

    /// <summary>What becomes of a notice while what it tells of is held before Cover; empty when users were told nothing.</summary>
    public static string Notice(ILedgerReader ledger, string environment, string application) =>
        ledger.AnnouncementFor(environment, application) is null ? ""
            : " The notice is taken down, for nothing is to come; what goes on is announced anew.";

    /// <summary>Answers whoever asked.</summary>
    /// <returns>Why the run is held, for everybody.</returns>
    public static string Take(ILedger ledger, string environment, string application, string run, Phase before)
    {
        var asked = AskedOf(ledger, environment, application);
        if (asked is not null && ledger.TakeRequest(asked.Id))
            ledger.CloseRequest(asked.Id, $"run {run} of {application} is held before {before}");
        var left = before > Phase.Cover ? "What is stopped stays stopped, and a page that is on stays on."
            : $"Nothing was stopped.{Notice(ledger, environment, application)}";
        return $"{Word} {before} by {asked?.By ?? "a person"}: {ReasonOf(asked) ?? "no reason given"}. {left} "
            + $"It goes on with a newer desired state, or with {Advice.Again(environment, application)}.";
    }

    private static string? ReasonOf(Request? asked)
    {
        if (asked is null)
            return null;
        using var arguments = JsonDocument.Parse(asked.Arguments);
        return arguments.RootElement.TryGetProperty("reason", out var reason) ? reason.GetString() : null;
    }
}
