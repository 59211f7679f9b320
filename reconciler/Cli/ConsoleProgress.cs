using Reconciler.Documents.Expansion;
using Reconciler.Model;
using Reconciler.Planning;
using Reconciler.Reporting;
using Reconciler.Turns;

namespace Reconciler.Cli;

/// <summary>The running commentary on stderr: which phase, which server, how long. Lines only, so that a log file reads the same.</summary>
internal sealed class ConsoleProgress(TextWriter writer, TimeProvider clock, string environment) : ITurnProgress
{
    private readonly Lock _gate = new();

    public void Planned(ExpandedEnvironment expanded, Unit unit, Plan plan)
    {
        lock (_gate)
            new PlanText(writer).Write(plan, $"{Now} {environment}/{unit.Application}: revision {expanded.Revision[..12]}"
                + (unit.CodeCommit is null ? "" : $", code {unit.CodeCommit[..12]}")
                + (plan.IsInterim ? $", first {plan.Steps[0].Phase}" : ""));
    }

    public void PhaseBegan(Phase phase, int steps) => Line($"{phase}");

    public void StepBegan(Step step)
    {
    }

    public void StepEnded(Step step, string how, TimeSpan took, string? detail)
    {
        Line($"  {step.Resource.Server,-10} {how,-10} {took.TotalSeconds,6:0.00} s  {step.Summary}");
        if (detail is not null)
            foreach (var line in detail.Split('\n'))
                Line($"    | {line}");
    }

    public void PhaseEnded(Phase phase, TimeSpan took)
    {
    }

    public void Uncovered(ExpandedEnvironment expanded, Unit unit, TimeSpan covered) => Line($"covered for {covered.TotalSeconds:0.0} s");

    public void Failed(ExpandedEnvironment expanded, Unit unit, string sentence)
    {
        // What the step printed has been shown with the step.
        Line($"! {sentence.Split('\n')[0]}");
    }

    public void Converged(ExpandedEnvironment expanded, Unit unit, TimeSpan took, TimeSpan? covered) =>
        Line($"{unit.Application} converged in {took.TotalSeconds:0.0} s");

    private string Now => clock.GetUtcNow().ToString("HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);

    private void Line(string text)
    {
        lock (_gate)
            writer.WriteLine($"{Now} {environment}: {Printable.Line(text)}");
    }
}
