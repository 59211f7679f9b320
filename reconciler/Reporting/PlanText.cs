using Reconciler.Model;
using Reconciler.Planning;

namespace Reconciler.Reporting;

/// <summary>A plan for people: fits 80 columns, reads the same in a log file; servers with the same step share a line.</summary>
internal sealed class PlanText(TextWriter writer, int width = 80)
{
    private const int PhaseColumn = 11;

    public void Write(Plan plan, string heading)
    {
        writer.WriteLine(heading);
        WriteCounts(plan);
        foreach (var refusal in plan.Refusals)
            WriteWrapped($"  refused  {refusal.Resource.Server}: ", $"{refusal.Sentence}; {refusal.Refusal}");
        foreach (var unknown in plan.Unknown)
            WriteWrapped("  unknown  ", $"{unknown.Resource.Id}: {unknown.Why}");
        WriteDifferences(plan);
        WriteSteps(plan);
        foreach (var skipped in plan.IsInterim ? [] : plan.Skipped)
            WriteWrapped($"  {skipped.Phase.ToString().PadRight(PhaseColumn)}", $"skipped: {skipped.Why}");
        if (plan.Later.Count > 0)
            WriteWrapped($"  then, if {plan.Steps[0].Phase} finds nothing against it: ", string.Join(", ", plan.Later));
    }

    private void WriteCounts(Plan plan)
    {
        int Count(DifferenceType type) => plan.Differences.Count(difference => difference.Type == type);
        writer.WriteLine(plan.Differences.Count == 0 && plan.IsEmpty
            ? "  nothing to do: the servers are as git says"
            : $"  {Count(DifferenceType.Add)} to add, {Count(DifferenceType.Change)} to change, {Count(DifferenceType.Remove)} to remove, "
              + $"{Count(DifferenceType.Unknown) + plan.Unknown.Count} unknown");
    }

    private void WriteDifferences(Plan plan)
    {
        foreach (var same in plan.Differences.GroupBy(difference => (Sign(difference.Type), difference.Sentence)))
            WriteWrapped($"  {same.Key.Item1} {Servers(same.Select(difference => difference.Resource.Server))}: ", same.Key.Sentence);
    }

    private void WriteSteps(Plan plan)
    {
        foreach (var phase in plan.Steps.GroupBy(step => step.Phase))
        {
            var name = phase.Key.ToString();
            foreach (var same in phase.GroupBy(step => (step.Rank, step.Summary)))
            {
                WriteWrapped($"  {name.PadRight(PhaseColumn)}", $"{Servers(same.Select(step => step.Resource.Server))}: {same.Key.Summary}");
                name = "";
            }
        }
    }

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
