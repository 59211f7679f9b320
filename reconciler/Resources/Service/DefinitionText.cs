using System.Text;
using System.Text.RegularExpressions;

namespace Reconciler.Resources.Service;

/// <summary>What a definition says, from the text of either manager, ours or somebody's edit of it.</summary>
/// <param name="Command">Without <c>env</c> and what it assigns.</param>
/// <param name="Others">Everything else, by key.</param>
internal sealed partial record DefinitionText(
    string? Command, string? Directory, string? User, string? Stop,
    IReadOnlyDictionary<string, string> Variables, IReadOnlyDictionary<string, string> Others)
{
    public static DefinitionText Read(string text)
    {
        var values = text.Split('\n').Select(line => line.Split('=', 2))
            .Where(parts => parts is [[not ('#' or ';'), ..], _])
            .GroupBy(parts => parts[0].Trim())
            .ToDictionary(group => group.Key, group => group.Select(parts => parts[1].Trim()).Distinct().ToList());
        string? One(string key) => values.TryGetValue(key, out var list) ? list[^1] : null;
        var systemd = values.ContainsKey("ExecStart");
        var words = systemd ? SystemdWords(One("ExecStart")!, isCommand: true) : SupervisorWords(One("command") ?? "");
        var variables = systemd
            ? values.GetValueOrDefault("Environment", [])
                .SelectMany(line => SystemdWords(line, isCommand: false)).Select(word => word.Split('=', 2))
            : Assignment().Matches(One("environment") ?? "").Select(match => new[] { match.Groups[1].Value, match.Groups[2].Value });
        var assigned = words is ["/usr/bin/env", ..] ? words.Skip(1).TakeWhile(word => Assigned().IsMatch(word)).ToList() : [];
        return new(
            words is null ? One("command") : Model.Shell.Join(words is ["/usr/bin/env", ..] ? words.Skip(1 + assigned.Count) : words),
            One(systemd ? "WorkingDirectory" : "directory")?.Replace("%%", "%"),
            One(systemd ? "User" : "user"),
            One(systemd ? "TimeoutStopSec" : "stopwaitsecs"),
            variables.Concat(assigned.Select(word => word.Split('=', 2))).Where(parts => parts.Length == 2)
                .GroupBy(parts => parts[0]).ToDictionary(group => group.Key, group => group.Last()[1]),
            values.Where(entry => !Known.Contains(entry.Key)).ToDictionary(entry => entry.Key, entry => string.Join('\n', entry.Value)));
    }

    private static readonly HashSet<string> Known =
        ["ExecStart", "command", "WorkingDirectory", "directory", "User", "user", "TimeoutStopSec", "stopwaitsecs", "Environment", "environment"];

    private static IReadOnlyList<string>? SupervisorWords(string command)
    {
        try
        {
            return Model.Shell.Split(command.Replace("%%", "%"));
        }
        catch (FormatException)
        {
            return null;
        }
    }

    /// <summary>systemd.syntax(7): words between blanks, quotes around them, a backslash before what is meant as it stands.</summary>
    private static List<string> SystemdWords(string line, bool isCommand)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        var (quote, begun) = ('\0', false);
        for (var i = 0; i < line.Length; i++)
        {
            var c = line[i];
            if (c == '\\' && i + 1 < line.Length)
                word.Append(line[++i]);
            else if (c == quote)
                quote = '\0';
            else if (quote == '\0' && c is '"' or '\'' && !begun)
                (quote, begun) = (c, true);
            else if (quote == '\0' && char.IsWhiteSpace(c))
            {
                if (begun)
                    words.Add(word.ToString());
                word.Clear();
                begun = false;
            }
            else
            {
                begun = true;
                word.Append(c);
            }
        }
        if (begun)
            words.Add(word.ToString());
        return [.. words.Select(each => each.Replace("%%", "%")).Select(each => isCommand ? each.Replace("$$", "$") : each)];
    }

    [GeneratedRegex("([A-Za-z_][A-Za-z0-9_]*)=\"([^\"]*)\"")]
    private static partial Regex Assignment();

    [GeneratedRegex("^[A-Za-z_][A-Za-z0-9_]*=")]
    private static partial Regex Assigned();
}
