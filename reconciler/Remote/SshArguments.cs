using System.Globalization;
using System.Text;

namespace Reconciler.Remote;

/// <summary>How ssh is called: never a shell string, nothing forwarded, no trust on first use; the rest is the user's own ssh_config, and <see cref="SshConfig"/>.</summary>
internal static class SshArguments
{
    /// <param name="command">What the login shell is given.</param>
    /// <param name="knownHosts">The file with the pinned keys; null when the user's own known_hosts decides.</param>
    public static IReadOnlyList<string> For(ServerAddress server, SshOptions options, string? knownHosts, string command) =>
        [.. Before(server, options, knownHosts), "--", server.Host, command];

    /// <summary>Nothing is run: its stdin and stdout are a connection from the server to a port of its own. Configured forwards are not
    /// opened
    /// (<c>-W</c> in ssh(1)).</summary>
    public static IReadOnlyList<string> ToPort(ServerAddress server, SshOptions options, string? knownHosts, int port) =>
        [.. Before(server, options, knownHosts), "-W", $"127.0.0.1:{port.ToString(CultureInfo.InvariantCulture)}", "--", server.Host];

    private static List<string> Before(ServerAddress server, SshOptions options, string? knownHosts)
    {
        List<string> arguments = ["-F", SshConfig.Write(options), "-T", "-a", "-x", "-l", server.User];
        foreach (var option in Fixed(options))
            arguments.AddRange(["-o", option]);
        if (knownHosts is not null)
            arguments.AddRange(["-o", $"UserKnownHostsFile={knownHosts}", "-o", "GlobalKnownHostsFile=/dev/null", "-o", $"HostKeyAlias={server.Name}"]);
        if (server.Port is { } port)
            arguments.AddRange(["-p", port.ToString(CultureInfo.InvariantCulture)]);
        if (server.IdentityFile is { } identity)
            arguments.AddRange(["-i", identity, "-o", "IdentitiesOnly=yes"]);
        return arguments;
    }

    /// <summary>
    /// Writes the pinned keys of one server to its file in a 0700 folder; null when none are pinned. The key type is the key's own: ssh then asks
    /// the server for exactly that type.
    /// </summary>
    public static string? WriteKnownHosts(ServerAddress server, SshOptions options)
    {
        if (server.HostKeys.Count == 0)
            return null;
        var lines = new StringBuilder();
        foreach (var key in server.HostKeys)
            lines.Append(server.Name).Append(' ').Append(key.ReplaceLineEndings(" ")).Append('\n');
        return SshConfig.Keep(options, $"{server.Name}.known_hosts", lines.ToString());
    }

    private static string[] Fixed(SshOptions options) =>
    [
        "BatchMode=yes", "StrictHostKeyChecking=yes", "UpdateHostKeys=no", "CheckHostIP=no", "LogLevel=ERROR",
        $"ConnectTimeout={(int)options.ConnectTimeout.TotalSeconds}", "ServerAliveInterval=5", "ServerAliveCountMax=3",
        // A user's shared master would have been checked by other rules, and ends when they log out.
        "ControlMaster=no", "ControlPath=none",
        "ClearAllForwardings=yes", "ForwardAgent=no", "ForwardX11=no", "PermitLocalCommand=no", "RemoteCommand=none", "SendEnv=-*",
    ];
}
