using System.Text.RegularExpressions;

namespace Reconciler.Importing;

/// <summary>Sections of a supervisor or systemd file, with the line at which each begins.</summary>
internal static partial class IniFile
{
    public sealed record Section(string Name, int Line, IReadOnlyDictionary<string, string> Options)
    {
        public string? this[string option] => Options.GetValueOrDefault(option.ToLowerInvariant()) is { Length: > 0 } value
            ? value : null;
    }

    /// <summary>The last of several lines with one option counts, but systemd's <c>Environment</c> adds up.</summary>
    public static IReadOnlyList<Section> Read(string text)
    {
        var sections = new List<(string Name, int Line, Dictionary<string, string> Options)>();
        string? last = null;
        var number = 0;
        foreach (var line in text.Split('\n').Select(line => line.TrimEnd()))
        {
            number++;
            if (Header().Match(line) is { Success: true } header)
                (sections, last) = ([.. sections, (header.Groups[1].Value, number, [])], null);
            else if (sections.Count > 0 && Option().Match(line) is { Success: true } option)
            {
                last = option.Groups[1].Value.ToLowerInvariant();
                var value = option.Groups[2].Value.Trim();
                var options = sections[^1].Options;
                options[last] = last == "environment" && options.TryGetValue(last, out var before) ? $"{before} {value}" : value;
            }
            else if (last is not null && line.Length > 0 && line[0] is ' ' or '\t')
                sections[^1].Options[last!] += " " + line.Trim();
        }
        return [.. sections.Select(section => new Section(section.Name, section.Line, section.Options))];
    }

    [GeneratedRegex(@"^\[([^\]]+)\]")]
    private static partial Regex Header();

    [GeneratedRegex(@"^([^\s#;=:\[][^=:]*?)\s*[=:]\s*(.*?)(\s;.*)?$")]
    private static partial Regex Option();
}
