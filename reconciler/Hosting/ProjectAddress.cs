using System.Text.RegularExpressions;

namespace Reconciler.Hosting;

/// <summary>A repository as its git host knows it.</summary>
/// <param name="Host">Name of the host, in lower case, without a port: <c>github.com</c>.</param>
/// <param name="Path">Below it: <c>you/desired-state</c>.</param>
internal sealed partial record ProjectAddress(string Host, string Path)
{
    /// <summary>From what git fetches from: <c>https://HOST/PATH</c>, <c>ssh://USER@HOST/PATH</c>, <c>USER@HOST:PATH</c>.</summary>
    /// <returns>Null for a folder of this machine, and for what is none of these.</returns>
    public static ProjectAddress? Of(string repository)
    {
        var match = WithScheme().Match(repository) is { Success: true } url ? url : ScpLike().Match(repository);
        if (!match.Success)
            return null;
        var path = match.Groups["path"].Value.Trim('/');
        return new(match.Groups["host"].Value.ToLowerInvariant(), path.EndsWith(".git", StringComparison.Ordinal) ? path[..^4] : path);
    }

    /// <summary>Git hosts tell no upper case from lower case here.</summary>
    public bool IsSame(ProjectAddress other) => Host == other.Host && Path.Equals(other.Path, StringComparison.OrdinalIgnoreCase);

    public override string ToString() => $"{Host}/{Path}";

    [GeneratedRegex(@"^(https?|ssh|git)://([^@/]*@)?(?<host>[^/@:]+)(:\d+)?/(?<path>[^?#]+)$")]
    private static partial Regex WithScheme();

    [GeneratedRegex(@"^([^@/]*@)?(?<host>[A-Za-z0-9._-]+):(?!//)(?<path>.+)$")]
    private static partial Regex ScpLike();
}
