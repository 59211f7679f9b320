using Reconciler.Model;

namespace Reconciler.Converging;

/// <summary>Told what happens while a plan runs: which phase, which server, how long.</summary>
internal interface IConvergeProgress
{
    void PhaseBegan(Phase phase, int steps);

    void StepBegan(Step step);

    /// <param name="how"><c>done</c>, <c>already so</c>, <c>failed</c>; and before it has ended <c>again</c>, and each minute <c>goes on</c>.</param>
    void StepEnded(Step step, string how, TimeSpan took, string? detail);

    void PhaseEnded(Phase phase, TimeSpan took);
}
