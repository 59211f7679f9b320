using Reconciler.Documents.Expansion;
using Reconciler.Model;
using Reconciler.Observing;
using Reconciler.Reporting;

namespace Reconciler.Turns;

/// <summary>
/// What can be said of an environment while one of its servers takes long to answer: a server that takes half a minute keeps nobody from being told of the others. It
/// is only said: what is done is decided when all have answered.
/// </summary>
/// <param name="looking">That only looks.</param>
internal sealed class EarlyVerdicts(UnitTurn looking, StatusReporter reporting, DriftMemory memory)
{
    /// <param name="soFar">With what was seen the time before of those that have not answered.</param>
    /// <param name="before">As <see cref="QuietTurns.VerifiedBefore"/> has it.</param>
    public async Task SaveAsync(ExpandedEnvironment desired, Observed soFar, IReadOnlyDictionary<ResourceId, DateTimeOffset> before,
        ITurnProgress progress, CancellationToken cancellation)
    {
        foreach (var unit in desired.Units.Where(unit => unit.Refusal is null))
        {
            var last = reporting.Before(desired.Name, unit.Application);
            // A controller that has just begun: that nothing was seen yet is no news.
            if (last is not null && unit.Resources.Any(resource => soFar.Awaited.Contains(resource.Id.Server)))
                continue;
            var verdict = await looking.RunAsync(desired, unit, soFar, TurnOptions.Plan, progress, cancellation);
            if (verdict.Standing == Standing.Planned)
                verdict = verdict with { Reason = "not all servers have answered yet; then it is decided what is done" };
            reporting.Save(VerdictStatus.Of(desired, unit, verdict, last, reporting.Now, memory.Note(desired, unit, soFar, before)));
        }
    }
}
