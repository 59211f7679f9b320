using System.Text.RegularExpressions;

namespace Reconciler.Watching;

/// <summary>Sections of a supervisor.conf (supervisor 4.2, "Configuration File").</summary>
internal sealed partial class SupervisorConfigText
{
    /// <param name="Names">All names that supervisor knows it by: its own, its group's, <c>GROUP:NAME</c>.</param>
    internal sealed record Program(string Name, bool StartsByItself, IReadOnlyList<string> Names);

    private static readonly string[] Needed = ["supervisord", "rpcinterface:supervisor", "supervisorctl"];

    private readonly Dictionary<string, Dictionary<string, string>> _sections;

    private SupervisorConfigText(Dictionary<string, Dictionary<string, string>> sections)
    {
        _sections = sections;
        Programs = [.. sections.Where(section => KindOf(section.Key) is "program" or "fcgi-program" or "eventlistener").Select(section => ProgramOf(NameOf(section.Key), section.Value))];
    }

    public IReadOnlyList<Program> Programs { get; }

    public bool HasIncludes => _sections.ContainsKey("include");

    /// <summary>What supervisord needs to run and to be asked, as a person would write it.</summary>
    public IReadOnlyList<string> Missing =>
    [
        .. Needed.Where(name => !_sections.ContainsKey(name)).Select(name => $"[{name}]"),
        .. _sections.ContainsKey("unix_http_server") || _sections.ContainsKey("inet_http_server") ? Array.Empty<string>() : ["[unix_http_server]"],
    ];

    public bool Declares(string program) => Programs.Any(one => one.Names.Contains(program));

    public static SupervisorConfigText Of(string text)
    {
        var sections = new Dictionary<string, Dictionary<string, string>>();
        Dictionary<string, string>? section = null;
        foreach (var line in text.Split('\n').Select(line => line.TrimEnd()))
        {
            if (Header().Match(line) is { Success: true } header)
                sections[header.Groups[1].Value] = section = sections.GetValueOrDefault(header.Groups[1].Value) ?? [];
            // A line that begins with a blank goes on with the value above.
            else if (section is not null && Option().Match(line) is { Success: true } option)
                section[option.Groups[1].Value.ToLowerInvariant()] = option.Groups[2].Value.Trim();
        }
        return new(sections);
    }

    private Program ProgramOf(string name, Dictionary<string, string> options)
    {
        var groups = _sections.Where(section => KindOf(section.Key) == "group"
            && section.Value.GetValueOrDefault("programs", "").Split([',', ' '], StringSplitOptions.RemoveEmptyEntries).Contains(name)).Select(section => NameOf(section.Key));
        return new(name, options.GetValueOrDefault("autostart", "true").ToLowerInvariant() is not ("false" or "no" or "off" or "0"),
            [name, .. groups.SelectMany(group => new[] { group, $"{group}:{name}" })]);
    }

    private static string KindOf(string section) => section.Contains(':') ? section[..section.IndexOf(':')] : "";

    private static string NameOf(string section) => section[(section.IndexOf(':') + 1)..].Trim();

    [GeneratedRegex(@"^\[([^\]]+)\]")]
    private static partial Regex Header();

    [GeneratedRegex(@"^([^\s#;=:][^=:]*?)\s*[=:]\s*(.*?)(\s[;#].*)?$")]
    private static partial Regex Option();
}
