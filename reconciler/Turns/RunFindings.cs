using System.Text.RegularExpressions;
using Reconciler.Journaling;
using Reconciler.Model;

namespace Reconciler.Turns;

/// <summary>What the journalled output of a run's steps tells a person who has to decide how to go on.</summary>
internal static partial class RunFindings
{
    /// <summary>The file of the last backup that was taken or accepted, as its step printed it; null when none did.</summary>
    public static string? Dump(IReadOnlyList<StepRecord> steps) => steps
        .Where(step => step is { Phase: Phase.Cover or Phase.Backup, State: StepState.Verified })
        .SelectMany(step => BackupLine().Matches(step.Output ?? "").Select(match =>
            $"{(match.Groups[1].Value == "dump" ? "dumped to" : "accepted the backup")} {match.Groups[2].Value} on {step.Resource.Split('/')[0]}"))
        .LastOrDefault();

    /// <summary>Migrations that Django began and did not come through with, as <c>APP.NAME</c>: part of them may be in the database, and nothing there says so.</summary>
    public static IReadOnlyList<string> HalfApplied(IReadOnlyList<StepRecord> steps)
    {
        var lines = LinesOfMigrate(steps);
        return [.. lines.Select(match => match.Groups[1].Value).Distinct().Except(lines.Where(match => match.Groups[2].Success).Select(match => match.Groups[1].Value))];
    }

    /// <summary>Which migrations Django said that it began, and which of them are through; null when it said nothing.</summary>
    public static string? Migrations(IReadOnlyList<StepRecord> steps)
    {
        var lines = LinesOfMigrate(steps);
        var applied = lines.Where(match => match.Groups[2].Success).Select(match => match.Groups[1].Value).Distinct().ToList();
        var begun = HalfApplied(steps);
        var parts = new[]
        {
            applied.Count > 0 ? $"applied: {string.Join(", ", applied)}" : null,
            begun.Count > 0 ? $"begun, and not through: {string.Join(", ", begun)}" : null,
        };
        return lines.Count == 0 ? null : string.Join("; ", parts.OfType<string>());
    }

    private static List<Match> LinesOfMigrate(IReadOnlyList<StepRecord> steps) =>
        [.. steps.Where(step => step.Phase == Phase.Migrate).SelectMany(step => MigrationLine().Matches(step.Output ?? ""))];

    [GeneratedRegex(@"^(dump|accept) (/.+) \d+\s*$", RegexOptions.Multiline)]
    private static partial Regex BackupLine();

    // As `migrate` writes it: the OK comes when it is through.
    [GeneratedRegex(@"^\s*Applying ([\w.]+)\.\.\.( OK| FAKED)?", RegexOptions.Multiline)]
    private static partial Regex MigrationLine();
}
