using Reconciler.Documents.Expansion;
using Reconciler.Model;
using Reconciler.Planning;
using Reconciler.Turns;

namespace Reconciler.Serving;

/// <summary>Takes what a turn tells as signs of its life, and passes it on.</summary>
internal sealed class LivingProgress(ITurnProgress next, LifeSigns signs, string environment) : ITurnProgress
{
    public void Planned(ExpandedEnvironment expanded, Unit unit, Plan plan)
    {
        signs.Heard(environment, TimeSpan.Zero);
        next.Planned(expanded, unit, plan);
    }

    public void PhaseBegan(Phase phase, int steps)
    {
        signs.Heard(environment, TimeSpan.Zero);
        next.PhaseBegan(phase, steps);
    }

    public void StepBegan(Step step)
    {
        signs.Heard(environment, step.Deadline + step.ProofWithin);
        next.StepBegan(step);
    }

    public void StepEnded(Step step, string how, TimeSpan took, string? detail)
    {
        signs.Heard(environment, TimeSpan.Zero);
        next.StepEnded(step, how, took, detail);
    }

    public void PhaseEnded(Phase phase, TimeSpan took)
    {
        signs.Heard(environment, TimeSpan.Zero);
        next.PhaseEnded(phase, took);
    }

    public void Failed(ExpandedEnvironment expanded, Unit unit, string sentence)
    {
        signs.Heard(environment, TimeSpan.Zero);
        next.Failed(expanded, unit, sentence);
    }

    public void Uncovered(ExpandedEnvironment expanded, Unit unit, TimeSpan covered)
    {
        signs.Heard(environment, TimeSpan.Zero);
        next.Uncovered(expanded, unit, covered);
    }

    public void Converged(ExpandedEnvironment expanded, Unit unit, TimeSpan took, TimeSpan? covered)
    {
        signs.Heard(environment, TimeSpan.Zero);
        next.Converged(expanded, unit, took, covered);
    }
}
