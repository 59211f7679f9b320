using System.Globalization;

namespace Reconciler.Importing;

/// <summary>Which processes of applications supervisor and systemd keep, by their files.</summary>
internal static class Services
{
    public static IReadOnlyList<FoundService> Of(ServerSeen seen) =>
    [
        .. seen.FilesIn("/etc/supervisor/conf.d", "/etc/supervisord.d").SelectMany(file => Programs(file, FoundBy.Supervisor)),
        .. seen.FilesIn("/etc/systemd/system").SelectMany(file => Unit(file, seen)),
    ];

    public static IEnumerable<FoundService> Programs(SeenFile file, FoundBy by, string? user = null)
    {
        var sections = IniFile.Read(file.Text);
        var grouped = sections.Where(section => section.Name.StartsWith("group:", StringComparison.Ordinal))
            .SelectMany(section => (section["programs"] ?? "").Split([',', ' '], StringSplitOptions.RemoveEmptyEntries)
                .Select(program => (Program: program, Group: section.Name["group:".Length..].Trim())))
            .DistinctBy(pair => pair.Program).ToDictionary(pair => pair.Program, pair => pair.Group);
        foreach (var section in sections.Where(section => section.Name.StartsWith("program:", StringComparison.Ordinal)
            && section["command"] is not null))
        {
            var name = section.Name["program:".Length..].Trim();
            // A program of a group answers to GROUP:PROGRAM only (supervisord.org/configuration.html, "[group:x] Section
            // Settings").
            var known = grouped.TryGetValue(name, out var group) ? $"{group}:{name}" : name;
            yield return new(by, known, section["command"]!, file.Path, section.Line, user ?? section["user"],
                section["directory"])
            {
                Variables = section["environment"],
                StopTimeout = Seconds(section["stopwaitsecs"]),
            };
        }
    }

    private static IEnumerable<FoundService> Unit(SeenFile file, ServerSeen seen)
    {
        var service = IniFile.Read(file.Text).FirstOrDefault(section => section.Name == "Service");
        var name = Path.GetFileNameWithoutExtension(file.Path);
        if (service?["ExecStart"] is not { } command || name.EndsWith("-supervisord", StringComparison.Ordinal))
            yield break;
        var line = file.Text.Split('\n').TakeWhile(text => !text.StartsWith("ExecStart", StringComparison.Ordinal)).Count() + 1;
        yield return new(FoundBy.Systemd, name, command.TrimStart('-', '@', ':', '+', '!'), file.Path, line,
            service["User"], service["WorkingDirectory"]?.TrimStart('-'))
        {
            Variables = service["Environment"],
            StopTimeout = Seconds(service["TimeoutStopSec"]),
            ListenStream = ListenStreamOf(seen, name),
            NotExpressible = NotAService(seen, name, service),
        };
    }

    private static string? ListenStreamOf(ServerSeen seen, string name) => seen.FilesIn("/etc/systemd/system")
        .Where(file => file.Path.EndsWith(".socket", StringComparison.Ordinal))
        .Select(file =>
        (Name: Path.GetFileNameWithoutExtension(file.Path), Socket: IniFile.Read(file.Text)
            .FirstOrDefault(section => section.Name == "Socket")))
        .Where(one => one.Socket is not null && (one.Socket["Service"] ?? $"{one.Name}.service") == $"{name}.service")
        .Select(one => one.Socket!["ListenStream"]).FirstOrDefault();

    /// <summary>What a timer starts, or runs once, is not running most of the time, and nothing is wrong with that.</summary>
    private static string? NotAService(ServerSeen seen, string name, IniFile.Section service) =>
        seen.Files.Any(file => file.Path == $"/etc/systemd/system/{name}.timer")
            ? $"{name}.timer starts it: it stays as it is, and goes on being started while a deploy has everything else stopped"
            : service["Type"] == "oneshot" ? "it runs once and ends (Type=oneshot), and a service of documents runs all "
                + "the time: it stays as it is"
            : name.EndsWith('@') ? "it is a template of units: write each of its instances into services.yaml as "
                + "{unit: NAME@INSTANCE}"
            : null;

    private static TimeSpan? Seconds(string? text) =>
        int.TryParse(text?.TrimEnd('s'), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            && seconds is > 0 and <= 86400
            ? TimeSpan.FromSeconds(seconds)
            : null;
}
