using System.Text.RegularExpressions;

namespace Reconciler.Converging;

/// <summary>What a step printed, cut for a person.</summary>
internal static partial class PrintedText
{
    private const int MostLines = 30;

    /// <summary>
    /// The line that says what went wrong: the last one that names an error, as tracebacks end, else the last one; without its full stop, for the
    /// sentence that it stands in has one.
    /// </summary>
    public static string TellingLine(string output)
    {
        var lines = LinesOf(output);
        if (lines.Exists(line => !OfSystemd().IsMatch(line)))
            lines.RemoveAll(line => OfSystemd().IsMatch(line));
        return lines.Select(line => Emergency().Match(line)).LastOrDefault(match => match.Success) is { } emergency
            ? $"nginx: [emerg] {emergency.Groups[1].Value.Trim()}"
            : (lines.LastOrDefault(line => NamesError().IsMatch(line)) ?? lines.LastOrDefault() ?? "it printed nothing")
                .Trim().TrimEnd('.');
    }

    /// <summary>The last lines; null when there is only one.</summary>
    public static string? Tail(string output)
    {
        var lines = LinesOf(output);
        return lines.Count > 1 ? string.Join('\n', lines.TakeLast(MostLines)) : null;
    }

    // Lines that begin with @ are said to the program, not to a person.
    private static List<string> LinesOf(string output) => [.. output.TrimEnd().Split('\n').Where(line => line.Trim().Length > 0 && !line.StartsWith('@'))];

    // What it says of a unit's end comes after the cause, and names none.
    [GeneratedRegex(@"^\S+\.(service|scope|socket): (Main process exited|Control process exited|Failed with result|Unit process|"
        + "Killing process|State '|Scheduled restart|Start request repeated|Deactivated|Consumed)")]
    private static partial Regex OfSystemd();

    [GeneratedRegex(@"^([A-Za-z_][\w.]*(Error|Exception|Exit|Refused|DoesNotExist)\b|ERROR\b|error:|E: |fatal:|pg_dump: error|psql: error)")]
    private static partial Regex NamesError();

    // Newer ones of nginx begin it with time and process, older ones with their name.
    [GeneratedRegex(@"^(?:nginx: |[0-9/]+ [0-9:]+ )\[emerg\] (?:[0-9]+#[0-9]+: )?(.+)$")]
    private static partial Regex Emergency();
}
