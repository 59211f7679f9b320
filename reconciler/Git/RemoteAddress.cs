using System.Text.RegularExpressions;

namespace Reconciler.Git;

/// <summary>Addresses of repositories, checked before git sees them: <c>https://</c>, <c>ssh://</c>, <c>user@host:path</c>; folders only where allowed.</summary>
internal static partial class RemoteAddress
{
    /// <summary>Null when git may be given it; else what is wrong with it, without repeating a password.</summary>
    public static string? Fault(string address, GitSettings settings)
    {
        if (address.Length is 0 or > 1000 || address.Any(c => char.IsControl(c) || char.IsWhiteSpace(c)))
            return "it must be 1 to 1000 characters without spaces";
        if (address[0] == '-')
            return "an address that begins with a dash would be read as an option";
        if (address.StartsWith('/') || address.StartsWith("file://", StringComparison.Ordinal))
            return settings.LocalRepositories ? null : "a folder of the controller is no remote repository: use https or ssh, or to try things out --allow-local-repositories";
        if (WithScheme().Match(address) is { Success: true } url)
            return SchemeFault(url.Groups["scheme"].Value, settings) ?? UserFault(url.Groups["user"].Value, url.Groups["host"].Value);
        if (ScpLike().Match(address) is { Success: true } scp)
            return UserFault(scp.Groups["user"].Value, scp.Groups["host"].Value);
        return "write https://host/path, ssh://user@host/path or user@host:path";
    }

    /// <exception cref="GitException"><see cref="GitFailure.NotAllowed"/>.</exception>
    public static void Check(string address, GitSettings settings)
    {
        if (Fault(address, settings) is { } fault)
            throw new GitException(GitFailure.NotAllowed, $"The repository address '{GitError.Clean(address)}' is refused: {fault}.");
    }

    private static string? SchemeFault(string scheme, GitSettings settings) => scheme switch
    {
        "https" or "ssh" => null,
        "http" or "git" => settings.UnencryptedTransports ? null : $"{scheme}:// is neither encrypted nor authenticated; use https or ssh",
        _ => $"{scheme}:// is not allowed; use https or ssh",
    };

    private static string? UserFault(string user, string host)
    {
        if (host.StartsWith('-') || user.StartsWith('-'))
            return "a host or user that begins with a dash would be read as an option";
        // Tokens stand in the user's place as well; no login name is that long.
        return user.Contains(':') || user.Length > 30 ? "a password or token must not stand in an address; use a credential helper or a deploy key" : null;
    }

    [GeneratedRegex(@"^(?<scheme>[a-z][a-z0-9+.-]*)://((?<user>[^@/]*)@)?(?<host>[^/@]+)/.+$")]
    private static partial Regex WithScheme();

    [GeneratedRegex(@"^((?<user>[^@/]*)@)?(?<host>[A-Za-z0-9._-]+|\[[0-9a-fA-F:]+\]):(?!:)(?!//).+$")]
    private static partial Regex ScpLike();
}
