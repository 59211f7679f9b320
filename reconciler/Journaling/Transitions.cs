using Reconciler.Model;

namespace Reconciler.Journaling;

/// <summary>What may follow what in the journal. An illegal transition is an error here, not a surprise later.</summary>
internal static class Transitions
{
    private static readonly Dictionary<RunState, RunState[]> OfRuns = new()
    {
        [RunState.Running] = [RunState.Waiting, RunState.Held, RunState.Succeeded, RunState.Incomplete, RunState.Failed, RunState.RolledBack, RunState.Withdrawn, RunState.Superseded],
        [RunState.Waiting] = [RunState.Running, RunState.Held, RunState.Failed, RunState.Withdrawn, RunState.Superseded],
        // Held goes on (a person's retry), or gives way.
        [RunState.Held] = [RunState.Running, RunState.Failed, RunState.RolledBack, RunState.Withdrawn, RunState.Superseded],
    };

    private static readonly Dictionary<StepState, StepState[]> OfSteps = new()
    {
        [StepState.Intended] = [StepState.Received, StepState.NotStarted, StepState.Lost],
        [StepState.Received] = [StepState.Verified, StepState.Failed],
    };

    /// <summary>An attempt may be followed by another only when it is proven finished or proven not started.</summary>
    private static readonly StepState[] Repeatable = [StepState.Received, StepState.Failed, StepState.NotStarted];

    /// <summary>The run acts, waits or is held: a controller that starts must settle it.</summary>
    public static bool IsOpen(RunState state) => OfRuns.ContainsKey(state);

    public static bool IsOpen(StepState state) => state == StepState.Intended;

    /// <exception cref="IllegalTransitionException"/>
    public static void Check(string run, RunState from, RunState to)
    {
        if (!OfRuns.TryGetValue(from, out var next) || !next.Contains(to))
            throw new IllegalTransitionException($"Run {run} is {from} and cannot become {to}.");
    }

    /// <exception cref="IllegalTransitionException">
    /// What may still be happening must be settled first. Success is what an observation says, so a step that failed may have been made good
    /// by another; but one whose effect nobody looked at, or ever can, leaves it open. Whether the page is away, and what was only tidied, any look says.
    /// </exception>
    public static void CheckEnd(string run, RunState to, IReadOnlyList<StepRecord> steps)
    {
        if (steps.FirstOrDefault(step => IsOpen(step.State)) is { } open)
            throw new IllegalTransitionException($"Run {run} cannot become {to}: step {open.Operation} has an intent and no end.");
        var last = steps.GroupBy(step => step.Operation.Step).Select(attempts => attempts.MaxBy(step => step.Operation.Attempt)!);
        if (to == RunState.Succeeded && last.FirstOrDefault(step => step is { State: StepState.Received } or { State: StepState.Lost, Phase: < Phase.Uncover }) is { } unproven)
            throw new IllegalTransitionException($"Run {run} cannot succeed: step {unproven.Operation} is {unproven.State}.");
    }

    /// <exception cref="IllegalTransitionException"/>
    public static void Check(OperationId operation, StepState from, StepState to)
    {
        if (!OfSteps.TryGetValue(from, out var next) || !next.Contains(to))
            throw new IllegalTransitionException($"Step {operation} is {from} and cannot become {to}.");
    }

    /// <exception cref="IllegalTransitionException">The last attempt may still be running, or was good.</exception>
    public static void CheckRepeat(OperationId last, StepState state)
    {
        if (!Repeatable.Contains(state))
            throw new IllegalTransitionException($"Step {last} is {state} and cannot be attempted again.");
    }

    /// <exception cref="IllegalTransitionException">A run that acts nowhere cannot intend; only a running one can.</exception>
    public static void CheckActs(string run, RunState state)
    {
        if (state != RunState.Running)
            throw new IllegalTransitionException($"Run {run} is {state}: no step of it may be sent.");
    }
}
