using Reconciler.Documents.Expansion;
using Reconciler.Model;
using Plan = Reconciler.Planning.Plan;
using Reconciler.Turns;

namespace Reconciler.Benchmarks;

/// <summary>Nothing is to be done in a benchmark of looks: a plan with steps is a fault.</summary>
internal sealed class Quiet : ITurnProgress
{
    public void Planned(ExpandedEnvironment environment, Unit unit, Plan plan) => throw new InvalidOperationException($"{unit.Application}: {plan.Steps.Count} steps were planned");

    public void Failed(ExpandedEnvironment environment, Unit unit, string sentence)
    {
    }

    public void Uncovered(ExpandedEnvironment environment, Unit unit, TimeSpan covered)
    {
    }

    public void Converged(ExpandedEnvironment environment, Unit unit, TimeSpan took, TimeSpan? covered)
    {
    }

    public void PhaseBegan(Phase phase, int steps)
    {
    }

    public void PhaseEnded(Phase phase, TimeSpan took)
    {
    }

    public void StepBegan(Step step)
    {
    }

    public void StepEnded(Step step, string how, TimeSpan took, string? detail)
    {
    }
}
