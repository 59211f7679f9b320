using Reconciler.Converging;
using Reconciler.Diffing;
using Reconciler.Documents.Expansion;

namespace Reconciler.Turns;

/// <summary>Whether a failure is a server's that does not answer any more, rather than the desired state's.</summary>
internal static class LostServer
{
    /// <param name="after">The look after the failure.</param>
    /// <returns>The server of the step that failed, of which nothing can be seen any more; null when it is not that.</returns>
    public static string? Of(Unit unit, ConvergeOutcome.Failed failure, Diff after)
    {
        var lost = AllOf(unit, after);
        var server = failure.Step.Resource.Server;
        return lost.Contains(server) ? server
            // Every step succeeded, and all that is not as it should be is what cannot be seen.
            : failure.Done.Contains(failure.Step) && after.ByResource.Count == 0 && lost is [var first, ..] ? first
            : null;
    }

    /// <returns>Those of which nothing can be seen.</returns>
    public static IReadOnlyList<string> AllOf(Unit unit, Diff after)
    {
        var unseen = after.Unknown.Select(unknown => unknown.Resource.Id).ToHashSet();
        return [.. unit.Resources.GroupBy(resource => resource.Id.Server)
            .Where(server => server.All(resource => unseen.Contains(resource.Id))).Select(server => server.Key)];
    }
}
