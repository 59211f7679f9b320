namespace Reconciler.Model;

/// <summary>Where the runner on a server may place things, unless root there has said otherwise in its configuration.</summary>
internal static class RunnerRoots
{
    /// <summary>The file in which root says so.</summary>
    public const string Configuration = "/etc/reconciler/runner.conf";

    /// <summary>The program's own.</summary>
    public static IReadOnlyList<string> Own { get; } = ["/var/lib/reconciler/applications", "/var/lib/reconciler/cover"];

    /// <summary>Folders, in which and below which anything may be placed.</summary>
    public static IReadOnlyList<string> Usual { get; } =
    [
        "/srv", "/var/www", "/var/backups", "/opt", "/etc/nginx", "/etc/supervisor", "/etc/systemd/system", "/etc/redis", "/etc/postgresql",
        "/etc/profile.d", .. Own,
    ];

    /// <summary>With these the reconciler's login could give itself every right.</summary>
    private static readonly string[] Never =
    [
        "/etc/reconciler", "/etc/sudoers.d", "/etc/ssh", "/etc/pam.d", "/usr/local/lib/reconciler", "/var/lib/reconciler/server", "/var/lib/reconciler/login",
    ];

    /// <summary>Strictly below one of the usual folders, as the runner judges.</summary>
    public static bool Hold(string path) => Usual.Any(root => path.StartsWith(root + "/", StringComparison.Ordinal));

    /// <summary>Whether root would be let add it: no folder of the system's, in which placing a file is as good as being root.</summary>
    public static bool MayBe(string path) =>
        path.Length > 1 && path[0] == '/' && path[^1] != '/' && !path.Any(c => char.IsControl(c) || char.IsWhiteSpace(c) || c is '*' or '?' or '[' or '\\') && !path.Contains("//", StringComparison.Ordinal)
        && !path.Split('/').Any(part => part is "." or "..")
        && path is not ("/etc" or "/usr" or "/bin" or "/sbin" or "/lib" or "/lib64" or "/boot" or "/dev" or "/proc" or "/sys" or "/run" or "/root" or "/home"
            or "/var" or "/var/lib")
        && !Array.Exists(Never, own => IsOrLiesIn(path, own) || IsOrLiesIn(own, path));

    private static bool IsOrLiesIn(string path, string folder) => path == folder || path.StartsWith(folder + "/", StringComparison.Ordinal);
}
