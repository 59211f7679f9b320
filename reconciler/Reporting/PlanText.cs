using System.Text.RegularExpressions;
using Reconciler.Model;
using Reconciler.Planning;

namespace Reconciler.Reporting;

/// <summary>A plan for people: fits 80 columns, reads the same in a log file; servers with the same step share a line.</summary>
internal sealed partial class PlanText(TextWriter writer, int width = 80)
{
    private const int PhaseColumn = 11;

    public void Write(Plan plan, string heading) => Write(plan, heading, []);

    /// <param name="before">Differences of the plan that were there before what is planned: told for themselves.</param>
    public void Write(Plan plan, string heading, IReadOnlyCollection<Difference> before)
    {
        writer.WriteLine(heading);
        var whole = plan;
        plan = plan with { Differences = [.. plan.Differences.Except(before)] };
        WriteCounts(plan);
        foreach (var refusal in plan.Refusals)
            WriteWrapped($"  refused  {refusal.Resource.Server}: ", $"{refusal.Sentence}; {refusal.Refusal}");
        WriteUnknown(plan);
        WriteDifferences(plan.Differences);
        if (before.Count > 0)
            writer.WriteLine($"  and {before.Count} that {(before.Count == 1 ? "differs" : "differ")} already, of which git says the same without this:");
        WriteDifferences(before);
        WriteSteps(whole);
        if (plan.StartsAt is { } startsAt)
            WriteWrapped($"  {nameof(Phase.Wait).PadRight(PhaseColumn)}", $"until {startsAt.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}");
        foreach (var skipped in plan.IsInterim ? [] : plan.Skipped)
            WriteWrapped($"  {skipped.Phase.ToString().PadRight(PhaseColumn)}", $"skipped: {skipped.Why}");
        if (plan is { IsInterim: false, WhyCovered: { } why })
            WriteWrapped($"  {"rolling".PadRight(PhaseColumn)}", $"not this time: {why}");
        if (plan.Later.Count > 0)
            WriteWrapped($"  then, if {plan.Steps[0].Phase} finds nothing against it: ", string.Join(", ", plan.Later));
    }

    private void WriteCounts(Plan plan)
    {
        int Count(DifferenceType type) => plan.Differences.Count(difference => difference.Type == type);
        writer.WriteLine(plan.Differences.Count == 0 && plan.IsEmpty && plan.Unknown.Count == 0
            ? "  nothing to do: the servers are as git says"
            : $"  {Count(DifferenceType.Add)} to add, {Count(DifferenceType.Change)} to change, {Count(DifferenceType.Remove)} to remove, "
              + $"{Count(DifferenceType.Unknown) + plan.Unknown.Count} unknown");
    }

    /// <summary>What could not be seen, a line for each reason: a server that does not answer has one reason for all that is on it.</summary>
    private void WriteUnknown(Plan plan)
    {
        foreach (var same in plan.Unknown.GroupBy(unknown => WithoutServer(unknown.Why, unknown.Resource.Id.Server)))
        {
            var things = same.Select(unknown => unknown.Resource.Id).ToList();
            var what = things is [var one] ? $"{one.Application}/{one.Kind}/{one.Name}" : $"{things.Count} resources";
            WriteWrapped($"  unknown  {Servers(things.Select(id => id.Server))}: ", $"{what}: {same.First().Why}");
        }
    }

    private static string WithoutServer(string why, string server) =>
        Address().Replace(why.Replace(server, "", StringComparison.Ordinal), "");

    // What differs from server to server in the same fault.
    [GeneratedRegex(@"\b\d{1,3}(\.\d{1,3}){3}\b|\[?[0-9a-f]*:[0-9a-f:]+:[0-9a-f:]*\]?")]
    private static partial Regex Address();

    private void WriteDifferences(IEnumerable<Difference> differences)
    {
        foreach (var same in differences.GroupBy(difference => (Sign(difference.Type), difference.Sentence)))
            WriteWrapped($"  {same.Key.Item1} {Servers(same.Select(difference => difference.Resource.Server))}: ", same.Key.Sentence);
    }

    private void WriteSteps(Plan plan)
    {
        var batch = 0;
        foreach (var phase in plan.Steps.GroupBy(step => (step.Batch, step.Part, step.Phase)))
        {
            if (phase.Key.Batch != batch && plan.Batches > 0)
                writer.WriteLine(BatchLine(plan, batch = phase.Key.Batch));
            var name = phase.Key.Part == BatchPart.Work ? $"{phase.Key.Phase}" : $"{phase.Key.Part}";
            foreach (var same in phase.GroupBy(step => (step.Rank, step.Summary, Why: WhyOf(step))))
            {
                WriteWrapped($"  {name.PadRight(PhaseColumn)}",
                    $"{Servers(same.Select(step => step.Resource.Server))}: {same.Key.Summary}{same.Key.Why}");
                name = "";
            }
        }
    }

    private static string BatchLine(Plan plan, int batch) => batch > plan.Batches ? "  after all batches"
        : $"  batch {batch} of {plan.Batches}: " + string.Join(", ", plan.Steps.Where(step => step.Batch == batch && step.Part == BatchPart.Work)
            .Select(step => step.Resource.Server).Distinct().Order(StringComparer.Ordinal));

    /// <summary>Of System people want to know why it is due, or what is away meanwhile; of the rest the order says it.</summary>
    private static string WhyOf(Step step) => step is { Phase: Phase.System, Because: { } because } ? $"; {because}" : "";

    /// <summary>One or two by name, more as "12 servers, same".</summary>
    private static string Servers(IEnumerable<string> servers)
    {
        var names = servers.Distinct().Order(StringComparer.Ordinal).ToList();
        return names.Count <= 3 ? string.Join(' ', names) : $"{names.Count} servers, same";
    }

    private static char Sign(DifferenceType type) => type switch
    {
        DifferenceType.Add => '+',
        DifferenceType.Remove => '-',
        DifferenceType.Unknown => '?',
        _ => '~',
    };

    /// <summary>How a person goes on; what is to be pasted stands whole on a line of its own, however long.</summary>
    public void Write(IEnumerable<WayOn> ways)
    {
        foreach (var way in ways)
        {
            WriteWrapped("  > ", way.Paste is null ? way.What : $"{way.What}:");
            if (way.Paste is not null)
                writer.WriteLine($"  {way.Paste}");
        }
    }

    public void WriteLine(string lead, string text) => WriteWrapped(lead, text);

    private void WriteWrapped(string lead, string text)
    {
        var indent = new string(' ', Math.Min(lead.Length, 2 + PhaseColumn + 2));
        var line = lead;
        foreach (var word in text.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Length + word.Length > width && line.Trim().Length > 0)
            {
                writer.WriteLine(line.TrimEnd());
                line = indent;
            }
            line += word + " ";
        }
        writer.WriteLine(line.TrimEnd());
    }
}
