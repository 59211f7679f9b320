using System.Text.RegularExpressions;

namespace Reconciler.Converging;

/// <summary>What a step printed, cut for a person.</summary>
internal static partial class PrintedText
{
    private const int MostLines = 30;

    /// <summary>The line that says what went wrong: the last one that names an error, as tracebacks end, else the last one.</summary>
    public static string TellingLine(string output)
    {
        var lines = LinesOf(output);
        return (lines.LastOrDefault(line => NamesError().IsMatch(line)) ?? lines.LastOrDefault() ?? "it printed nothing").Trim();
    }

    /// <summary>The last lines; null when there is only one.</summary>
    public static string? Tail(string output)
    {
        var lines = LinesOf(output);
        return lines.Count > 1 ? string.Join('\n', lines.TakeLast(MostLines)) : null;
    }

    // Lines that begin with @ are said to the program, not to a person.
    private static List<string> LinesOf(string output) => [.. output.TrimEnd().Split('\n').Where(line => line.Trim().Length > 0 && !line.StartsWith('@'))];

    [GeneratedRegex(@"^([A-Za-z_][\w.]*(Error|Exception|Exit|Refused|DoesNotExist)\b|ERROR\b|error:|E: |fatal:|nginx: \[emerg\]|pg_dump: error|psql: error)")]
    private static partial Regex NamesError();
}
