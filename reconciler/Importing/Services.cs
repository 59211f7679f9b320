using System.Globalization;

namespace Reconciler.Importing;

/// <summary>Which processes of applications supervisor and systemd keep, by their files.</summary>
internal static class Services
{
    public static IReadOnlyList<FoundService> Of(ServerSeen seen) =>
    [
        .. seen.FilesIn("/etc/supervisor/conf.d", "/etc/supervisord.d").SelectMany(file => Programs(file, FoundBy.Supervisor)),
        .. seen.FilesIn("/etc/systemd/system").SelectMany(Unit),
    ];

    public static IEnumerable<FoundService> Programs(SeenFile file, FoundBy by, string? user = null)
    {
        var sections = IniFile.Read(file.Text);
        var grouped = sections.Where(section => section.Name.StartsWith("group:", StringComparison.Ordinal))
            .SelectMany(section => (section["programs"] ?? "").Split([',', ' '], StringSplitOptions.RemoveEmptyEntries)).ToHashSet();
        foreach (var section in sections.Where(section => section.Name.StartsWith("program:", StringComparison.Ordinal) && section["command"] is not null))
        {
            var name = section.Name["program:".Length..].Trim();
            yield return new(by, name, section["command"]!, file.Path, section.Line, user ?? section["user"], section["directory"])
            {
                Variables = section["environment"],
                StopTimeout = Seconds(section["stopwaitsecs"]),
                NotExpressible = grouped.Contains(name) ? "it is in a [group:...], and documents name single programs" : null,
            };
        }
    }

    private static IEnumerable<FoundService> Unit(SeenFile file)
    {
        var service = IniFile.Read(file.Text).FirstOrDefault(section => section.Name == "Service");
        var name = Path.GetFileNameWithoutExtension(file.Path);
        if (service?["ExecStart"] is not { } command || name.EndsWith('@') || name.EndsWith("-supervisord", StringComparison.Ordinal))
            yield break;
        var line = file.Text.Split('\n').TakeWhile(text => !text.StartsWith("ExecStart", StringComparison.Ordinal)).Count() + 1;
        yield return new(FoundBy.Systemd, name, command.TrimStart('-', '@', ':', '+', '!'), file.Path, line, service["User"], service["WorkingDirectory"]?.TrimStart('-'))
        {
            Variables = service["Environment"],
            StopTimeout = Seconds(service["TimeoutStopSec"]),
        };
    }

    private static TimeSpan? Seconds(string? text) =>
        int.TryParse(text?.TrimEnd('s'), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and <= 86400
            ? TimeSpan.FromSeconds(seconds)
            : null;
}
