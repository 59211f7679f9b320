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

    /// <summary>Resources of which git says the same without the request: how they differ is none of its doing.</summary>
    public IReadOnlySet<ResourceId> Untouched { get; init; } = new HashSet<ResourceId>();

    /// <summary>What the request itself would change.</summary>
    public IReadOnlyList<Difference> Differences => [.. Plan.Differences.Where(difference => !Untouched.Contains(difference.Resource))];

    /// <summary>What differs already.</summary>
    public IReadOnlyList<Difference> Already => [.. Plan.Differences.Where(difference => Untouched.Contains(difference.Resource))];

    /// <summary>All of which it is known.</summary>
    public bool IsNothing => Differences.Count == 0 && Plan.Unknown.Count == 0 && NotAsked == 0 && (Plan.IsEmpty || Already.Count > 0);
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
        : (environment.Applications.All(each => each.IsNothing) ? $"{environment.Environment}: nothing to do"
            : $"{environment.Environment}: {Counts(environment.Applications)}")
            + (environment.Applications.Sum(each => each.Already.Count) is > 0 and var already
                ? $", {already} {(already == 1 ? "differs" : "differ")} already" : "")));

    /// <summary>Merged as it is, something would not be done: a person has to look at it.</summary>
    public static bool IsRefused(IReadOnlyList<ProposedEnvironment> environments) => environments.Any(environment =>
        environment.Refused is not null || environment.Faulty || environment.Applications.Any(each => each.Plan.Refusals.Count > 0));

    private static void AppendCounts(StringBuilder text, IReadOnlyList<ProposedEnvironment> environments)
    {
        text.Append("| environment | application | to add | to change | to remove | unknown | differs already | users see the page | |\n|---|---|--:|--:|--:|--:|--:|---|---|\n");
        foreach (var environment in environments.Where(environment => environment.Refused is null))
            foreach (var application in environment.Applications)
                text.Append("| ").AppendJoin(" | ", Row(environment.Environment, application)).Append(" |\n");
        text.Append('\n');
    }

    /// <summary>One application's line of the counts, in Markdown.</summary>
    internal static string[] Row(string environment, ProposedApplication application)
    {
        var plan = application.Plan;
        return
        [
            environment, application.Application, .. new[] { DifferenceType.Add, DifferenceType.Change, DifferenceType.Remove, DifferenceType.Unknown }
                .Select(type => $"{CountOf(application, type)}"), $"{application.Already.Count}",
            plan.Covers || plan.Later.Contains(Phase.Cover) ? "yes" : application.NotAsked > 0 ? "unknown" : "no",
            plan.Refusals.Count > 0 ? "**refused**" : application.Gate is { } gate ? $"waits for `{gate}`"
                : application.NotAsked > 0 ? "not all is looked at" : application.IsNothing ? "nothing to do" : "",
        ];
    }

    /// <summary>Differences of the request's own; unknown is also what could not be seen, or was not asked.</summary>
    internal static int CountOf(ProposedApplication application, DifferenceType type) =>
        application.Differences.Count(difference => difference.Type == type)
        + (type == DifferenceType.Unknown ? application.Plan.Unknown.Count + application.NotAsked : 0);

    private static void Append(StringBuilder text, ProposedEnvironment environment)
    {
        if (environment.Refused is { } why)
            text.Append(CultureInfo.InvariantCulture, $"**{environment.Environment}** is not planned:\n\n").Append(Fenced(why));
        if (environment.Notes.Count > 0)
            text.Append(CultureInfo.InvariantCulture, $"Of **{environment.Environment}**:\n\n").Append(Fenced(string.Join('\n', environment.Notes)));
        foreach (var application in environment.Applications.Where(IsWorthSaying))
            text.Append(CultureInfo.InvariantCulture, $"<details><summary>{environment.Environment}/{application.Application}</summary>\n\n")
                .Append(Fenced(TextOf(environment.Environment, application))).Append("</details>\n\n");
    }

    /// <summary>There is something in its plan.</summary>
    internal static bool IsWorthSaying(ProposedApplication application) => application.Plan.Refusals.Count > 0
        || application.Plan.Differences.Count > 0 || !application.Plan.IsEmpty || application.Plan.Unknown.Count > 0;

    /// <summary>The plan of one application.</summary>
    internal static string TextOf(string environment, ProposedApplication application)
    {
        using var plan = new StringWriter(CultureInfo.InvariantCulture);
        var writer = new PlanText(plan, width: 120);
        writer.Write(application.Plan, $"{environment}/{application.Application}{(application.Commit is { } code ? $": code {code[..12]}" : "")}",
            application.Already);
        if (application.Waits is { } waits)
            writer.WriteLine("  would wait: ", waits);
        return plan.ToString();
    }

    private static string Counts(IReadOnlyList<ProposedApplication> applications)
    {
        int Of(DifferenceType type) => applications.Sum(application => CountOf(application, type));
        return $"{Of(DifferenceType.Add)} to add, {Of(DifferenceType.Change)} to change, {Of(DifferenceType.Remove)} to remove, "
            + $"{Of(DifferenceType.Unknown)} unknown";
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
