using System.Text;
using System.Text.RegularExpressions;
using Reconciler.Git;

namespace Reconciler.Watching;

/// <summary>Who moved the line that says which commit of an application runs: the controller, or a person.</summary>
/// <param name="folder">Of the desired state in the repository.</param>
internal sealed partial class FollowedLine(GitMirror mirror, string folder)
{
    /// <summary>In the message of a commit that moved the line for <c>follow</c>.</summary>
    public const string Trailer = "Reconciler-Follow";

    public static string PathOf(string environment, string application) => $"{environment}/{application}/application.yaml";

    /// <summary>The commit by which a person moved it while it was followed already.</summary>
    /// <returns>Null when the controller moved it last, or following began with or after the move.</returns>
    /// <exception cref="GitException"/>
    public async Task<(string Commit, string Author)?> PersonsAsync(string environment, string application, string tip, CancellationToken cancellation)
    {
        var path = In(PathOf(environment, application));
        if (await mirror.LastChangeAsync(tip, path, "commit:", Trailer, cancellation) is not { } change
            || change.Trailers.Contains($"{environment}/{application}") || change.Parent is not { } before)
            return null;
        foreach (var file in new[] { path, In(PathOf("base", application)) })
            if (await mirror.ReadFileAsync(before, file, cancellation) is { } text && Follows().IsMatch(Encoding.UTF8.GetString(text)))
                return (change.Commit, change.Author);
        return null;
    }

    private string In(string path) => folder.Trim('/') is { Length: > 0 } top ? $"{top}/{path}" : path;

    [GeneratedRegex(@"^[^#\n]*\bfollow\s*:", RegexOptions.Multiline)]
    private static partial Regex Follows();
}
