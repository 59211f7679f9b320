using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Reconciler.LiveTests.Grid;

/// <summary>A file of JSON lines, one for each case that was run, and what it sums up to.</summary>
internal sealed class GridResults(string file)
{
    private readonly List<CaseResult> _all = [];

    public IReadOnlyList<CaseResult> All => _all;

    /// <summary>What an earlier call of the command left there.</summary>
    public void Load() => _all.AddRange(File.Exists(file)
        ? File.ReadLines(file).Select(line => JsonSerializer.Deserialize<CaseResult>(line)!)
        : []);

    /// <summary>Several cases may end at a time. What was seen of a red one is kept in a file of its own.</summary>
    public void Add(CaseResult result)
    {
        lock (_all)
        {
            _all.Add(result);
            File.AppendAllText(file, JsonSerializer.Serialize(result) + "\n");
            Console.WriteLine($"{(result.Wrong.Count == 0 ? "green" : "RED  ")} {result.Case} {result.Step}: {result.End}, {result.Seconds} s{string.Concat(result.Wrong.Select(wrong => $"\n      {wrong}"))}");
        }
        if (result.Wrong.Count == 0)
            return;
        Directory.CreateDirectory($"{file}.red");
        File.WriteAllText(Path.Combine($"{file}.red", result.Case.Replace('/', '-')), $"{result.Step}\n{string.Join('\n', result.Wrong)}\n\n{result.Story}");
    }

    /// <summary>Markdown: points by faults, the red ones, the time.</summary>
    /// <param name="title">What was run.</param>
    /// <param name="time">How long it took, as one sentence.</param>
    public string Summary(string title, string time)
    {
        var text = new StringBuilder().AppendLine(CultureInfo.InvariantCulture, $"# {title}").AppendLine();
        text.AppendLine(CultureInfo.InvariantCulture, $"| point | {string.Join(" | ", GridCase.Faults)} |").AppendLine(CultureInfo.InvariantCulture, $"|---|{string.Concat(GridCase.Faults.Select(_ => "---|"))}");
        foreach (var point in GridCase.Points)
            text.AppendLine(CultureInfo.InvariantCulture, $"| {point} | {string.Join(" | ", GridCase.Faults.Select(fault => Cell(point, fault)))} |");
        text.AppendLine().AppendLine("Green of all that were run.").AppendLine();
        foreach (var end in _all.GroupBy(result => result.End).OrderByDescending(end => end.Count()))
            text.AppendLine(CultureInfo.InvariantCulture, $"- {end.Key}: {end.Count()}");
        foreach (var red in _all.Where(result => result.Wrong.Count > 0))
            text.AppendLine(CultureInfo.InvariantCulture, $"- **red** `{red.Case}` {red.Step}: {string.Join("; ", red.Wrong)}");
        var seconds = _all.Sum(result => result.Seconds);
        var many = Math.Max(1, _all.Count);
        text.AppendLine().AppendLine(CultureInfo.InvariantCulture, $"{_all.Count} cases, {seconds / many:0.0} s each, of a core {_all.Sum(result => result.Cpu) / many:0.0} s on its server.");
        foreach (var part in _all.SelectMany(result => result.Parts).GroupBy(part => part.Key, part => part.Value))
            text.AppendLine(CultureInfo.InvariantCulture, $"- {part.Key}: {part.Sum() / many:0.0} s");
        text.AppendLine(time);
        return text.ToString();
    }

    private string Cell(string point, string fault)
    {
        var cases = _all.Where(result => result.Case.EndsWith($"/{point}/{fault}", StringComparison.Ordinal)).ToList();
        return cases.Count == 0 ? "" : $"{cases.Count(result => result.Wrong.Count == 0)}/{cases.Count}";
    }
}
