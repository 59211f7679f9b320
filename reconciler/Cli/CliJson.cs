using System.Text.Json.Serialization;
using Reconciler.Reporting;
using Reconciler.Turns;

namespace Reconciler.Cli;

internal enum OutputFormat
{
    Text,
    Json,

    /// <summary>Of <c>drift</c> alone.</summary>
    Markdown,

    /// <summary>Of <c>drift</c> alone: one page.</summary>
    Html,
}

/// <summary>A plan in JSON; stable.</summary>
internal sealed record PlanReport(
    string Environment, string Application, string Revision, string? Commit, string Standing, string Reason, bool Interim,
    IReadOnlyList<ReportedDifference> Differences, IReadOnlyList<ReportedStep> Steps, IReadOnlyList<string> Later,
    IReadOnlyList<ReportedSkip> Skipped, IReadOnlyList<ReportedRefusal> Refusals, IReadOnlyList<ReportedUnknown> Unknown,
    IReadOnlyList<string> Ailments)
{
    /// <summary>How a person goes on, where one has to.</summary>
    public IReadOnlyList<WayOn> GoOn { get; init; } = [];

    public static PlanReport Of(UnitVerdict verdict)
    {
        var plan = verdict.Verdict.Plan;
        return new(plan.Environment, plan.Application, verdict.Environment.Revision, verdict.Unit.CodeCommit,
            $"{verdict.Verdict.Standing}", verdict.Verdict.Reason, plan.IsInterim,
            StatusBuilder.Report(plan.Differences),
            [.. plan.Steps.Select(step => new ReportedStep(
                $"{step.Phase}", step.Resource.Server, $"{step.Resource.Application}/{step.Resource.Kind}/{step.Resource.Name}", step.Summary, step.Because)
                { Batch = step.Batch > 0 ? step.Batch : null, Part = step.Batch > 0 ? $"{step.Part}" : null })],
            [.. plan.Later.Select(phase => $"{phase}")],
            [.. plan.Skipped.Select(skip => new ReportedSkip($"{skip.Phase}", skip.Why))],
            [.. plan.Refusals.Select(refusal => new ReportedRefusal($"{refusal.Resource}", refusal.Sentence, refusal.Refusal!))],
            [.. plan.Unknown.Select(unknown => new ReportedUnknown($"{unknown.Resource.Id}", unknown.Why))],
            [.. verdict.Verdict.Ailments.Select(ailment => $"{ailment.Key.Server}: {ailment.Value}")])
        {
            GoOn = WaysOn.Of(verdict.Environment, verdict.Unit, verdict.Verdict),
        };
    }
}

/// <summary>What <c>retry</c> left in the ledger, in JSON.</summary>
/// <param name="TakenBy">The controller that was at work then.</param>
internal sealed record AskedReport(long Request, string Environment, string? Application, string TakenBy);

/// <summary>What a command did to the ledger itself, since no watch was at work.</summary>
internal sealed record DoneReport(string Did, string Environment, string? Application, string Sentence);

internal sealed record ReportedStep(string Phase, string Server, string Resource, string Summary, string? Because)
{
    /// <summary>Of a rolling plan, from 1; the last number comes after all batches. Null for what comes before the first.</summary>
    public int? Batch { get; init; }

    public string? Part { get; init; }
}

internal sealed record ReportedSkip(string Phase, string Why);

internal sealed record ReportedRefusal(string Resource, string Sentence, string Fix);

internal sealed record ReportedUnknown(string Resource, string Why);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(TakeoverReport))]
[JsonSerializable(typeof(DiagnosticReport[]))]
[JsonSerializable(typeof(PlanReport[]))]
[JsonSerializable(typeof(AskedReport))]
[JsonSerializable(typeof(DoneReport))]
[JsonSerializable(typeof(ServiceLog[]))]
[JsonSerializable(typeof(BreachReport))]
internal sealed partial class CliJson : JsonSerializerContext;
