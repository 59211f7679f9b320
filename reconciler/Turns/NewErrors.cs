using System.Text.RegularExpressions;

namespace Reconciler.Turns;

/// <summary>
/// What logs hold that they did not hold before a run, from the first error on: a page that fails says that it failed, its log
/// says why ("new errors since the deploy attached to a failure", seeds/000: 179-183).
/// </summary>
internal static partial class NewErrors
{
    private const int MostLines = 30;

    /// <summary>Lines, each log's under its name; empty when nothing new is an error.</summary>
    /// <param name="before">What was read before the run; a log that is not in it is all new.</param>
    public static IReadOnlyList<string> Between(IReadOnlyList<ServiceLog> before, IReadOnlyList<ServiceLog> after) =>
        [.. after.SelectMany(log => Of(LinesOf(before.FirstOrDefault(old => old.Server == log.Server && old.Service == log.Service)), log))];

    private static IEnumerable<string> Of(List<string> old, ServiceLog log)
    {
        var left = old.GroupBy(line => line).ToDictionary(group => group.Key, group => group.Count());
        var fresh = LinesOf(log).Where(line =>
        {
            // The same traceback once more is new once more.
            var known = left.GetValueOrDefault(line);
            left[line] = known - 1;
            return known <= 0;
        }).SkipWhile(line => !NamesError().IsMatch(line)).ToList();
        return fresh.Count == 0 ? [] : [$"{log.Server}, log of {log.Service}:", .. fresh.TakeLast(MostLines).Select(line => $"  {line}")];
    }

    /// <summary>What servers print may hold escape sequences.</summary>
    private static List<string> LinesOf(ServiceLog? log) =>
        [.. (log?.Text ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => string.Concat(line.Select(c => char.IsControl(c) && c != '\t' ? '\uFFFD' : c)))];

    [GeneratedRegex(@"\b(ERROR|CRITICAL|FATAL|Traceback|Internal Server Error)\b|^[A-Za-z_][\w.]*(Error|Exception)\b")]
    private static partial Regex NamesError();
}
