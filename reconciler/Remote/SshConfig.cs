namespace Reconciler.Remote;

/// <summary>
/// The ssh_config that ssh is called with: the user's own, the system's, and after both what is preferred where neither says anything, for the first value that ssh
/// finds counts (ssh_config(5)).
/// </summary>
internal static class SshConfig
{
    /// <summary>
    /// A new connection with OpenSSH's first choice, the post-quantum sntrup761x25519, costs the controller 90 ms of a core, and 25 with curve25519: a hundred servers
    /// at a start, or after the network was away, are nine seconds or two and a half. Who expects a recording of today's traffic to be
    /// opened by tomorrow's machines writes <c>KexAlgorithms sntrup761x25519-sha512@openssh.com</c> into the controller's <c>~/.ssh/config</c>.
    /// </summary>
    private const string KeyExchange = "KexAlgorithms ^curve25519-sha256";

    /// <param name="user">A file that is not there is as good as an empty one, as for ssh itself.</param>
    public static string Text(string user = "~/.ssh/config", string system = "/etc/ssh/ssh_config") => $"Include {user}\nInclude {system}\n{KeyExchange}\n";

    /// <returns>The file, in a 0700 folder.</returns>
    public static string Write(SshOptions options) => Keep(options, "config", Text());

    /// <summary>A file of that content in the folder of all sessions; one that has it is left alone.</summary>
    public static string Keep(SshOptions options, string name, string text)
    {
        Directory.CreateDirectory(options.Folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var path = Path.Combine(options.Folder, name);
        if (!File.Exists(path) || File.ReadAllText(path) != text)
        {
            var fresh = $"{path}.{RemoteLoop.NewMarker()}";
            File.WriteAllText(fresh, text);
            File.SetUnixFileMode(fresh, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            File.Move(fresh, path, overwrite: true);
        }
        return path;
    }
}
