using System.Globalization;
using System.Text;
using Reconciler.Model;
using Reconciler.Planning;

namespace Reconciler.Reporting;

/// <summary>What a pull request would do in one environment.</summary>
/// <param name="Refused">Why nothing could be planned; null when it could.</param>
/// <param name="Notes">What was left out, a sentence each.</param>
internal sealed record ProposedEnvironment(string Environment, IReadOnlyList<ProposedApplication> Applications, string? Refused, IReadOnlyList<string> Notes)
{
    /// <summary>An application of it would be refused; a note says why.</summary>
    public bool Faulty { get; init; }
}

/// <param name="Gate">What a run would wait for; null for nothing.</param>
internal sealed record ProposedApplication(string Application, string? Commit, Plan Plan, string? Gate, string? Waits)
{
    /// <summary>Resources on servers that are not asked before the request is merged: nobody knows how they are.</summary>
    public int NotAsked { get; init; }
}

/// <summary>The plan of a pull request as the one comment below it: counts first, each plan folded away. All that is not ours stands in fences.</summary>
internal static class PlanComment
{
    /// <summary>What GitHub takes ("body is too long (maximum is 65536 characters)"); GitLab takes a million.</summary>
    public const int Longest = 65_536;

    /// <summary>A hidden line: another controller's comment is not ours.</summary>
    public static string TagOf(string ledger) => $"<!-- reconciler:plan {ledger} -->";

    /// <param name="head">The planned commit.</param>
    /// <param name="faults">Of the documents; with any, nothing is planned.</param>
    public static string Whole(
        string tag, string head, IReadOnlyList<Diagnostic> faults, IReadOnlyList<ProposedEnvironment> environments, IReadOnlyList<string> notes)
    {
        var text = new StringBuilder($"{tag}\n### Plan of {head[..12]} against the live servers\n\n");
        if (faults.Count > 0)
            text.Append(CultureInfo.InvariantCulture, $"**{Count(faults.Count, "fault")}**: it would be refused whole, and nothing would change.\n\n")
                .Append(Fenced(string.Join('\n', faults)));
        else if (environments.Count > 0)
            AppendCounts(text, environments);
        foreach (var note in notes)
            text.Append(CultureInfo.InvariantCulture, $"{note}\n\n");
        if (faults.Count == 0)
            foreach (var environment in environments)
                Append(text, environment);
        return text.ToString();
    }

    /// <summary>For a commit status.</summary>
    public static string HeadlineOf(IReadOnlyList<ProposedEnvironment> environments) => string.Join("; ", environments.Select(environment =>
        environment.Refused is not null ? $"{environment.Environment}: not planned"
        : environment.Faulty || environment.Applications.Any(each => each.Plan.Refusals.Count > 0) ? $"{environment.Environment}: refused as it is"
        : environment.Applications.All(each => IsNothing(each.Plan) && each.NotAsked == 0) ? $"{environment.Environment}: nothing to do"
        : $"{environment.Environment}: " + Counts(environment.Applications.SelectMany(each => each.Plan.Differences),
            environment.Applications.Sum(each => each.Plan.Unknown.Count + each.NotAsked))));

    /// <summary>Merged as it is, something would not be done: a person has to look at it.</summary>
    public static bool IsRefused(IReadOnlyList<ProposedEnvironment> environments) => environments.Any(environment =>
        environment.Refused is not null || environment.Faulty || environment.Applications.Any(each => each.Plan.Refusals.Count > 0));

    private static void AppendCounts(StringBuilder text, IReadOnlyList<ProposedEnvironment> environments)
    {
        text.Append("| environment | application | to add | to change | to remove | unknown | users see the page | |\n|---|---|--:|--:|--:|--:|---|---|\n");
        foreach (var environment in environments.Where(environment => environment.Refused is null))
            foreach (var application in environment.Applications)
            {
                int Of(DifferenceType type) => application.Plan.Differences.Count(difference => difference.Type == type);
                var covers = application.Plan.Covers || application.Plan.Later.Contains(Phase.Cover) ? "yes" : application.NotAsked > 0 ? "unknown" : "no";
                var what = application.Plan.Refusals.Count > 0 ? "**refused**" : application.Gate is { } gate ? $"waits for `{gate}`"
                    : application.NotAsked > 0 ? "not all is looked at" : IsNothing(application.Plan) ? "nothing to do" : "";
                text.Append(CultureInfo.InvariantCulture,
                    $"| {environment.Environment} | {application.Application} | {Of(DifferenceType.Add)} | {Of(DifferenceType.Change)} | {Of(DifferenceType.Remove)} "
                    + $"| {Of(DifferenceType.Unknown) + application.Plan.Unknown.Count + application.NotAsked} | {covers} | {what} |\n");
            }
        text.Append('\n');
    }

    private static void Append(StringBuilder text, ProposedEnvironment environment)
    {
        if (environment.Refused is { } why)
            text.Append(CultureInfo.InvariantCulture, $"**{environment.Environment}** is not planned:\n\n").Append(Fenced(why));
        if (environment.Notes.Count > 0)
            text.Append(CultureInfo.InvariantCulture, $"Of **{environment.Environment}**:\n\n").Append(Fenced(string.Join('\n', environment.Notes)));
        foreach (var application in environment.Applications.Where(application => !IsNothing(application.Plan) || application.Plan.Refusals.Count > 0))
        {
            using var plan = new StringWriter(CultureInfo.InvariantCulture);
            var writer = new PlanText(plan, width: 120);
            writer.Write(application.Plan, $"{environment.Environment}/{application.Application}{(application.Commit is { } code ? $": code {code[..12]}" : "")}");
            if (application.Waits is { } waits)
                writer.WriteLine("  would wait: ", waits);
            text.Append(CultureInfo.InvariantCulture, $"<details><summary>{environment.Environment}/{application.Application}</summary>\n\n")
                .Append(Fenced(plan.ToString())).Append("</details>\n\n");
        }
    }

    private static bool IsNothing(Plan plan) => plan.Differences.Count == 0 && plan.IsEmpty && plan.Unknown.Count == 0;

    private static string Counts(IEnumerable<Difference> differences, int unknown)
    {
        var types = differences.CountBy(difference => difference.Type).ToDictionary();
        return $"{types.GetValueOrDefault(DifferenceType.Add)} to add, {types.GetValueOrDefault(DifferenceType.Change)} to change, "
            + $"{types.GetValueOrDefault(DifferenceType.Remove)} to remove, {types.GetValueOrDefault(DifferenceType.Unknown) + unknown} unknown";
    }

    private static string Count(int number, string what) => $"{number} {what}{(number == 1 ? "" : "s")}";

    /// <summary>A fence longer than any run of backticks within, so that nothing in it is anything but text.</summary>
    internal static string Fenced(string text)
    {
        var clean = new string([.. text.Select(c => c == '\n' || !(char.IsControl(c) || IsInvisible(c)) ? c : '\uFFFD')]).TrimEnd('\n');
        var (longest, run) = (0, 0);
        foreach (var c in clean)
            longest = Math.Max(longest, run = c == '`' ? run + 1 : 0);
        var fence = new string('`', Math.Max(3, longest + 1));
        return $"{fence}text\n{clean}\n{fence}\n\n";
    }

    // Bidirectional controls and what has no width: text that reads otherwise than it is.
    private static bool IsInvisible(char c) => char.GetUnicodeCategory(c) == UnicodeCategory.Format;

    /// <param name="link">To the whole, in Markdown.</param>
    public static string Cut(string text, string link)
    {
        if (text.Length <= Longest)
            return text;
        var rest = $"\n\n**Cut here: it has {text.Length} characters.** {link}\n";
        // Whatever was open is closed: a longer fence would swallow the last line.
        var kept = text[..(Longest - rest.Length - 400)];
        kept = kept[..(kept.LastIndexOf('\n') + 1)];
        var fence = OpenFenceOf(kept) is { } open ? $"{open}\n" : "";
        var isFolded = kept.LastIndexOf("<details>", StringComparison.Ordinal) > kept.LastIndexOf("</details>", StringComparison.Ordinal);
        return $"{kept}{fence}{(isFolded ? "</details>\n" : "")}{rest}";
    }

    private static string? OpenFenceOf(string text)
    {
        string? open = null;
        foreach (var line in text.Split('\n'))
            if (open is null && line.StartsWith("```", StringComparison.Ordinal) && line.EndsWith("text", StringComparison.Ordinal))
                open = line[..^4];
            else if (open is not null && line == open)
                open = null;
        return open;
    }
}
