using System.Text;

namespace Reconciler.Resources.Service;

/// <summary>
/// The text of a unit of ours. Rules of the file, from systemd.syntax(7), systemd.unit(5) and systemd.service(5): <c>%</c> is doubled everywhere,
/// <c>$</c> in ExecStart alone; between double quotes a backslash escapes as in C.
/// </summary>
internal static class SystemdUnit
{
    public static string PathOf(string unit) => $"/etc/systemd/system/{unit}";

    public static string Text(ServiceSpec spec, Launch launch) =>
        $"""
        # Written by reconciler from services.yaml: an edit here is reported and replaced.
        [Unit]
        Description={spec.Service} of {spec.Application}
        After=network.target
        # However long the database is away: tried again until it is back.
        StartLimitIntervalSec=0

        [Service]
        Type=exec
        User={launch.User}
        WorkingDirectory={launch.Directory.Replace("%", "%%")}
        {string.Join('\n', launch.Variables.Select(variable => $"Environment={Quote($"{variable.Key}={variable.Value}")}"))}
        ExecStart={Command(launch.Words())}
        ExecReload=/bin/kill -HUP $MAINPID
        Restart=always
        RestartSec=2
        TimeoutStopSec={(long)Math.Ceiling(spec.StopTimeout.TotalSeconds)}
        # TERM to the main process alone: it lets its children finish. What is left when it has gone is killed.
        KillMode=mixed

        [Install]
        WantedBy=multi-user.target

        """;

    private static readonly System.Buffers.SearchValues<char> Special = System.Buffers.SearchValues.Create(" \t\"'\\;");

    public static string Command(IEnumerable<string> words) => string.Join(' ', words.Select(word => Quote(word).Replace("$", "$$")));

    public static string Quote(string word)
    {
        if (word.Length > 0 && !word.AsSpan().ContainsAny(Special))
            return word.Replace("%", "%%");
        return new StringBuilder(word).Replace("\\", "\\\\").Replace("\"", "\\\"").Replace("%", "%%").Insert(0, '"').Append('"').ToString();
    }
}
