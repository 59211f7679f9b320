using Reconciler.Reporting;
using Reconciler.Watching;

namespace Reconciler.Cli;

/// <summary>A look at the desired-state repository, in the reporter's words.</summary>
internal static class Looks
{
    /// <param name="before">What was kept of the look before: trouble keeps its beginning.</param>
    public static RepositoryStatus Of(DesiredStateLook look, RepositoryStatus? before, DateTimeOffset now)
    {
        var since = look.Trouble is null ? (DateTimeOffset?)null
            : before?.Trouble is not null && before.Refused == look.Refused ? before.Since : now;
        return new(look.Revision, look.Refused, look.Trouble, since, [.. look.Diagnostics.Select(DiagnosticReport.Of)], now)
        {
            RetriesAt = look.RetriesAt,
            AheadOfOrigin = look.Ahead is { } ahead ? new(ahead.Commit, ahead.By, ahead.Since, ahead.Push, ahead.Sentence) : null,
        };
    }
}
