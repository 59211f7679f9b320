namespace Reconciler.Documents.Contracts;

/// <summary>Which paths documents may name. The runner on the server judges again, by its own list, after following links.</summary>
internal static class Paths
{
    /// <summary>What the system or this program itself owns: with everything beneath.</summary>
    private static readonly string[] Reserved =
    [
        "/bin", "/boot", "/dev", "/lib", "/lib32", "/lib64", "/proc", "/run", "/sbin", "/sys", "/root", "/etc/passwd", "/etc/group",
            "/etc/shadow",
        "/etc/gshadow", "/etc/sudoers", "/etc/sudoers.d", "/etc/ssh", "/etc/pam.d", "/etc/security", "/etc/ld.so.preload",
            "/etc/ld.so.conf", "/etc/ld.so.conf.d",
        "/etc/reconciler", "/var/lib/reconciler", "/var/lib/dpkg", "/var/lib/apt", "/usr/local/lib/reconciler",
    ];

    /// <summary>Where an application may not live: in these, and beneath.</summary>
    private static readonly string[] NotForApplications = ["/etc", "/usr", "/tmp", "/var/tmp", "/var/run", "/var/log", "/var/spool",
        "/var/cache"];

    public static string? AbsoluteFault(string path) =>
        path.StartsWith('/') ? PartFault(path) : "is not an absolute path";

    public static string? FileFault(string path)
    {
        if (AbsoluteFault(path) is { } fault)
            return fault;
        if (path == "/")
            return "is the root of the file system";
        return Reserved.FirstOrDefault(reserved =>
            IsOrLiesIn(path, reserved)) is { } owner ? $"lies in {owner}, which is not ours to manage" : null;
    }

    /// <summary>Somewhere of its own: at least two levels, three in /home and /var, and not in the system's folders.</summary>
    public static string? DeployFault(string path)
    {
        if (FileFault(path) is { } fault)
            return fault;
        if (NotForApplications.FirstOrDefault(folder => IsOrLiesIn(path, folder)) is { } system)
            return $"lies in {system}, which belongs to the system";
        var levels = path.Split('/', StringSplitOptions.RemoveEmptyEntries).Length;
        var needed = IsOrLiesIn(path, "/home") || IsOrLiesIn(path, "/var") ? 3 : 2;
        return levels < needed ? "is a folder that others share" : null;
    }

    public static string? RelativeFault(string path) => path.StartsWith('/') ? "is an absolute path" : PartFault(path);

    public static string? AnyFault(string path) => path.StartsWith('/') ? FileFault(path) : PartFault(path);

    public static bool IsOrLiesIn(string path, string folder) => path == folder || path.StartsWith(folder + "/", StringComparison.Ordinal);

    private static string? PartFault(string path)
    {
        var parts = (path.StartsWith('/') ? path[1..] : path).Split('/');
        if (parts.Contains(".."))
            return "holds `..`";
        if (path != "/" && (parts.Contains("") || parts.Contains(".")))
            return "has an empty part, `.` or a slash at its end";
        if (parts.Contains(".git"))
            return "reaches into .git";
        return parts.Any(part => part.StartsWith('-')) ? "has a part that begins with -, which commands take for an option" : null;
    }
}
