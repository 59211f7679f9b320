using System.Text.RegularExpressions;

namespace Reconciler.Documents.Contracts;

/// <summary>Where code may be fetched from. git itself knows transports that run commands (<c>ext::</c>) or that nobody can trust (<c>git://</c>).</summary>
internal static partial class Repositories
{
    public const string Allowed = "git@HOST:PATH, ssh://USER@HOST/PATH or https://HOST/PATH, without a password";

    /// <summary>For those who try things out.</summary>
    public const string LocalFix = "to try things out on one machine, --allow-local-repositories (RECONCILER_ALLOW_LOCAL_REPOSITORIES=true) takes paths";

    /// <summary>A path on the controller: only tests and the demo may.</summary>
    public static bool IsLocal(string url) => url.StartsWith('/') || url.StartsWith("file://");

    /// <returns>Null when it may be used, else what is wrong with it.</returns>
    public static string? FaultOf(string url) => url switch
    {
        _ when url.Contains("::") => "names a transport helper, which runs a command",
        _ when IsLocal(url) => Paths.AbsoluteFault(url.StartsWith('/') ? url : url["file://".Length..]),
        _ when url.StartsWith("https://") => HttpsFault(url["https://".Length..]),
        _ when url.StartsWith("ssh://") => SshFault(url["ssh://".Length..]),
        _ when url.Contains("://") => $"uses {url[..url.IndexOf("://", StringComparison.Ordinal)]}://, which nobody can trust on the way",
        _ => ScpLike().IsMatch(url) ? UserFault(url[..url.IndexOf(':')]) : "is not a repository that git could fetch from",
    };

    private static string? HttpsFault(string rest) =>
        rest.Contains('@') ? "holds a user or a password" : HostAndPath().IsMatch(rest) ? PathFault(rest) : "has no host and path";

    private static string? SshFault(string rest)
    {
        var at = rest.IndexOf('@');
        if (at >= 0 && rest[..at].Contains(':'))
            return "holds a password";
        if (at == 0 || rest.StartsWith('-'))
            return "has no user before the @";
        return HostAndPath().IsMatch(rest[(at + 1)..]) ? PathFault(rest[(at + 1)..]) : "has no host and path";
    }

    private static string? UserFault(string before) => before.StartsWith('-') ? "begins with -, which git takes for an option" : null;

    private static string? PathFault(string rest) => rest.Split('/').Contains("..") ? "holds `..`" : null;

    [GeneratedRegex("^[A-Za-z0-9][A-Za-z0-9.-]*(:[0-9]{1,5})?/[A-Za-z0-9._~/+-]+$")]
    private static partial Regex HostAndPath();

    // user@host:path; a path that begins with - would be an option on the other side.
    [GeneratedRegex("^([A-Za-z0-9_][A-Za-z0-9_.-]*@)?[A-Za-z0-9][A-Za-z0-9.-]*:[A-Za-z0-9._~/][A-Za-z0-9._~/+-]*$")]
    private static partial Regex ScpLike();
}
