using System.Text.Json.Serialization;
using Reconciler.Model;
using Reconciler.Reporting;

namespace Reconciler.Cli;

internal enum OutputFormat
{
    Text,
    Json,
}

/// <summary>A diagnostic in JSON.</summary>
internal sealed record DiagnosticReport(string Severity, string Code, string File, int Line, int Column, string What, string Fix)
{
    public static DiagnosticReport Of(Diagnostic diagnostic) => new($"{diagnostic.Severity}".ToLowerInvariant(), diagnostic.Code,
        diagnostic.Place.File, diagnostic.Place.Line, diagnostic.Place.Column, diagnostic.What, diagnostic.Fix);
}

/// <summary>A plan in JSON; stable.</summary>
internal sealed record PlanReport(
    string Environment, string Application, string Revision, string? Commit, string Standing, string Reason, bool Interim,
    IReadOnlyList<ReportedDifference> Differences, IReadOnlyList<ReportedStep> Steps, IReadOnlyList<string> Later,
    IReadOnlyList<ReportedSkip> Skipped, IReadOnlyList<ReportedRefusal> Refusals, IReadOnlyList<ReportedUnknown> Unknown, IReadOnlyList<string> Ailments)
{
    public static PlanReport Of(UnitVerdict verdict)
    {
        var plan = verdict.Verdict.Plan;
        return new(plan.Environment, plan.Application, verdict.Environment.Revision, verdict.Unit.CodeCommit, $"{verdict.Verdict.Standing}", verdict.Verdict.Reason, plan.IsInterim,
            StatusBuilder.Report(plan.Differences),
            [.. plan.Steps.Select(step => new ReportedStep($"{step.Phase}", step.Resource.Server, $"{step.Resource.Application}/{step.Resource.Kind}/{step.Resource.Name}", step.Summary, step.Because))],
            [.. plan.Later.Select(phase => $"{phase}")],
            [.. plan.Skipped.Select(skip => new ReportedSkip($"{skip.Phase}", skip.Why))],
            [.. plan.Refusals.Select(refusal => new ReportedRefusal($"{refusal.Resource}", refusal.Sentence, refusal.Refusal!))],
            [.. plan.Unknown.Select(unknown => new ReportedUnknown($"{unknown.Resource.Id}", unknown.Why))],
            [.. verdict.Verdict.Ailments.Select(ailment => $"{ailment.Key.Server}: {ailment.Value}")]);
    }
}

internal sealed record ReportedStep(string Phase, string Server, string Resource, string Summary, string? Because);

internal sealed record ReportedSkip(string Phase, string Why);

internal sealed record ReportedRefusal(string Resource, string Sentence, string Fix);

internal sealed record ReportedUnknown(string Resource, string Why);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(DiagnosticReport[]))]
[JsonSerializable(typeof(PlanReport[]))]
internal sealed partial class CliJson : JsonSerializerContext;
