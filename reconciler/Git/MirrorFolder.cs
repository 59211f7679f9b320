using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Reconciler.Git;

/// <summary>The controller's bare mirrors, one per repository, in one folder.</summary>
/// <param name="folder">Made, 0700, when the first mirror is.</param>
internal sealed partial class MirrorFolder(string folder, GitProgram git, TimeProvider clock)
{
    private readonly ConcurrentDictionary<string, GitMirror> _mirrors = new(StringComparer.Ordinal);

    /// <summary>The mirror of a repository; nothing is fetched yet.</summary>
    /// <exception cref="GitException"><see cref="GitFailure.NotAllowed"/>: the address is refused.</exception>
    public GitMirror Of(string remote)
    {
        RemoteAddress.Check(remote, git.Settings);
        return _mirrors.GetOrAdd(remote, _ => new GitMirror(Path.Combine(folder, NameOf(remote)), remote, git, clock));
    }

    /// <summary>Readable for a person and different for each address: <c>coralnet-coralnet-1f0c9a3b5d7e9f01.git</c>.</summary>
    public static string NameOf(string remote)
    {
        var digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(remote)))[..16];
        var plain = NotPlain().Replace(remote[(remote.LastIndexOfAny([':', '@']) + 1)..], "-").Trim('-');
        plain = plain.EndsWith("-git", StringComparison.Ordinal) ? plain[..^4] : plain;
        return $"{(plain.Length > 60 ? plain[^60..].Trim('-') : plain)}-{digest}.git";
    }

    [GeneratedRegex("[^A-Za-z0-9]+")]
    private static partial Regex NotPlain();
}
