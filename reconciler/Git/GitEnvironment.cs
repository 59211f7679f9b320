using System.Diagnostics;
using Reconciler.Model;

namespace Reconciler.Git;

/// <summary>
/// What git sees of the outside: users' credential helpers, ssh configuration and address rewriting stay in force (so the system's and the
/// user's configuration are read), whatever would make it act on another repository, ask questions or run hooks does not.
/// </summary>
internal sealed class GitEnvironment(GitSettings settings)
{
    /// <summary>Given before the verb of every call.</summary>
    public static IReadOnlyList<string> Overrides { get; } =
    [
        "-c", "core.hooksPath=/dev/null", "-c", "gc.auto=0", "-c", "maintenance.auto=false", "-c", "core.quotePath=false",
        "-c", "log.showSignature=false", "-c", "i18n.logOutputEncoding=UTF-8", "-c", "advice.detachedHead=false",
    ];

    // As `git rev-parse --local-env-vars` lists them, and what writes files or talks elsewhere.
    private static readonly string[] Dropped =
    [
        "GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_COMMON_DIR",
        "GIT_NAMESPACE", "GIT_CONFIG", "GIT_CONFIG_PARAMETERS", "GIT_CONFIG_COUNT", "GIT_GRAFT_FILE", "GIT_SHALLOW_FILE", "GIT_PREFIX",
        "GIT_REPLACE_REF_BASE", "GIT_INTERNAL_SUPER_PREFIX", "GIT_QUARANTINE_PATH", "GIT_EXTERNAL_DIFF", "GIT_IMPLICIT_WORK_TREE",
    ];

    private readonly Lazy<bool> _userChoseSsh = new(() => UserChoseSsh(settings.Program));
    private readonly Lazy<string> _ssh = new(() => "ssh -o BatchMode=yes -o StrictHostKeyChecking=yes -o ForwardAgent=no"
        + (settings.SshConfig is { } config ? $" -F {Shell.Quote(config())}" : ""));

    public void Apply(IDictionary<string, string?> environment)
    {
        foreach (var name in environment.Keys.Where(name => Dropped.Contains(name) || name.StartsWith("GIT_TRACE", StringComparison.Ordinal)).ToList())
            environment.Remove(name);
        environment["LC_ALL"] = "C";
        environment["GIT_TERMINAL_PROMPT"] = "0";
        environment["GIT_ALLOW_PROTOCOL"] = settings.AllowedProtocols;
        environment["GIT_NO_REPLACE_OBJECTS"] = "1";
        environment["GIT_OPTIONAL_LOCKS"] = "0";
        environment["GIT_LITERAL_PATHSPECS"] = "1";
        if (!environment.ContainsKey("GIT_SSH") && !environment.ContainsKey("GIT_SSH_COMMAND") && !_userChoseSsh.Value)
            environment["GIT_SSH_COMMAND"] = _ssh.Value;
    }

    private static bool UserChoseSsh(string program)
    {
        var start = new ProcessStartInfo(program, ["config", "--get", "core.sshCommand"]) { WorkingDirectory = "/", RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
