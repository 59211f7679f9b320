using System.Text.Json;
using Reconciler.Journaling;
using Reconciler.Model;

namespace Reconciler.Turns;

/// <summary>A person's <c>hold</c>, taken by the run that it is about before its next phase.</summary>
internal static class RunHold
{
    /// <summary>How the reason of a run begins that a person held.</summary>
    public const string Word = "held before";

    public static Request? AskedOf(ILedgerReader ledger, string environment, string application) => ledger.OpenRequests().FirstOrDefault(
        request => request.Kind == NewRequest.Hold && request.Environment == environment && request.Application == application);

    /// <summary>Answers whoever asked.</summary>
    /// <returns>Why the run is held, for everybody.</returns>
    public static string Take(ILedger ledger, string environment, string application, string run, Phase before)
    {
        var asked = AskedOf(ledger, environment, application);
        if (asked is not null && ledger.TakeRequest(asked.Id))
            ledger.CloseRequest(asked.Id, $"run {run} of {application} is held before {before}");
        var left = before > Phase.Cover ? "What is stopped stays stopped, and a page that is on stays on" : "Nothing was stopped";
        return $"{Word} {before} by {asked?.By ?? "a person"}: {ReasonOf(asked) ?? "no reason given"}. {left}. "
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
