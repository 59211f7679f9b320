using System.Runtime.CompilerServices;
using System.Text;
using System.Text.RegularExpressions;
using Reconciler.Model;

namespace Reconciler.Tests.Resources;

/// <summary>
/// One file per case, in <c>cases/</c> beside the kind's tests: what was observed and asked, then after <c>---</c> the differences and steps that follow.
/// <code>
/// # title
/// spec: words for the test
/// change: Cover StayCovered StartsAt=2026-11-21T10:00:00Z
/// output:
/// lines of the probe; {base64:text} becomes base64
/// ---
/// Change: a sentence (wanted W, observed O)
/// Nginx.2 nginx reload: reload nginx
/// </code>
/// <c>UPDATE_GOLDEN=1 ./test</c> rewrites what follows.
/// </summary>
internal sealed partial record KindCase(string File, string Given, string Expected)
{
    public string Spec => Header("spec");

    public string Output => BaseSixtyFour().Replace(Given[(Given.IndexOf("output:\n", StringComparison.Ordinal) + 8)..],
        match => Convert.ToBase64String(Encoding.UTF8.GetBytes(match.Groups[1].Value)));

    public static IEnumerable<TheoryDataRow<string>> Names([CallerFilePath] string tests = "") =>
        Directory.EnumerateFiles(Path.Combine(Path.GetDirectoryName(tests)!, "cases"), "*.txt").Order().Select(file => new TheoryDataRow<string>(Path.GetFileName(file)));

    public static KindCase Load(string name, [CallerFilePath] string tests = "")
    {
        var file = Path.Combine(Path.GetDirectoryName(tests)!, "cases", name);
        var parts = System.IO.File.ReadAllText(file).Split("---\n", 2);
        return new(file, parts[0], parts.ElementAtOrDefault(1) ?? "");
    }

    /// <summary>Reads, compares and plans with the kind, and holds the outcome against the file.</summary>
    public void Check(IResourceKind kind, Resource resource, Func<string, string> fill)
    {
        var text = new StringBuilder();
        switch (kind.Read(resource, null, fill(Output), dearer: false))
        {
            case Reading.Observed { Observation: Observation.Unknown unknown }:
                text.Append($"Unknown: {unknown.Why}\n");
                break;
            case Reading.Observed { Observation: var observation }:
                Describe(text, kind, resource, observation);
                break;
            default:
                text.Append("needs more\n");
                break;
        }
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
            System.IO.File.WriteAllText(File, $"{Given}---\n{text}");
        else
            text.ToString().ShouldBe(Expected);
    }

    private void Describe(StringBuilder text, IResourceKind kind, Resource resource, Observation observation)
    {
        if (observation.FactsOf<ResourceFacts>()?.Ailment is { } ailment)
            text.Append($"ails: {ailment}\n");
        var differences = kind.Compare(resource, observation, ReadMarkers.None).ToList();
        foreach (var difference in differences)
            text.Append($"{difference.Type}: {difference.Sentence} (wanted {difference.Wanted}, observed {difference.Observed ?? "nothing"})\n")
                .Append(difference.Refusal is null ? "" : $"  refused [{difference.Gate}]: {difference.Refusal}\n");
        foreach (var step in kind.Steps(resource, observation, ChangeOf(differences)))
            text.Append($"{step.Phase}.{step.Rank} {(step.Request is { } request ? $"{request.Verb} {Shown(request)}" : "proof")}: {step.Summary}\n");
    }

    private Change ChangeOf(List<Difference> differences)
    {
        var words = Header("change").Split(' ');
        return Change.Of(differences) with
        {
            Cover = words.Contains("Cover"),
            StayCovered = words.Contains("StayCovered"),
            StartsAt = words.FirstOrDefault(word => word.StartsWith("StartsAt=")) is { } start ? DateTimeOffset.Parse(start[9..]) : null,
        };
    }

    private static string Shown(RunnerRequest request) => string.Join(' ', request.Arguments.Select(word => word.Length == 64 ? word[..12] : word));

    private string Header(string key) => Given.Split('\n').TakeWhile(line => line != "output:")
        .FirstOrDefault(line => line.StartsWith($"{key}: ", StringComparison.Ordinal))?[(key.Length + 2)..] ?? "";

    [GeneratedRegex(@"\{base64:([^}]*)\}")]
    private static partial Regex BaseSixtyFour();
}
