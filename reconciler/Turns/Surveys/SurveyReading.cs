using System.Globalization;
using System.Text.RegularExpressions;

namespace Reconciler.Turns.Surveys;

/// <summary>The answer of <see cref="SurveyScript"/>. What is not understood is left out; what was cut off is said.</summary>
internal static partial class SurveyReading
{
    public static SurveyFacts Read(string output)
    {
        var lines = output.Split('\n');
        var unread = lines.Where(line => line.StartsWith("unread ", StringComparison.Ordinal)).Select(line =>
            line["unread ".Length..]).ToList();
        if (!lines.Contains(SurveyScript.Looked) || !lines.Contains(SurveyScript.Surveyed))
            unread.Add("what lies beside what git speaks of: the server's answer broke off");
        return new(
            [.. Below(lines, "keys", "key").Select(Key).OfType<SeenKey>()],
            [.. Below(lines, "cron-file", "cron").Select(CronJob).OfType<SeenCronJob>()],
            [.. Lines(lines, "port").Select(Port).OfType<SeenPort>()],
            [.. Lines(lines, "unit").Select(line => line.Split(' ', 2)).Where(words => words.Length == 2)
                .Select(words => new SeenUnit(words[1], Time(words[0])))],
            [.. Below(lines, "programs", "program").Select(line => (Head: line.Head.Split(' ', 2), line.Text)).Where(line =>
                line.Head.Length == 2)
                .Select(line => new SeenProgram(line.Head[1], Time(line.Head[0]), line.Text))],
            [.. Lines(lines, "doing").Select(DoingReading.Of).OfType<Doing>()],
            unread);
    }

    private static IEnumerable<string> Lines(IEnumerable<string> lines, string word) =>
        lines.Where(line => line.StartsWith($"{word} ", StringComparison.Ordinal)).Select(line => line[(word.Length + 1)..]);

    /// <summary>Each line of a sort with the head that stands above it.</summary>
    private static IEnumerable<(string Head, string Text)> Below(IEnumerable<string> lines, string head, string word)
    {
        string? above = null;
        foreach (var line in lines)
            if (line.StartsWith($"{head} ", StringComparison.Ordinal))
                above = line[(head.Length + 1)..];
            else if (above is not null && line.StartsWith($"{word} ", StringComparison.Ordinal))
                yield return (above, line[(word.Length + 1)..]);
    }

    /// <summary><c>USER TIME FILE</c> above <c>256 SHA256:... COMMENT (ED25519)</c>.</summary>
    private static SeenKey? Key((string Head, string Text) line) =>
        line.Head.Split(' ', 3) is [var user, var time, var file] && KeyLine().Match(line.Text) is { Success: true } key
            ? new(user, file, Time(time), key.Groups["type"].Value, key.Groups["print"].Value, key.Groups["comment"].Value.Trim())
            : null;

    /// <summary><c>TIME FILE</c> above <c>LINE:TEXT</c>; crontab(5): a user's own names no user.</summary>
    private static SeenCronJob? CronJob((string Head, string Text) line)
    {
        if (line.Head.Split(' ', 2) is not [var time, var file] || line.Text.Split(':', 2) is not [var number, var text]
            || !int.TryParse(number, CultureInfo.InvariantCulture, out var at))
            return null;
        var own = file.StartsWith(OfUsers, StringComparison.Ordinal) ? file[OfUsers.Length..] : null;
        return (own is null ? SystemLine() : UserLine()).Match(text) is { Success: true } job
            ? new(file, at, Time(time), own ?? job.Groups["user"].Value, job.Groups["when"].Value, job.Groups["command"].Value.Trim())
            : null;
    }

    private const string OfUsers = "/var/spool/cron/crontabs/";

    /// <summary><c>ADDRESS:PORT USER UNIT yes|no NAME</c>.</summary>
    private static SeenPort? Port(string line)
    {
        if (line.Split(' ', 5) is not [var listener, var user, var unit, var noted, var name])
            return null;
        var colon = listener.LastIndexOf(':');
        return colon > 0 && int.TryParse(listener[(colon + 1)..], CultureInfo.InvariantCulture, out var port)
            ? new(listener[..colon].Split('%')[0], port, user, unit, noted == "yes", name)
            : null;
    }

    private static DateTimeOffset? Time(string seconds) =>
        long.TryParse(seconds, CultureInfo.InvariantCulture, out var time) && time is > 0 and < 253402300799
            ? DateTimeOffset.FromUnixTimeSeconds(time) : null;

    [GeneratedRegex(@"^\d+ (?<print>[A-Z0-9]+:\S+) (?<comment>.*) ?\((?<type>[A-Z0-9-]+)\)$")]
    private static partial Regex KeyLine();

    [GeneratedRegex(@"^\s*(?<when>@\w+|(?:\S+\s+){4}\S+)\s+(?<user>[A-Za-z_][\w-]*)\s+(?<command>\S.*)$")]
    private static partial Regex SystemLine();

    [GeneratedRegex(@"^\s*(?<when>@\w+|[\d*](?:\S*\s+\S+){4})\s+(?<command>\S.*)$")]
    private static partial Regex UserLine();
}
