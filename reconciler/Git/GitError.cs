using System.Text.RegularExpressions;

namespace Reconciler.Git;

/// <summary>What git's stderr means (LC_ALL=C, so the words are git's and OpenSSH's own).</summary>
internal static partial class GitError
{
    private const int Most = 4000;

    /// <summary>Credentials in addresses (git rewrites addresses by <c>url.*.insteadOf</c>) and control characters taken out; lines joined.</summary>
    public static string Clean(string text)
    {
        var lines = text.Split(['\n', '\r'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var joined = string.Concat(string.Join(" / ", lines).Select(c => char.IsControl(c) ? '\uFFFD' : c));
        var clean = Credentials().Replace(joined, "://***@");
        return clean.Length <= Most ? clean : clean[^Most..];
    }

    public static GitException OfFetch(string remote, string error)
    {
        if (MissingBranch().Match(error) is { Success: true } missing)
            return new GitException(GitFailure.NoSuchBranch, $"{remote} has no branch {missing.Groups[1].Value}; correct the name, or push the branch.");
        if (Says(error, "No space left on device"))
            return new GitException(GitFailure.DiskFull, $"The controller's disk is full; {remote} could not be fetched. Free some space; it is tried again.");
        if (Says(error, "not allowed") && Says(error, "transport"))
            return new GitException(GitFailure.NotAllowed, $"git may not use the transport of {remote}: {error}. Use https or ssh.");
        if (Says(error, "Permission denied", "Authentication failed", "could not read Username", "could not read Password", "Host key verification failed",
                "not found", "does not appear to be a git repository", "returned error: 401", "returned error: 403", "returned error: 404", "access denied",
                "Access denied", "dubious ownership", "No such remote", "REMOTE HOST IDENTIFICATION HAS CHANGED"))
            return new GitException(GitFailure.Refused,
                $"{remote} refused to be read: {error}. Give the controller's user the right to read it (deploy key, credential helper, known_hosts), or correct the address.");
        if (Says(error, ".lock': File exists"))
            return new GitException(GitFailure.Busy, $"Another git works in the mirror of {remote}: {error}. It is tried again.");
        if (Says(error, "unable to access", "Could not resolve host", "Could not read from remote", "Connection", "early EOF", "hung up", "timed out",
                "unexpected disconnect", "RPC failed", "Network is unreachable", "No route to host", "returned error: 5"))
            return new GitException(GitFailure.Unreachable, $"{remote} cannot be reached: {error}. It is tried again.");
        return new GitException(GitFailure.Failed, $"git could not fetch {remote}: {error}.");
    }

    private static bool Says(string error, params ReadOnlySpan<string> words)
    {
        foreach (var word in words)
        {
            if (error.Contains(word, StringComparison.Ordinal))
                return true;
        }
        return false;
    }

    [GeneratedRegex(@"://[^/@\s]*@")]
    private static partial Regex Credentials();

    [GeneratedRegex(@"[Cc]ouldn't find remote ref refs/heads/(\S+)")]
    private static partial Regex MissingBranch();
}
