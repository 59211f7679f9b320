namespace Reconciler.Remote;

/// <summary>What goes with every changing request, so that it takes effect once and only from the controller in charge.</summary>
/// <param name="Operation"><c>run.step.attempt</c>: letters, digits, <c>. _ -</c>, at most 120.</param>
/// <param name="Ledger">Id of the ledger whose controller asks; the first one that a server sees is the only one that it obeys.</param>
/// <param name="Fence">The controller's fencing number; a lower one than the highest seen is refused.</param>
/// <param name="Deadline">The runner ends the step's process group after this time. Whole seconds.</param>
internal sealed record RunnerEnvelope(string Operation, string Ledger, long Fence, TimeSpan Deadline)
{
    /// <summary>How long the step of another operation that still runs may be waited for.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(30);
}

/// <summary>A fragment that looks whether a step's effect is there, as in <see cref="Model.Step.Proof"/>.</summary>
/// <param name="SkipWhenProven">When it holds before the step, the step is not sent.</param>
/// <param name="Within">How long after the step it may take to come true.</param>
internal sealed record StepProof(string Fragment, bool SkipWhenProven, TimeSpan Within)
{
    /// <summary>The proof of a step, or null when it has none.</summary>
    public static StepProof? Of(Model.Step step) => step.Proof is null ? null : new(step.Proof, step.SkipWhenProven, step.ProofWithin);
}
