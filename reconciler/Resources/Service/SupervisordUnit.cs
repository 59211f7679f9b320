using Reconciler.Model;

namespace Reconciler.Resources.Service;

/// <summary>
/// The unit in which the application's own supervisord runs: it comes back after a reboot, and it and its programs get the application's variables
/// of now. One supervisor.conf lies on every server and would start all of its programs on each: those that git places elsewhere are stopped again
/// as soon as it answers.
/// </summary>
internal static class SupervisordUnit
{
    public static string NameOf(string application) => $"{application}-supervisord.service";

    public static string Text(string application, ServiceManager.DeclaredProgram own) =>
        $"""
        # Written by reconciler from services.yaml and application.yaml: an edit here is reported and replaced.
        [Unit]
        Description=supervisord of {application}
        # Its programs give up after some tries: not before what they need has had its turn.
        After=network.target postgresql.service redis-server.service
        StartLimitIntervalSec=0

        [Service]
        Type=exec
        User={own.Supervisor.User}
        WorkingDirectory={own.Supervisor.Directory.Replace("%", "%%")}
        {string.Join('\n', own.Supervisor.Variables.Select(variable => $"Environment={SystemdUnit.Quote($"{variable.Key}={variable.Value}")}"))}
        ExecStart={SystemdUnit.Command([.. own.Supervisor.Words(), "-n"])}{StopStrays(own)}
        Restart=always
        RestartSec=2
        TimeoutStopSec={(long)Math.Ceiling(own.StopTimeout.TotalSeconds) + 30}
        # TERM to supervisord alone: it stops each program in its own way. What is left when it has gone is killed.
        KillMode=mixed

        [Install]
        WantedBy=multi-user.target

        """;

    /// <summary>NAME:* is a program of one process or of several. A failure is left to the next look, which finds them running.</summary>
    private static string StopStrays(ServiceManager.DeclaredProgram own)
    {
        if (own.KeptStopped.Count == 0)
            return "";
        var ask = $"supervisorctl -c {Shell.Quote(own.Config)}";
        var programs = own.KeptStopped.Select(program => Shell.Quote(program.Contains(':') ? program : $"{program}:*"));
        var script = $"until {ask} pid >/dev/null 2>&1; do sleep 0.1; done; {ask} stop {string.Join(' ', programs)}";
        return $"\n# git places these on other servers.\nExecStartPost=-{SystemdUnit.Command(["/usr/bin/env", "timeout", "60", "sh", "-c", script])}";
    }
}
